from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tasks.domain.reporting.deliverables.performance import comparison_report, noise_report
from tasks.domain.verification.confirmations import Noise
from tasks.domain.verification.experiments.plans import Arm, Benefit, Guard
from tasks.domain.verification.gate import Trial
from tasks.domain.verification.regressions.judging import Lookback
from tasks.domain.verification.trials import Compared
from tests.proven import MEMBER, PLAN, trial

NOISE = Noise(trial().samples[:4])


def test_the_baseline_shows_each_measure_with_its_spread_and_the_load() -> None:
    text = noise_report("compose.yaml", NOISE, Lookback()).texts["en"]

    assert "4 times" in text
    assert re.search(r"until every probe was green \| [\d.]+ s \| [\d.]+ s", text)
    assert "1 MiB" in text
    assert "0.5 to 0.6" in text


def test_the_comparison_shows_every_start_the_figures_and_how_it_was_decided() -> None:
    measured = trial()
    text = comparison_report("compose.yaml", Compared(measured), NOISE).texts["en"]

    assert "7 pairs" in text
    assert "The outcome: every benefit is shown, and every guard." in text
    assert "5eed" in text
    assert f"`{MEMBER.id}`" in text
    assert len(re.findall(r"^\| \d+ \| (?:as it is|with the changes) ", text, re.MULTILINE)) == (
        len(measured.samples)
    )
    less = re.search(r"until every probe was green .*?(\d+\.\d) % \| (\d+\.\d) % to ", text)
    assert less is not None
    assert float(less[1]) == pytest.approx(40.0, abs=1)
    assert float(less[2]) <= float(less[1])


def test_a_comparison_that_claims_nothing_says_what_it_asks() -> None:
    measured = trial(after=10.0)
    guards = tuple(Guard(each, each, 0.1) for each in ("green", "healthy", "memory"))
    samples = measured.samples[:12]  # nothing else is decided by then
    plan = replace(measured.plan, benefits=(), guards=guards)
    text = comparison_report("compose.yaml", Compared(Trial(plan, samples)), NOISE).texts["en"]

    assert "every guard is shown, and nothing else was claimed" in text
    assert "none is claimed" in text
    assert "sooner, healthy" not in text
    assert "that nothing starts later by more than its margin" in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_samples_it_says_why(language: str) -> None:
    reason = "the copy as it is does not answer every probe"
    told = [
        noise_report("compose.yaml", Noise(reason=reason), Lookback(reason=reason)),
        comparison_report("compose.yaml", Compared(reason=reason), Noise()),
    ]

    for each in told:
        text = each.texts[language]
        assert (reason in text) is (language == "en")
        assert "|" not in text


def test_a_measure_without_a_claim_decides_nothing_and_says_so() -> None:
    text = comparison_report("compose.yaml", Compared(trial()), NOISE).texts["en"]

    assert re.search(r"processor time until green .*shown beside", text)
    assert re.search(r"memory when green .*claimed beforehand", text)


@pytest.mark.parametrize(("share", "role"), [(0.1, "shown"), (0.9, "not shown")])
def test_the_time_to_stop_is_told_where_it_was_taken_with_what_was_claimed(
    share: float, role: str
) -> None:
    plan = replace(PLAN, beside=(Benefit("stopping in half the time", "stop", 0.5),))
    text = comparison_report("compose.yaml", Compared(trial(plan=plan, stop=share)), NOISE).texts

    assert re.search(
        rf"until nobody ran .*claimed beforehand, by 50 % or more: {role} \|", text["en"]
    )
    assert "| stopped |" in text["en"]
    assert "直到全部停止" in text["zh"]
    assert "stopped" not in comparison_report("c.yaml", Compared(trial()), NOISE).texts["en"]


def with_restarts(found: Trial) -> Trial:
    """Let each start have restarted one of two services; with the changes it took half."""
    samples = tuple(
        replace(
            each,
            raw={
                **each.raw,
                "restart": {
                    "service": ("db", "web")[(each.position - 1) // 2 % 2],
                    "seconds": 4.0 if each.arm is Arm.BEFORE else 2.0,
                },
            },
        )
        for each in found.samples
    )
    return replace(found, samples=samples)


def test_services_that_were_restarted_alone_are_told_with_how_much_they_rest_on() -> None:
    found = with_restarts(trial())
    pairs = len(found.samples) // 2
    texts = comparison_report("compose.yaml", Compared(found), NOISE).texts

    first, second = (pairs + 1) // 2, pairs // 2
    assert f"| `db` | 4.00 s | {first} | 2.00 s | {first} |" in texts["en"]
    assert f"| `web` | 4.00 s | {second} | 2.00 s | {second} |" in texts["en"]
    assert "单独重启一个服务" in texts["zh"]
    none = comparison_report("compose.yaml", Compared(trial()), NOISE).texts["en"]
    assert "restarted alone" not in none


def test_what_a_platform_costs_while_idle_and_what_we_take_is_told_where_it_was_looked_at() -> None:
    host = {"idle_own": 0.012, "idle_whole": True, "own_seconds": 0.4, "programs_seconds": 0.3}
    found = trial()
    samples = tuple(
        replace(
            each,
            measures={**each.measures, "idle": 0.25 if each.arm is Arm.BEFORE else 0.2},
            raw={**each.raw, "host": {**each.raw["host"], **host}},
        )
        for each in found.samples
    )
    text = comparison_report("c.yaml", Compared(replace(found, samples=samples)), NOISE).texts["en"]

    assert re.search(r"share while idle .* \| 25.0 % \| 20.0 % \| 20.0 % \|.*shown beside", text)
    assert "We ourselves took 1.2 % of a core" in text
    assert "The engine is not on this machine" not in text
    assert "We ourselves" not in comparison_report("c.yaml", Compared(found), NOISE).texts["en"]
