from dataclasses import replace

import pytest

from tasks.domain.reporting.deliverables.baseline import Seen, baseline_report
from tasks.domain.verification.functional import Answer, Question
from tasks.domain.verification.starts import HEALTHY, Moments, start_of

START = start_of(
    (
        Moments("store", 0.1, 0.5, ready=6.5, healthy=5.0),
        Moments("web", 0.1, 5.5, 6.0, 10.0, needs={"store": HEALTHY}),
    ),
    10.5,
    10.4,
)
GOOD, BAD = Question("web answers", "web", "http"), Question("buys a teapot", "web", "http")
SEEN = Seen(
    "compose.yaml",
    START,
    (Answer(GOOD, passed=True), Answer(BAD, passed=False, detail="status 500")),
    (GOOD,),
    ("no port is published on this machine",),
)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_figures_are_those_of_the_start(language: str) -> None:
    text = baseline_report(SEEN).texts[language]

    assert "10.5" in text
    assert "10.4" in text
    assert "| `web` | 0.10 | 4.90 | 0.50 | 0.50 | 4.00 | 10.00 |" in text
    assert "```timeline\n" in text


def test_dishonest_checks_failed_and_worthless_probes_are_named() -> None:
    text = baseline_report(SEEN).texts["en"]

    assert "called healthy before they answered on their own port: `store`" in text
    assert "buys a teapot: status 500" in text
    assert "they prove nothing:\n\n- web answers" in text
    assert "no port is published on this machine" in text


def test_nobody_is_said_to_work_of_whom_nothing_was_asked() -> None:
    more = (
        Moments("worker", 0.1, 0.2),
        Moments("job", 0.1, 0.2, ended=1.0, exit_code=0),
        Moments("broken", 0.1, 0.2, ended=1.0, exit_code=1),
    )
    edge = Question("web reaches store", "web", "edge", 80, target="store")
    seen = replace(
        SEEN,
        start=start_of((*START.moments, *more), 10.5, 10.4),
        answers=(*SEEN.answers, Answer(edge, passed=True)),
        worthless=(),
    )

    assert set(seen.unasked) == {"worker", "broken"}
    assert (
        "nothing here shows that they work: `broken`, `worker`" in baseline_report(seen).texts["en"]
    )
    assert replace(SEEN, start=start_of(START.moments[1:], 10.5, 10.4)).unasked == ()


def test_what_is_well_is_not_called_wrong() -> None:
    well = replace(SEEN, worthless=(), answers=SEEN.answers[:1], changed=())
    honest = replace(well, start=start_of(START.moments[1:], 10.5, 10.4))
    text = baseline_report(honest).texts["en"]

    assert "healthy too early" not in text
    assert "Probes that failed" not in text
    assert "prove nothing" not in text


def test_the_chinese_text_speaks_chinese() -> None:
    assert "本机上不公开任何端口" in baseline_report(SEEN).texts["zh"]
