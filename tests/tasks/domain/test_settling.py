from tasks.domain.programme import CELLS
from tasks.domain.settling import CellState, Settled, ancestors, overview, with_ancestors

BUILT = (
    "theory/distributed",
    "build/security",
    "verify/integration",
    "optimise/harden",
    "optimise/training",
)


def test_the_list_of_cells_is_in_an_order_in_which_needs_come_first() -> None:
    order = [cell.id for cell in CELLS]

    assert all(order.index(need) < order.index(cell.id) for cell in CELLS for need in cell.needs)


def test_a_cell_stands_on_everything_before_it_that_is_built() -> None:
    assert set(ancestors(BUILT, "optimise/training")) == set(BUILT) - {"optimise/training"}
    assert ancestors(BUILT, "build/security") == ()


def test_a_phase_alone_brings_what_it_stands_on_and_nothing_else() -> None:
    assert with_ancestors(BUILT, ["verify/integration"]) == BUILT[:3]
    assert with_ancestors(BUILT, ["theory/distributed"]) == BUILT[:1]


def test_a_cell_that_is_not_built_is_never_run() -> None:
    assert with_ancestors(BUILT, ["theory/ai"]) == ()


def test_every_cell_of_the_programme_has_its_line_in_the_overview() -> None:
    done = Settled("theory/distributed", CellState.DONE, "key")

    lines = overview(BUILT, {"theory/distributed": done})

    assert [line.cell for line in lines] == [cell.id for cell in CELLS]
    assert lines[0] == done
    assert {line.state for line in lines if line.cell not in BUILT} == {CellState.NOT_BUILT}
