"""Locating: a platform is asked for by its path, or by the name of a block that knows it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from blocks.platform import PlatformSource

if TYPE_CHECKING:
    from tasks.ownership import Request

_BLOCK_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


def located(request: Request) -> Request:
    """Put a path where the name of a Platform source is; a path that exists stays.

    An entry that was asked for goes before the block's.
    """
    platform = request.platform
    if Path(platform).expanduser().exists() or not _BLOCK_NAME.fullmatch(platform):
        return request
    block = PlatformSource.find(platform)
    if block is None:
        return request  # whoever reads it says that there is nothing
    return replace(request, platform=block.path, entry=request.entry or block.entry)
