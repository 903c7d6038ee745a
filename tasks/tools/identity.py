"""Which program gave an answer: where it is, its digest, and the version that it states."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tasks.tools.command import SHORT_TIMEOUT, require_program, run

# Most programs answer `--version`; these want to be asked in their own way.
_VERSION_QUESTION = {
    "kubectl": ("version", "--client"),
    "helm": ("version", "--short"),
    "go": ("version",),
    "kind": ("version",),
}


@dataclass(frozen=True, slots=True)
class ProgramEvidence:
    """Which program gave an answer: enough to find out later whether it was the right one."""

    path: Path
    sha256: str
    version: str


def describe(name: str) -> ProgramEvidence:
    """Say which program ``name`` is: where, its SHA-256 and the version it states.

    Raises:
        ProgramMissingError: there is no such program.
    """
    path = require_program(name)
    status = path.stat()
    return _evidence(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=64)
def _evidence(path: Path, changed: int, size: int) -> ProgramEvidence:
    question = _VERSION_QUESTION.get(path.name, ("--version",))
    answer = run(str(path), *question, timeout=SHORT_TIMEOUT, check=False)
    lines = (answer.stdout.decode(errors="replace") + "\n" + answer.stderr).strip().splitlines()
    with path.open("rb") as program:
        digest = hashlib.file_digest(program, "sha256").hexdigest()
    return ProgramEvidence(path, digest, lines[0].strip() if lines else "")
