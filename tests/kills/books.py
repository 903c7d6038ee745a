"""The books of one run: what was finished at each kill, and what became of it in the end."""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kills.site import Site

_LEAVING_SECONDS = 15.0


@dataclass
class Verdict:
    """What was counted when a run had ended. ``faults`` names what is not as it should be."""

    digest: str
    again: list[str] = field(default_factory=list)
    applied: int = 0
    twice: int = 0
    lost: int = 0
    orphans: list[str] = field(default_factory=list)
    leases: int = 0
    folders: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """For the record file."""
        return asdict(self)


class Books:
    """Kept from outside: from the files of results, and from the bundle's folder."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.begun = time.time()
        self._stored: dict[str, int] = {}
        self._rewritten: set[str] = set()
        self._folders: dict[int, str] = {}
        self.damaged: set[str] = set()

    def look(self, run: str) -> None:
        """Look at what is finished now; whatever was before must be untouched."""
        now = self._site.results(self.begun)
        for name, written in self._stored.items():
            if now.get(name) != written and name not in self.damaged:
                self._rewritten.add(name)
        self._stored |= now
        folder = self._site.bundle(run)
        with suppress(OSError):
            inode = folder.stat().st_ino
            if (folder / "bundle.json").exists():
                self._folders.setdefault(inode, _hash(folder))

    def close(self, run: str, digest: str, expected: str) -> Verdict:
        """Count, and compare with the uninterrupted run."""
        self.look(run)
        site = self._site
        journal = [s for s in site.stack.repeated(run) if not self._is_damaged(s)]
        verdict = Verdict(digest, sorted({*journal, *map(_step, self._rewritten)}))
        verdict.applied = len(self._folders)
        verdict.twice = len(self._folders) - len(set(self._folders.values()))
        verdict.lost = 0 if (site.bundle(run) / "bundle.json").exists() else 1
        self._let_end()
        verdict.orphans, verdict.leases, verdict.folders = (
            site.orphans(),
            site.leases(),
            [name for name in site.folders() if "-scratch-" not in name],
        )
        verdict.faults = list(_faults(verdict, expected, self.damaged))
        return verdict

    def _let_end(self) -> None:
        """Give a process that has told its end the time to leave: it lets its platform go last."""
        deadline = time.monotonic() + _LEAVING_SECONDS
        while self._site.leases() or self._site.orphans():
            if time.monotonic() > deadline:
                return
            time.sleep(0.1)

    def _is_damaged(self, step: str) -> bool:
        return any(_step(name) == step for name in self.damaged)


def _faults(verdict: Verdict, expected: str, damaged: set[str]) -> Iterator[str]:
    if verdict.digest != expected:
        yield f"digest {verdict.digest[:12]} is not {expected[:12]}"
    if verdict.again:
        yield f"finished steps ran again: {', '.join(verdict.again)}"
    if verdict.lost:
        yield "the bundle is not there"
    if verdict.twice and "bundle" not in damaged:
        yield f"the same bundle was published {verdict.twice} times too often"
    for what in ("orphans", "leases", "folders"):
        if found := getattr(verdict, what):
            yield f"{what}: {found}"


def _step(name: str) -> str:
    return name.rpartition("-")[0]


def _hash(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            whole.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return whole.hexdigest()


def digest_of(document: dict[str, Any]) -> str:
    """Read the digest from a command's answer."""
    return str(document.get("digest", "")) or json.dumps(document)[:200]
