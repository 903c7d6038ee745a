"""Say of a copy that was brought up which services do well, and which failed by themselves."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tasks.domain.verification.sieves import Round
from tasks.tools.live import asking, objects
from tasks.tools.live.logs import complained
from tasks.tools.live.watching import SERVICE_LABEL

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tasks.domain.verification.functional import Answer
    from tasks.tools.live.stack import Up
    from tasks.tools.live.standing import Standing

_LIES = "its health check says yes before it answers"
_COMPLAINS = "its log complains of what it did not before"
_NEVER = "0001-"  # the engine's time of what did not happen


def outcome(
    standing: Standing,
    on: tuple[str, ...],
    quickened: frozenset[str] = frozenset(),
    usual: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Round:
    """Judge each service of a copy that was brought up with the changes ``on``.

    Whoever is in ``usual`` may complain in its log of nothing else than it does there.

    Who never started, or was still coming up when another one's failure ended the start, is
    neither well nor failed. A probe counts where both of its ends do well. A check that is made
    sooner (of those that are ``quickened``) and says yes before the service answers lets others
    start too early: they may live with it today, and not on another machine.
    """
    up = standing.up
    if up is None:
        return Round(on)
    states = _states(standing)
    failed = {
        name: why
        for name, why in up.failed.items()
        if _own_fault(states.get(name), late=_late(up, standing))
    }
    failed |= {name: _LIES for name in up.start.dishonest if name in quickened - failed.keys()}
    well = [n for n in standing.ready.copy.services if n not in up.failed and n not in failed]
    there = asking.running(standing.engine, standing.key)
    answers = [
        asking.ask(standing.engine, there, each)
        for each in standing.asked
        if (each.service in well and each.of in well) or each.service in failed
    ]
    for each in answers:
        if not each.passed and each.question.service in well:
            failed[each.question.service] = f"{each.question.name} failed"
    for name, said in complained(standing.engine, standing.key, usual).items():
        if name in well and said - set(usual[name]):
            failed.setdefault(name, _COMPLAINS)
    return Round(
        on,
        failed,
        tuple(each for each in well if each not in failed),
        {each.question.name: each.passed for each in answers},
        _asked(answers),
    )


def _asked(answers: list[Answer]) -> dict[str, str]:
    return {each.question.name: each.question.of for each in answers}


def _late(up: Up, standing: Standing) -> bool:
    """Tell whether everybody had all the time that there was."""
    return up.start.total >= standing.limit.total_seconds()


def _own_fault(state: Mapping[str, Any] | None, *, late: bool) -> bool:
    if state is None or str(state.get("StartedAt", _NEVER)).startswith(_NEVER):
        return False  # never started: it waited for others
    ended = state.get("Status") in {"exited", "dead"} and state.get("ExitCode", 0) != 0
    loops = bool(state.get("Restarting")) or state.get("RestartCount", 0) > 0
    sick = (state.get("Health") or {}).get("Status") == "unhealthy"
    return ended or loops or sick or late


def _states(standing: Standing) -> dict[str, Mapping[str, Any]]:
    """Ask the engine for the state of each service's container; of several, a failed one's."""
    found: dict[str, Mapping[str, Any]] = {}
    for each in objects.containers(standing.engine, standing.key):
        about = standing.engine.client.inspect_container(each["Id"])
        more = {"RestartCount": about.get("RestartCount", 0)}
        name, state = each["Labels"].get(SERVICE_LABEL, ""), {**about["State"], **more}
        if not _own_fault(found.get(name), late=False):
            found[name] = state
    return found
