"""What a pod may ask of its cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.findings import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.model import Platform


def default_token(platform: Platform) -> Iterator[Hit]:
    """Find pods that carry the token of their namespace's default account.

    A pod with an account of its own was given one on purpose.
    """
    for service in platform.services:
        written = service.token_mounted
        if service.service_account in {"", "default"} and (written is None or written.value):
            place, path = (
                (written.place, written.path) if written else (service.place, service.path)
            )
            yield Hit(service.name, place, path)
