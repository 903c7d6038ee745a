from __future__ import annotations

import networkx as nx

from tasks.domain.programme import CELLS, Cell, needs_among

IDS = [cell.id for cell in CELLS]


def _cell(name: str) -> Cell:
    return next(cell for cell in CELLS if cell.id == name)


def test_there_are_eighteen_cells_with_names_of_their_own() -> None:
    assert len(set(IDS)) == len(IDS) == 18


def test_the_cells_form_a_graph_without_cycles() -> None:
    graph = nx.DiGraph([(need, cell.id) for cell in CELLS for need in cell.needs])

    assert set(graph) <= set(IDS)
    assert nx.is_directed_acyclic_graph(graph)


def test_a_cell_that_is_not_built_passes_its_needs_through() -> None:
    built = {"theory/distributed", "build/security", "verify/integration", "optimise/training"}

    assert set(needs_among(built, _cell("optimise/training"))) == built - {"optimise/training"}
    assert set(needs_among(built, _cell("verify/integration"))) == {
        "theory/distributed",
        "build/security",
    }


def test_with_every_cell_built_a_cell_needs_what_it_says() -> None:
    for cell in CELLS:
        assert needs_among(IDS, cell) == cell.needs
