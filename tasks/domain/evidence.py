"""Evidence: raw material of a number, named by its own digest and never edited."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_EXTENSION = re.compile(r"[a-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Bytes that a number or verdict rests on; ``extension`` says how to read them.

    Raises:
        ValueError: The extension is not up to eight lower-case letters or digits. It becomes
            part of a file name, so nothing else may get there.
    """

    data: bytes
    extension: str

    def __post_init__(self) -> None:
        if not _EXTENSION.fullmatch(self.extension):
            msg = f"{self.extension!r} is no extension for evidence: up to 8 letters or digits."
            raise ValueError(msg)

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def path(self) -> str:
        """Where it lies in a bundle."""
        return f"evidence/{self.digest}.{self.extension}"
