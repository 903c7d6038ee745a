"""Where the ledger is, for workers on other machines than the stack's."""

from __future__ import annotations

from typing import Self, cast

from prefect.blocks.core import Block
from pydantic import Field, SecretStr


class LedgerAccess(Block):
    """The ledger's database. Its address may hold a password."""

    _block_type_name = "Programme ledger"

    url: SecretStr = Field(description="postgresql://user:password@host/database")

    @classmethod
    def named(cls, name: str) -> Self:
        """Read the ledger saved in Prefect as ``name``."""
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
