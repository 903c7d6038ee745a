"""What is mounted into a Compose service: volumes, tmpfs, secrets, configs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.platform.compose.quantities import switch
from tasks.domain.platform.compose.tree import Leaf, Table, child, leaves, rows, text
from tasks.domain.platform.containers import Mount

if TYPE_CHECKING:
    from collections.abc import Iterator


def mounts_of(service: Table, path: str) -> Iterator[Mount]:
    """Yield the mounts in the order of the file; sources are relative to the source's root."""
    for index, item in enumerate(rows(service.items.get("volumes"))):
        if isinstance(item, Table):
            source, target = text(child(item, "source")), text(child(item, "target"))
            kind = text(child(item, "type")) or "volume"
            locked = switch(text(child(item, "read_only"))) is True
            spread = text(child(item, "bind", "propagation"))
            sized = child(item, "tmpfs", "size") is not None
            at = f"{path}.volumes[{index}]"
            yield Mount(kind, source, target, item.place, at, locked, spread, sized)
    for index, leaf in enumerate(leaves(service.items.get("tmpfs"))):
        target, _, options = leaf.text.partition(":")
        sized = "size=" in options
        yield Mount("tmpfs", "", target, leaf.place, f"{path}.tmpfs[{index}]", sized=sized)
    for kind, folder in (("secret", "/run/secrets"), ("config", "")):
        for index, item in enumerate(rows(service.items.get(f"{kind}s"))):
            source = item.text if isinstance(item, Leaf) else text(child(item, "source"))
            target = text(child(item, "target")) or source
            target = target if target.startswith("/") else f"{folder}/{target}"
            yield Mount(kind, source, target, item.place, f"{path}.{kind}s[{index}]", True)  # noqa: FBT003  # grants are read-only
