"""A platform that runs are scheduled over, by name instead of by path."""

from __future__ import annotations

from typing import Self, cast

from prefect.blocks.core import Block
from pydantic import Field


class PlatformSource(Block):
    """Where a platform's definition is, and which of its entries is meant."""

    _block_type_name = "Platform source"

    path: str = Field(description="Folder, file or other location, as the worker sees it.")
    entry: str = Field(default="", description="Which definition, when there are several.")

    @classmethod
    def named(cls, name: str) -> Self:
        """Read the platform saved in Prefect as ``name``."""
        return cast("Self", cls.load(name))  # load() is typed for async callers too

    @classmethod
    def find(cls, name: str) -> Self | None:
        """Read what is saved as ``name``; None when there is nothing of this kind."""
        try:
            return cls.named(name)
        except ValueError as error:
            if "Unable to find block document" in str(error):  # Prefect has no error of its own
                return None
            raise
