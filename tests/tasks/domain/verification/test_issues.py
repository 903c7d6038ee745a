from __future__ import annotations

from dataclasses import replace

from tasks.domain import outcomes
from tasks.domain.candidates import Proof, ProofState
from tasks.domain.outcomes import Accepted, Measured
from tasks.domain.platform.model import NotAssessed
from tasks.domain.verification.acceptance.judging import Act, Course
from tasks.domain.verification.functional import Answer, Question
from tasks.domain.verification.issues import Issue, Subject, issues_of, untried
from tasks.domain.verification.regressions.judging import Lookback
from tasks.domain.verification.sieves import Round
from tasks.domain.verification.starts import Moments, Start
from tasks.domain.verification.trials import Tried
from tests.regressed import lookback
from tests.tasks.domain.verification.acceptance.test_judging import SCENARIO, answer, course

EARLY = Moments("store", 0.1, 0.5, ready=6.5, healthy=5.0)
MEASURED = Measured(
    Start(2.0, (EARLY, Moments("web")), ()),
    (
        Answer(Question("web: port 80", "web", "tcp", 80), passed=False, detail="status 500"),
        Answer(Question("store: port 1", "store", "tcp", 1), passed=True),
    ),
    (),
    (
        NotAssessed("service web", "it ended with exit code 3", "Look at its log."),
        NotAssessed("service console", "it needs privileged", "Permit it."),
    ),
    ("store: its own health check",),
)
TESTED = outcomes.Tested(
    {"c1": Proof(ProofState.FAILED, "still found: f1"), "c2": Proof(ProofState.PASSED)},
    tried=Tried(touches={"c3": ("web",)}, rounds=(Round(("c3",), {"web": "it ended"}),) * 4),
)
FAILED = Act(SCENARIO, course(answer(code=503)))
UNTRIED = Act(replace(SCENARIO, name="later"), Course(reason="no engine"))
ACCEPTED = Accepted((Act(replace(SCENARIO, name="fine"), course()), FAILED, UNTRIED))


def test_every_problem_is_listed_the_gravest_kind_first() -> None:
    found = issues_of(MEASURED, TESTED, ACCEPTED, lookback())

    assert [(each.subject, each.name) for each in found] == [
        (Subject.SERVICE, "web"),
        (Subject.SCENARIO, "an order is kept"),
        (Subject.REGRESSION, "green"),
        (Subject.REGRESSION, "healthy"),
        (Subject.PROBE, "web: port 80"),
        (Subject.EARLY, "store"),
        (Subject.BLIND, "store: its own health check"),
        (Subject.CHANGE, "c1"),
        (Subject.CHANGE, "c3"),
    ]
    assert found[1].reason == "at s.yaml:8, the answer has status 503, not 200"


def test_without_a_copy_only_what_the_files_show_is_an_issue() -> None:
    found = issues_of(
        Measured(not_assessed=MEASURED.not_assessed),
        outcomes.Tested(TESTED.proofs),
        ACCEPTED,
        Lookback(),
    )

    assert found[-1] == Issue(Subject.CHANGE, "c1", "still found: f1")
    assert {each.subject for each in found} == {Subject.SCENARIO, Subject.CHANGE}


def test_what_was_not_tried_is_said_with_a_remedy() -> None:
    (missing,) = untried(ACCEPTED)
    (none,) = untried(Accepted(reason="no scenario is written"))

    assert (missing.what, missing.reason) == ("scenario later", "no engine")
    assert (none.what, none.reason) == ("acceptance", "no scenario is written")
    assert "cmi schema scenario" in none.remedy
