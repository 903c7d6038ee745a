from tasks.domain.settling import CellState, Settled
from tasks.report import summarise

OUTCOME = {"bundle": "/b/1", "digest": "abc"}


def test_the_summary_names_bundle_digest_and_every_cell_with_its_reason() -> None:
    cells = (
        Settled("build/security", CellState.FAILED, reason="disk full\nTraceback"),
        Settled("build/edge", CellState.NOT_BUILT),
    )

    text = summarise(cells, OUTCOME)

    assert "/b/1" in text
    assert "abc" in text
    assert "disk full" in text
    assert "Traceback" not in text
    assert "not built" in text


def test_without_a_bundle_the_summary_says_so() -> None:
    assert "No bundle" in summarise((), {"bundle": "", "digest": ""})
