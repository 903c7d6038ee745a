from __future__ import annotations

import pytest

from tasks.domain.verification.acceptance.reading import ScenarioError, read_scenarios
from tasks.domain.verification.acceptance.scenarios import Claim, Kind, Scenario

_WHOLE = """\
scenario: Orders survive a restart of their database
given:
  - stands: [gateway, postgres]
  - request: {service: gateway, method: POST, path: /orders, body: '{"item": 1}', timeout: 2s}
when:
  - run: {service: postgres, command: [psql, -c, checkpoint]}
  - restart: postgres
  - wait: 500ms
  - request: {service: gateway, port: 80, path: /orders/count}
then:
  - status: 200
  - contains: stored
  - within: 300ms
  - kept: {run: {service: postgres, command: psql -c 'select 1'}}
  - stands: orders
  - eventually: 20s
"""
_ASKED = "when:\n  - request: {service: web}\n"


def _read(text: str) -> tuple[Scenario, ...]:
    return read_scenarios({"a.yaml": text})


def _problems(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        _read(text)
    return [str(problem) for problem in error.value.problems]


def test_every_word_is_read() -> None:
    (found,) = _read(_WHOLE)

    assert (found.name, found.line, found.eventually) == (
        "Orders survive a restart of their database",
        1,
        20.0,
    )
    assert [(s.kind, s.service, s.line) for s in found.given] == [
        (Kind.STANDS, "gateway", 3),
        (Kind.STANDS, "postgres", 3),
        (Kind.REQUEST, "gateway", 4),
    ]
    assert (found.given[2].method, found.given[2].seconds) == ("POST", 2.0)
    assert [each.kind for each in found.when] == [
        Kind.RUN,
        Kind.RESTART,
        Kind.WAIT,
        Kind.REQUEST,
    ]
    assert found.when[0].command == ("psql", "-c", "checkpoint")
    assert found.when[2].seconds == 0.5
    assert [c.claim for c in found.then] == [
        Claim.STATUS,
        Claim.CONTAINS,
        Claim.WITHIN,
        Claim.KEPT,
        Claim.STANDS,
    ]
    assert found.kept[0].command == ("/bin/sh", "-c", "psql -c 'select 1'")


def test_several_documents_and_files_are_several_scenarios() -> None:
    one = f"scenario: one\n{_ASKED}then: [status: 200]\n"

    found = read_scenarios({"a.yaml": f"{one}---\n{one.replace('one', 'two')}---\n", "b.yaml": ""})

    assert [(each.name, each.file, each.line) for each in found] == [
        ("one", "a.yaml", 1),
        ("two", "a.yaml", 6),
    ]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("scenario: a\n", 1, "A scenario lacks when, then."),
        (f"scenario: a\n{_ASKED}then: []\n", 4, "`then` claims nothing."),
        (f"scenario: a\n{_ASKED}then:\n  - status: 20\n", 5, "from 100 to 599"),
        (f"scenario: a\n{_ASKED}then:\n  - exit: 0\n", 5, "End `when` with a run."),
        ("scenario: a\nwhen: [stop: b]\nthen: [contains: ok]\n", 3, "with a request or run."),
        ("scenario: a\nwhen: [halt: b]\nthen: [stands: c]\n", 2, "no key `halt`"),
        ("scenario: a\nwhen: [stop: b, wait: 1h]\nthen: [stands: c]\n", 2, "longer than 120s"),
        ("scenario: a\nwhen: [stands: b]\nthen: [stands: c]\n", 2, "no key `stands`"),
        (f"scenario: a\n{_ASKED}then: [contain: x]\n", 4, "Did you mean `contains`?"),
        (f"scenario: a\n{_ASKED}then:\n  - {{status: 200, is: b}}\n", 5, "more than one key"),
        ("scenario: a\nwhen: [run: {service: b}]\nthen: [exit: 0]\n", 2, "lacks command"),
        ("scenario: a\nwhen: [request: b]\nthen: [status: 200]\n", 2, "must be a mapping"),
        (f"scenario: {'a' * 200}\n{_ASKED}then: [status: 200]\n", 1, "more than 120 letters"),
        (
            "scenario: a\nwhen:\n  - request: {service: b, path: shop}\nthen: [status: 200]\n",
            3,
            "Begin it with `/`",
        ),
        (
            'scenario: a\nwhen:\n  - request: {service: b, path: "/\\r\\nX"}\nthen: [status: 200]',
            3,
            "is no path",
        ),
        (
            "scenario: a\nwhen: [request: {service: b,method: PUT}]\nthen: [is: x, eventually: 5s]",
            2,
            "A PUT would be repeated",
        ),
        (f"scenario: a\n{_ASKED}then: [status: 2", 5, "is not YAML"),
        ("- a\n", 1, "A scenario must be a mapping"),
        (f"scenario: a\n{_ASKED}then: &x\n  - *x\n", 5, "contains itself"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_remedy(text: str, line: int, said: str) -> None:
    problems = _problems(text)

    assert any(said in problem for problem in problems), problems
    assert any(problem.startswith(f"a.yaml:{line}: ") for problem in problems), problems


def test_two_scenarios_of_one_name_cannot_be_told_apart() -> None:
    one = f"scenario: a\n{_ASKED}then: [status: 200]\n"

    assert "Another scenario is called `a`." in _problems(f"{one}---\n{one}")[0]


def test_the_number_of_scenarios_and_steps_is_bounded() -> None:
    one = f"---\nscenario: a%d\n{_ASKED}then: [status: 200]\n"
    many = "".join(one % number for number in range(101))
    steps = "scenario: a\nwhen:\n" + "  - stop: b\n" * 21 + "then: [stands: b]\n"

    assert "more than 100 scenarios" in _problems(many)[0]
    assert "more than 20 steps" in _problems(steps)[0]
