from __future__ import annotations

from dataclasses import replace

import pytest

from tasks.domain.candidates import ProofState
from tasks.domain.verification.acceptance.judging import (
    MOST_BYTES,
    Act,
    Course,
    Seen,
    judge,
    seen,
    summary,
)
from tasks.domain.verification.acceptance.reading import read_scenarios

(SCENARIO,) = read_scenarios(
    {
        "s.yaml": """\
scenario: an order is kept
given:
  - stands: web
when:
  - restart: store
  - request: {service: web, path: /orders}
then:
  - status: 200
  - contains: teapot
  - lacks: traceback
  - within: 1s
  - kept: {run: {service: store, command: count}}
  - stands: store
"""
    }
)
GIVEN = Seen(done=True)
COUNT = seen(0, b"2\n", 0.1, SCENARIO, shown=True)
STANDS = Seen(done=True)


def answer(data: bytes = b'{"item": "teapot"}', code: int = 200, seconds: float = 0.2) -> Seen:
    return seen(code, data, seconds, SCENARIO, shown=True)


def course(last: Seen | None = None, count: Seen = COUNT, stands: Seen = STANDS) -> Course:
    done = (Seen(done=True), last or answer())
    return Course((GIVEN,), (COUNT,), done, (count, stands))


def test_a_scenario_passes_when_everything_holds() -> None:
    assert judge(SCENARIO, course()).state is ProofState.PASSED


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (course(answer(code=503)), "at s.yaml:8, the answer has status 503, not 200"),
        (course(answer(b"cup")), "at s.yaml:9, the answer does not contain `teapot`"),
        (course(answer(b"teapot traceback")), "at s.yaml:10, the answer contains `traceback`"),
        (course(answer(seconds=1.5)), "at s.yaml:11, the answer took 1.50 s, not 1 s"),
        (
            course(count=seen(0, b"1\n", 0.1, SCENARIO, shown=True)),
            "at s.yaml:12, it is not answered as before",
        ),
        (
            course(stands=Seen(done=False, reason="it does not run")),
            "at s.yaml:13, it does not run",
        ),
        (
            course(Seen(done=False, reason="nobody answers")),
            "at s.yaml:6, nobody answers",
        ),
    ],
)
def test_each_check_that_does_not_hold_is_named_with_its_line(found: Course, said: str) -> None:
    judged = judge(SCENARIO, found)

    assert judged.state is ProofState.FAILED
    assert judged.reason == said


def test_every_broken_check_is_named() -> None:
    judged = judge(SCENARIO, course(answer(b"cup", code=500)))

    assert judged.reason.count("at s.yaml:") == 2


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Course(reason="the copy has no service store"), "no service store"),
        (
            replace(course(), given=(Seen(done=False, reason="it does not run"),)),
            "what is given is not there: at s.yaml:3, it does not run",
        ),
        (replace(course(), before=(replace(COUNT, code=1),)), "the command ended with 1"),
        (replace(course(), after=()), "not carried out to its end"),
        (replace(course(), when=(Seen(done=True),)), "not carried out to its end"),
        (course(replace(answer(), holds=())), "not carried out to its end"),
    ],
)
def test_what_was_not_tried_is_neither_passed_nor_failed(found: Course, said: str) -> None:
    judged = judge(SCENARIO, found)

    assert judged.state is ProofState.NOT_ASSESSED
    assert said in judged.reason


def test_a_refused_request_is_nothing_that_is_given() -> None:
    (asked,) = read_scenarios(
        {
            "s.yaml": "scenario: a\ngiven: [request: {service: web}]\n"
            "when: [stop: web]\nthen: [stands: web]\n"
        }
    )
    found = Course((Seen(done=True, code=404),), (), (STANDS,), (STANDS,))

    assert "status 404" in judge(asked, found).reason


def test_of_a_long_answer_only_the_beginning_is_looked_at_and_this_is_said() -> None:
    long = answer(b"teapot" + b" " * MOST_BYTES)
    judged = judge(SCENARIO, course(long))

    assert long.holds == (True, False)
    assert judged.reason == "at s.yaml:10, only the first 64 KiB of the answer were looked at"
    assert len(long.shown) < 201


def test_what_may_hold_a_secret_is_not_shown() -> None:
    assert seen(200, b"teapot", 0.1, SCENARIO, shown=False).shown == ""


def test_an_answer_is_compared_as_a_whole_without_blanks_around_it() -> None:
    (exact,) = read_scenarios(
        {
            "s.yaml": "scenario: a\nwhen: [run: {service: s, command: c}]\n"
            "then: [{is: '2'}, {exit: 0}]\n"
        }
    )
    (right, wrong) = (seen(0, data, 0.1, exact, shown=True) for data in (b" 2\n", b"12"))

    assert judge(exact, Course(when=(right,))).state is ProofState.PASSED
    assert judge(exact, Course(when=(wrong,))).reason == "at s.yaml:3, the answer is not `2`"
    assert "ended with 3, not 0" in judge(exact, Course(when=(replace(right, code=3),))).reason


def test_scenarios_are_judged_by_name() -> None:
    found = summary((Act(SCENARIO, course()), Act(replace(SCENARIO, name="b"), Course(reason="r"))))

    assert {name: each.state.value for name, each in found.items()} == {
        "an order is kept": "passed",
        "b": "not assessed",
    }
