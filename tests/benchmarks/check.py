"""How long `cmi check` takes: beside another scanner, by size, and the second time.

    .venv/bin/python -m tests.benchmarks.check [--sizes 2500,5000,10000] [--checkov FOLDER]

Prints tables in Markdown. Nothing here asserts a time: a machine that does something else at
once would decide. ``--checkov`` makes an environment of its own in FOLDER, from the user's
package index, and needs the real platforms beside the checkout (or named in CMI_TARGETS).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform as machine
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.domain.assess import assess
from tasks.tools.platforms import intake
from tests.benchmarks.distinct import ours as ours_by_check
from tests.benchmarks.distinct import table
from tests.benchmarks.distinct import theirs as theirs_by_check
from tests.benchmarks.platforms import compose, manifests

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CHECKOUT = Path(__file__).resolve().parents[2]
CHECKOV = "checkov==3.3.30"
QUICKSTART = "train-ticket/deployment/kubernetes-manifests/quickstart-k8s"
_ROUNDS = 3
_KIB_IN_MIB = 1024


@dataclass(frozen=True)
class Measured:
    """One call: seconds by the clock and of the processor, peak memory, what it printed."""

    wall: float
    processor: float
    mebibytes: float
    said: bytes


def measured(command: Sequence[str], **environment: str) -> Measured:
    """Run a command to its end. Its exit code does not matter: findings make it one."""
    with tempfile.TemporaryFile() as out:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.DEVNULL, env={**os.environ, **environment}
        )
        _, _, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = 0  # it was waited for above
        out.seek(0)
        said = out.read()
    return Measured(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / _KIB_IN_MIB, said)


def cmi(path: Path, cache: Path) -> Measured:
    """Check a platform as a user does, with a cache folder of our choice."""
    command = [sys.executable, "-m", "deployments.cli.main", "check", str(path), "--json"]
    return measured(command, CMI_CACHE=str(cache), PYTHONPATH=str(CHECKOUT))


def sizes(wanted: Sequence[int]) -> Iterator[str]:
    """Check generated platforms of each size, twice with one cache folder."""
    yield "| platform | size | first: s, CPU s, MiB | second: s, CPU s | CPU, second of first |"
    yield "|---|---|---|---|---|"
    for name, write in (("one Compose file", compose), ("a manifest a file", manifests)):
        for size in wanted:
            with tempfile.TemporaryDirectory() as folder:
                place, cache = Path(folder) / "platform", Path(folder) / "cache"
                place.mkdir()
                write(place, size)
                first, second = (_light(cmi(place, cache)) for _ in range(2))
            assert first.said == second.said, "a kept answer says something else"
            yield (
                f"| {name} | {size} | {first.wall:.1f}, {first.processor:.1f}, "
                f"{first.mebibytes:.0f} | {second.wall:.1f}, {second.processor:.1f} "
                f"| {second.processor / first.processor:.2f} |"
            )


def _light(one: Measured) -> Measured:
    """Keep the digest of what was printed: a child's peak memory counts its parent's at first."""
    return replace(one, said=hashlib.sha256(one.said).digest())


def beside(folder: Path, targets: Path) -> Iterator[str]:
    """Check one real platform with both programs in turn, each cold, and take the best."""
    place = targets / QUICKSTART
    checkov = _checkov(folder)
    options = ["--framework", "kubernetes", "--skip-download", "--compact", "--quiet", "-o", "json"]
    ours: list[Measured] = []
    kept: list[Measured] = []
    theirs: list[Measured] = []
    for _ in range(_ROUNDS):
        with tempfile.TemporaryDirectory() as cache:
            ours.append(cmi(place, Path(cache)))
            kept.append(cmi(place, Path(cache)))
        theirs.append(measured([str(checkov), "-d", str(place), *options]))
    best = [min(each, key=lambda one: one.wall) for each in (ours, kept, theirs)]
    found = [_ours(best[0].said), _ours(best[1].said), _theirs(best[2].said)]
    yield "| program | s | CPU s | MiB | found |"
    yield "|---|---|---|---|---|"
    names = ("cmi check", "cmi check, again", CHECKOV)
    for name, one, said in zip(names, best, found, strict=True):
        yield f"| {name} | {one.wall:.2f} | {one.processor:.2f} | {one.mebibytes:.0f} | {said} |"
    yield ""
    yield f"Wall time, first call: {best[0].wall / best[2].wall:.2f} of the other's."
    yield ""
    platform = intake([place]).platform
    failed = json.loads(best[2].said)["results"]["failed_checks"]
    yield from table(ours_by_check(assess(platform) if platform else ()), theirs_by_check(failed))


def _ours(said: bytes) -> str:
    findings = json.loads(said)["findings"]
    kinds = {each["check"] for each in findings}
    return f"{len(findings)} findings of {len(kinds)} checks"


def _theirs(said: bytes) -> str:
    failed = json.loads(said)["results"]["failed_checks"]
    return f"{len(failed)} failed of {len({each['check_id'] for each in failed})} checks"


def _checkov(folder: Path) -> Path:
    """Install the other scanner into an environment of its own, unless it is there."""
    program = folder / "bin/checkov"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", CHECKOV]
        subprocess.run(pip, check=True)
    return program


def _targets() -> Path:
    told = os.environ.get("CMI_TARGETS")
    places = [Path(told)] if told else [p / "shared/targets" for p in CHECKOUT.parents]
    return next(each for each in places if each.is_dir())


def main() -> None:
    """Print what was asked for."""
    reader = argparse.ArgumentParser(prog="python -m tests.benchmarks.check")
    reader.add_argument("--sizes", default="2500,5000,10000")
    reader.add_argument("--checkov", type=Path, metavar="FOLDER")
    asked = reader.parse_args()
    say = sys.stdout.write
    say(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} processors, ")
    say(f"load {os.getloadavg()[0]:.1f}, {machine.system()} {machine.release()}, ")
    say(f"Python {machine.python_version()}\n\n")
    if asked.checkov:
        say("".join(f"{line}\n" for line in beside(asked.checkov, _targets())) + "\n")
    if wanted := [int(each) for each in asked.sizes.split(",") if each]:
        for line in sizes(wanted):
            say(f"{line}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
