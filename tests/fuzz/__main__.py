"""Fuzz every door for a share of the time: `python -m tests.fuzz --seconds 600`.

What was learnt is kept (`.fuzz/`, not in git), so the next call goes on where this one
ended. Ends with 1 when anything was found that is not mended yet.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from tests.fuzz.doors import DOORS
from tests.fuzz.seeds import CHECKOUT, seeds, words

if TYPE_CHECKING:
    from pathlib import Path

STATE = CHECKOUT / ".fuzz"
GRACE = 120  # seconds beyond its time after which a fuzzer itself is stuck
_STATUS = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)")
_EXECUTED = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
_ANY = re.compile(r"^#(\d+)\s", re.MULTILINE)


@dataclass(slots=True)
class Account:
    """What was done to one door so far, over all calls."""

    executions: int = 0
    seconds: int = 0
    coverage: int = 0  # edges of the code that inputs reached
    inputs: int = 0  # kept because each reaches something new


def main() -> int:
    """Fuzz, and say what came of it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=600, help="for all doors together")
    arguments.add_argument("--door", choices=[d.name for d in DOORS], help="only this one")
    asked = arguments.parse_args()
    doors = [d for d in DOORS if asked.door in (None, d.name)]
    STATE.mkdir(exist_ok=True)
    lines = [
        f'"{w.replace(chr(92), chr(92) * 2).replace(chr(34), chr(92) + chr(34))}"' for w in words()
    ]
    (STATE / "words.txt").write_text("\n".join(lines) + "\n", encoding="ascii")
    shares = sum(door.share for door in doors)
    for door in doors:
        account = _fuzz(door.name, max(1, asked.seconds * door.share // shares))
        sys.stdout.write(f"{door.name}: {asdict(account)}\n")
        sys.stdout.flush()
    found = sorted(STATE.glob("*-findings/*.txt"))
    for path in found:
        said = path.read_text(encoding="utf-8").splitlines()[-1]
        sys.stdout.write(f"FOUND {path.relative_to(CHECKOUT)}: {said}\n")
    return 1 if found else 0


def _fuzz(name: str, seconds: int) -> Account:
    corpus, findings = STATE / name, STATE / f"{name}-findings"
    for folder in (corpus, findings):
        folder.mkdir(exist_ok=True)
    for seed in seeds(name):
        (corpus / hashlib.sha1(seed, usedforsecurity=False).hexdigest()).write_bytes(seed)
    kept = STATE / f"{name}.json"
    account = Account(**json.loads(kept.read_text())) if kept.exists() else Account()
    _run(name, corpus, findings, seconds, account)
    kept.write_text(json.dumps(asdict(account)))
    return account


def _run(name: str, corpus: Path, findings: Path, seconds: int, account: Account) -> None:
    """Run the harness to the end of its time; what hangs it is a finding, and it starts again."""
    left = seconds
    while left > 0:
        said, took = _once(name, corpus, findings, left)
        account.seconds += min(took, left)
        left -= max(1, took)
        if status := _STATUS.findall(said):
            account.coverage, account.inputs = int(status[-1][0]), int(status[-1][2])
        done = _EXECUTED.findall(said) or _ANY.findall(said) or ["0"]
        account.executions += int(done[-1])
        for path in findings.iterdir():
            if path.name.startswith(("timeout-", "oom-", "crash-", "leak-")):
                note = path.with_name(f"{path.name}.txt")
                note.write_text(f"{path.name}\n{said[-2000:]}\n{path.name.partition('-')[0]}\n")


def _once(name: str, corpus: Path, findings: Path, seconds: int) -> tuple[str, int]:
    program = [sys.executable, "-m", "tests.fuzz.harness"]
    with subprocess.Popen(
        [*program, name, str(corpus), str(findings), str(seconds)],
        cwd=CHECKOUT,
        stderr=subprocess.STDOUT,
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as child:
        try:
            said, _ = child.communicate(timeout=seconds + GRACE)
        except subprocess.TimeoutExpired:
            child.kill()
            said, _ = child.communicate()
    log = STATE / f"{name}.log"
    log.write_text(said, encoding="utf-8")
    match = re.search(r"Done \d+ runs in (\d+) second", said)
    return said, int(match[1]) if match else seconds


if __name__ == "__main__":
    sys.exit(main())
