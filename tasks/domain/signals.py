"""Signals: what the programme notices by itself, turned into reasons to stop and ask.

A reason is raised once for the same subject; a person who decided is asked again only
when it got worse: free disk or memory fell to half of what it was, or a budget was changed.
What was known when a run began is a finding, not a reason to stop: only news are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.canonical import plain
from tasks.domain.interruptions import Kind, Trigger
from tasks.domain.verification.regressions import judging

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from tasks.domain.verification.regressions.judging import Lookback

MEBI = 1 << 20
# Prefect's server, the database and one flow process need about this much to end well.
RESERVES: Mapping[str, float] = {"disk": 512 * MEBI, "memory": 256 * MEBI}
_HOUR = 3600.0
_MOST_HALVINGS = 30
_UNITS = {"wall-time": "s", "cpu-time": "s", "disk": "bytes", "money": "money"}


def resources(free: Mapping[str, int], reserves: Mapping[str, float]) -> Iterator[Trigger]:
    """Say where this machine has less free than the reserve, again at each halving."""
    for name, reserve in (dict(RESERVES) | dict(reserves)).items():
        left = free[name]
        if left < reserve:
            halvings = 0
            while left < reserve / 2 ** (halvings + 1) and halvings < _MOST_HALVINGS:
                halvings += 1
            reason = (
                f"Only {left // MEBI} MiB of {name} are free on this machine; "
                f"the reserve is {int(reserve) // MEBI} MiB."
            )
            detail = {"free": left, "reserve": int(reserve)}
            yield Trigger(Kind.RESOURCES, f"{name}/{halvings}", reason, detail=detail)


def vanished(used: Mapping[str, Sequence[str]], missing: Collection[str]) -> Iterator[Trigger]:
    """Name programs that finished cells had, and that are gone; ``used`` is cells by program."""
    for name in sorted(set(used) & set(missing)):
        cells = ", ".join(used[name])
        reason = f"The program {name} is gone from this machine; {cells} finished with it."
        yield Trigger(Kind.RESOURCES, f"program {name}", reason, detail={"cells": list(used[name])})


def priced(amounts: Mapping[str, float], prices: Mapping[str, float]) -> float | None:
    """Return what working costs; None when no price is known."""
    if not prices:
        return None
    hours = prices.get("hour", 0.0) * amounts["wall-time"]
    return (hours + prices.get("cpu-hour", 0.0) * amounts["cpu-time"]) / _HOUR


def costs(
    spent: Mapping[str, float],
    rest: Mapping[str, float],
    budgets: Mapping[str, float],
    prices: Mapping[str, float],
) -> Iterator[Trigger]:
    """Compare each budget with what was spent, and with what measured durations still forecast.

    ``rest`` is at least what is still to come; what was never measured counts nothing in it.
    """
    total = {name: spent[name] + rest.get(name, 0.0) for name in spent}
    known = {name: (spent[name], total[name]) for name in ("wall-time", "cpu-time", "disk")}
    now, then = priced(spent, prices), priced(total, prices)
    if now is not None and then is not None:
        known["money"] = (now, then)
    for name, (used, forecast) in known.items():
        budget = budgets.get(name)
        if budget is not None and forecast > budget:
            yield _over(name, used, forecast, budget)


def _over(name: str, used: float, forecast: float, budget: float) -> Trigger:
    unit, detail = _UNITS[name], {"spent": used, "forecast": forecast, "budget": budget}
    if used > budget:
        reason = f"The budget of {name} is exceeded: {used:.2f} of {budget:.2f} {unit} are spent."
    else:
        reason = (
            f"The budget of {name} will not suffice: {used:.2f} {unit} are spent, at least "
            f"{forecast:.2f} are forecast from measured durations, {budget:.2f} are allowed."
        )
    return Trigger(Kind.COST, f"{name} {budget:g}", reason, detail=detail)


def unpriced(budgets: Mapping[str, float], prices: Mapping[str, float]) -> bool:
    """Tell whether there is a budget of money that cannot be watched."""
    return "money" in budgets and not prices


def editions(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Trigger]:
    """Name lists of controls whose edition is another than when the run began."""
    for name in sorted(set(before) | set(now)):
        old, new = before.get(name, "none"), now.get(name, "none")
        if old != new:
            reason = f"The controls {name} are those of edition {new}; the run began with {old}."
            yield Trigger(Kind.COMPLIANCE, f"{name} {new}", reason, detail={"before": old})


def news(before: Collection[str], applying: Mapping[str, str]) -> Iterator[Trigger]:
    """Name what this platform uses and what became known as dead since the run began.

    ``applying`` says what uses each deprecation that applies here.
    """
    for name in sorted(set(applying) - set(before)):
        reason = f"It became known that {name} is dead or dying, and {applying[name]} uses it."
        yield Trigger(Kind.TECHNOLOGY, name, reason, detail={"used_by": applying[name]})


def regressions(lookback: Lookback) -> Iterator[Trigger]:
    """Name all that became worse since an earlier programme, confirmed by a second look."""
    found = dict(judging.regressions(lookback))
    if lookback.watch is not None and found:
        subject = f"{', '.join(found)} since {lookback.watch.former}"
        detail = {"measures": [plain(each) for each in judging.judge(lookback).worse]}
        yield Trigger(Kind.PERFORMANCE, subject, " ".join(found.values()), detail=detail)


def longest(durations: Mapping[str, float], needs: Mapping[str, Sequence[str]]) -> float:
    """Return how long cells take at least, side by side; ``needs`` are in order, needs first."""
    ends: dict[str, float] = {}
    for cell, earlier in needs.items():
        before = max((ends[name] for name in earlier), default=0.0)
        ends[cell] = before + durations.get(cell, 0.0)
    return max(ends.values(), default=0.0)
