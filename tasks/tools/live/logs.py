"""What the services of a copy complain of in their logs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tasks.domain.verification.complaints import complaints
from tasks.tools.live import objects
from tasks.tools.live.watching import SERVICE_LABEL

if TYPE_CHECKING:
    from collections.abc import Collection

    from tasks.tools.engine import Engine

_MOST_LINES = 5000  # of each container, the latest
_MOST_BYTES = 4 << 20


def complained(
    engine: Engine, project: str, services: Collection[str] | None = None
) -> dict[str, frozenset[str]]:
    """Digest what each service complains of, in all its containers; None means everybody."""
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    for each in objects.containers(engine, project):
        name = each["Labels"].get(SERVICE_LABEL, "")
        if services is None or name in services:
            log: bytes = engine.client.logs(each["Id"], tail=_MOST_LINES)
            found[name] |= complaints(log[-_MOST_BYTES:].decode(errors="replace"))
    return dict(found)
