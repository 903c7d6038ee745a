"""From what was tried to accepted, rejected and undecided, each with its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tasks.domain.candidates import Candidate, CandidateState, Proof, ProofState
from tasks.domain.findings import Severity
from tasks.domain.verification.experiments.judgement import Sample, Verdict, judge
from tasks.domain.verification.experiments.plans import Arm, Benefit, Plan, arm_at
from tasks.domain.verification.gate import Findings, Rollback, Trial
from tasks.domain.verification.sieves import Round
from tasks.domain.verification.trials import Compared, Returned, Tried, Whole, judged
from tests.soaked import WEB, box, soak

if TYPE_CHECKING:
    from tasks.domain.verification.soaks import Soak

MEMBER = Candidate("quick-1", "start-interval", ("f1",), "web", ())
BREAKING = Candidate("caps-1", "drop-capabilities", ("f2",), "db", ())
UNSEEN = Candidate("logs-1", "bound-logs", ("f3",), "platform", ())
ALL = (MEMBER, BREAKING, UNSEEN)
PROBES = {"web: port 80": True, "db: port 1": True, "blind": True}
ASKED = {"web: port 80": "web", "db: port 1": "db"}
DOWN = {"web: port 80": False, "db: port 1": False}
TRIED = Tried(
    PROBES,
    {"web: port 80": False, "db: port 1": False, "blind": True},
    {"quick-1": ("web",), "caps-1": ("db",)},
    {"web": ("db",), "db": ()},
    ("caps-1",),
    (
        Round(("quick-1", "caps-1"), {"db": "it ended"}, (), DOWN, ASKED),
        Round(("quick-1",), {}, ("web", "db"), PROBES, ASKED | {"blind": "web"}),
        Round(("quick-1", "caps-1"), {"db": "it ended"}, (), DOWN, ASKED),
        Round(("quick-1",), {}, ("web", "db"), PROBES, ASKED | {"blind": "web"}),
    ),
    {"logs-1": "it changes nothing that the copy has"},
)
PLAN = Plan("set-1", ("quick-1",), (Benefit("faster", "green"),), (), "s")
FINDINGS = Findings({"f1": Severity.LOW}, {})
BACK = Rollback({"file": "d"}, {"file": "d"}, {"web: port 80": True})


def trial(after: float) -> Trial:
    samples: list[Sample] = []
    while judge(PLAN, samples).verdict is Verdict.OPEN:
        for _ in range(2):
            number = len(samples) + 1
            arm = arm_at(PLAN, number)
            seconds = 10.0 if arm is Arm.BEFORE else after
            samples.append(
                Sample(number, arm, {"green": seconds}, number, evidence=(f"e{number}",))
            )
    return Trial(PLAN, tuple(samples))


WHOLE = Whole(TRIED, Compared(trial(5.0)), Returned(BACK, FINDINGS))


def states(whole: Whole, **alone: Proof) -> dict[str, CandidateState]:
    found = {name.replace("_", "-"): proof for name, proof in alone.items()}
    return {each.id: each.state for each in judged(ALL, found, whole)[0]}


def test_the_copy_keeps_what_it_lives_with() -> None:
    assert TRIED.kept == ("quick-1",)
    assert set(TRIED.sieve.dropped) == {"caps-1"}


def test_member_breaker_and_unseen_are_accepted_rejected_and_undecided_with_reasons() -> None:
    made, evidence = judged(ALL, {}, WHOLE)
    member, breaking, unseen = made

    assert states(WHOLE) == {
        "quick-1": CandidateState.ACCEPTED,
        "caps-1": CandidateState.REJECTED,
        "logs-1": CandidateState.UNDECIDED,
    }
    assert breaking.reason == "db: comes up and does well, db: port 1 failed after the change"
    assert unseen.reason == "it changes nothing that the copy has"
    held = {each.digest for each in evidence}
    for proof in (*member.proofs.values(), breaking.proofs["probe"]):
        assert proof.evidence
    assert set(member.proofs["probe"].evidence) <= held


def test_another_service_s_failure_in_the_same_start_is_not_held_against_a_change() -> None:
    (_, breaking, _), _ = judged(ALL, {}, WHOLE)

    assert "web" not in breaking.proofs["probe"].reason


def test_a_probe_that_is_blind_proves_nothing_and_condemns_nobody() -> None:
    (member, *_), _ = judged(ALL, {}, WHOLE)

    assert member.proofs["probe"].reason == "2 probes passed before and after"


def test_a_change_that_failed_its_own_round_trip_is_rejected_whatever_the_copy_says() -> None:
    failed = Proof(ProofState.FAILED, "still found: f1")

    assert states(WHOLE, quick_1=failed)["quick-1"] is CandidateState.REJECTED


def test_nothing_is_accepted_without_the_comparison_or_the_way_back() -> None:
    for whole in (
        replace(WHOLE, compared=Compared(reason="the engine is gone")),
        replace(WHOLE, returned=Returned(reason="the engine is gone")),
        Whole(Tried(reason="no engine")),
    ):
        found, _ = judged(ALL, {}, whole)
        assert CandidateState.ACCEPTED not in {each.state for each in found}
        assert all(each.reason for each in found)


def test_without_a_gain_the_set_is_undecided_and_with_a_loss_of_a_guard_rejected() -> None:
    assert states(replace(WHOLE, compared=Compared(trial(10.0))))["quick-1"] is (
        CandidateState.UNDECIDED
    )


def test_a_rollback_that_leaves_something_else_rejects() -> None:
    other = Rollback({"file": "d"}, {"file": "e"}, {"web: port 80": True})

    assert states(replace(WHOLE, returned=Returned(other, FINDINGS)))["quick-1"] is (
        CandidateState.REJECTED
    )


def test_who_breaks_a_service_that_nobody_probes_is_rejected_all_the_same() -> None:
    rounds = tuple(replace(each, asked={}) for each in TRIED.rounds)
    blind = replace(WHOLE, tried=replace(TRIED, rounds=rounds))
    (_, breaking, _), _ = judged(ALL, {}, blind)

    assert breaking.state is CandidateState.REJECTED
    assert breaking.reason == "db: comes up and does well failed after the change"


def test_a_change_that_fits_a_size_rests_on_its_soak_too() -> None:
    fitting = replace(MEMBER, kind="fit-size", closes=("size-unfitted-1",))
    there = Findings({"size-unfitted-1": Severity.LOW}, {})

    def of(bore: Soak | None) -> tuple[Candidate, int]:
        whole = replace(WHOLE, returned=Returned(BACK, there, bore))
        (made, *_), _ = judged((fitting, BREAKING, UNSEEN), {}, whole)
        return made, len(made.proofs["finding"].evidence)

    proven, pieces = of(soak(WEB))
    missing, none = of(None)
    dead, both = of(soak(WEB, boxes=(box(WEB, killed=1),)))

    assert (proven.state, pieces) == (CandidateState.ACCEPTED, 2)
    assert (missing.state, none) == (CandidateState.UNDECIDED, 0)
    assert (dead.state, both) == (CandidateState.REJECTED, 2)
    assert dead.reason == "web ran out of memory in the soak"
