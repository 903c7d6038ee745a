"""An early look: who waits for nobody is started alone, and its check asked without a pause.

A slow interval hides a check that says yes before its service answers: the first look comes
when both are true. It would come out with the first change that looks sooner, and break
whoever believed it. Services that wait for others are not in it, because theirs would be started
by the very answers that are in doubt.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tasks.domain.verification.doors import checked, ending

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.verification.copies import Copy

# Often enough to come between a yes and an answer, on every engine; nobody is called sick for it.
_LOOKS = {"interval": "250ms", "retries": 10_000}
_OWN = ("start_period", "start_interval")


def early(copy: Copy) -> Copy | None:
    """Give the part of a copy that waits for nobody, checked at once; None where it is empty."""
    services: Mapping[str, Any] = copy.definition.get("services", {})
    alone = {
        name: _looked_at(each)
        for name, each in services.items()
        if checked(each) and not each.get("depends_on") and name not in ending(services)
    }
    if not alone:
        return None
    return replace(copy, definition={**copy.definition, "services": alone}, services=tuple(alone))


def _looked_at(service: Mapping[str, Any]) -> dict[str, Any]:
    kept = {k: v for k, v in service["healthcheck"].items() if k not in _OWN}
    return {**service, "healthcheck": {**kept, **_LOOKS}}
