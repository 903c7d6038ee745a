"""How much sooner a platform works with the changes that were proven on its copy.

    .venv/bin/python -m tests.benchmarks.startup [PLATFORM] > docs/startup-benchmarks.md
    .venv/bin/python -m tests.benchmarks.startup --full > docs/startup-benchmarks-full.md

Runs `cmi run PLATFORM --live --yes --quick --fresh` (``--full``: without ``--quick``), audits
the bundle, and prints what is in it in Markdown, every start included. Nothing here asserts
a time, and nothing is computed that the bundle does not say. ``--bundle`` reads one that is there.
"""

from __future__ import annotations

import argparse
import json
import os
import platform as machine
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CHECKOUT = Path(__file__).resolve().parents[2]
_MIB = 1 << 20
_MEASURES = ("green", "healthy", "memory", "cpu", "idle", "stop", "warm")


@dataclass(frozen=True)
class Outcome:
    """A bundle: its index, its evidence by digest, what the audit says, how long it took."""

    index: Mapping[str, Any]
    raw: Mapping[str, Mapping[str, Any]]
    audited: str
    seconds: float | None = None


def cmi(*words: str) -> subprocess.CompletedProcess[str]:
    """Call the command of this checkout."""
    program = Path(sys.executable).with_name("cmi")
    return subprocess.run([str(program), *words], capture_output=True, text=True, check=False)


def measured(place: str, folder: Path, *, full: bool) -> Outcome:
    """Run the programme over a platform with a copy, and read its bundle."""
    words = ["run", place, "--live", "--yes", "--fresh", "--out", str(folder)]
    begun = time.monotonic()
    done = cmi(*words, *([] if full else ["--quick"]))
    if not (folder / "bundle.json").exists():
        sys.exit(f"There is no bundle. {done.stderr[-2000:]}")
    return read(folder, time.monotonic() - begun)


def read(folder: Path, seconds: float | None = None) -> Outcome:
    """Read a bundle, and let it be audited."""
    index = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    raw = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in (folder / "evidence").glob("*.json")
    }
    audited = cmi("audit", str(folder))
    said = "accepts" if audited.returncode == 0 else "does not accept"
    return Outcome(index, raw, said, seconds)


def document(outcome: Outcome, profile: str) -> Iterator[str]:
    """Write the page, paragraph by paragraph."""
    index = outcome.index
    yield "# Start-up benchmarks"
    option = " --full" if profile == "full" else ""
    yield (
        f"Printed by `.venv/bin/python -m tests.benchmarks.startup{option}`. Every figure stands "
        "in the bundle of one real run; nothing is computed here that it does not say."
    )
    yield "\n".join(_about(outcome, profile))
    if not index["experiments"]:
        yield "No comparison was made:"
        yield "\n".join(f"- {each}" for each in sorted(_reasons(index)))
        return
    for experiment in index["experiments"]:
        yield from _experiment(experiment, outcome)
    yield "## What became of each change"
    yield table(("change", "state", "reason"), _changes(index))


def _about(outcome: Outcome, profile: str) -> Iterator[str]:
    index, told = outcome.index, outcome.index["programme"]
    yield f"- Platform: `{told['entry']}` of `{Path(told['source']).name}`"
    yield f"- Run: {told['id']}, begun {told['begun']}, {profile} profile"
    yield f"- Machine: {os.cpu_count()} cores, {machine.machine()}, Linux {machine.release()}"
    if outcome.seconds is not None:
        yield f"- From the command to the bundle: {outcome.seconds / 60:.1f} minutes"
    yield f"- `cmi audit` {outcome.audited} the bundle"
    states = [each["state"] for each in index["candidates"]]
    counted = ", ".join(f"{states.count(s)} {s}" for s in ("accepted", "rejected", "undecided"))
    yield f"- Changes: {counted}"


def _experiment(experiment: Mapping[str, Any], outcome: Outcome) -> Iterator[str]:
    plan, samples = experiment["plan"], experiment["samples"]
    yield f"## {plan['name']}"
    yield (
        f"{len(plan['candidates'])} changes together, {experiment['pairs']} pairs "
        f"({experiment['excluded']} left out), seed `{plan['seed']}`: "
        f"**{experiment['verdict']}** ({experiment['reason']})."
    )
    claims = {
        each["id"]: each["measure"]
        for each in (*plan["benefits"], *plan["guards"], *plan.get("beside", ()))
    }
    rows = [
        (claims[name], less(found["value"]), f"{less(found['high'])} to {less(found['low'])}")
        for name, found in experiment["ratios"].items()
    ]
    yield table(("measure", "less by (median of pairs)", "bounds, valid whenever it stopped"), rows)
    for each in plan.get("beside", ()):
        shown = "shown" if each["id"] in experiment["held"] else "not shown"
        least = less(1 - each["least"])
        yield f"Claimed beside: {each['measure']} less by {least} or more, {shown}."
    hosts = [outcome.raw[each["evidence"][0]]["host"] for each in samples]
    load = [host["load_before"] for host in hosts]
    foreign = [host["foreign_seconds"] for host in hosts]
    yield (
        f"Load of the machine before the starts: {min(load):.1f} to {max(load):.1f}; processor "
        f"time of others during a start: {statistics.median(foreign):.0f} s (median)."
    )
    yield from _beside(samples, hosts)
    yield "Each start:"
    yield table(("n", "which", *_MEASURES, "left out"), [_sample(each) for each in samples])


def _beside(
    samples: Sequence[Mapping[str, Any]], hosts: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """Say what claims nothing: what the copies cost while idle, and what we do meanwhile."""
    if not all("idle" in each["measures"] for each in samples):
        return
    idle = [
        statistics.median(s["measures"]["idle"] for s in samples if s["arm"] == arm)
        for arm in ("before", "after")
    ]
    yield (
        f"Standing idle, health checks and the engine's work for them included, the platform took "
        f"{100 * idle[0]:.1f} % of a core before and {100 * idle[1]:.1f} % after (medians)."
    )
    own = {n: statistics.median(each[n] for each in hosts) for n in ("idle_own", "own_seconds")}
    yield (
        f"We ourselves took {100 * own['idle_own']:.1f} % of a core meanwhile, and "
        f"{own['own_seconds']:.1f} s of processor time in a start, Docker Compose not counted."
    )


def _sample(sample: Mapping[str, Any]) -> tuple[str, ...]:
    found = sample["measures"]
    return (
        str(sample["position"]),
        sample["arm"],
        f"{found['green']:.2f} s",
        f"{found['healthy']:.2f} s",
        f"{found['memory'] / _MIB:.0f} MiB",
        f"{found['cpu']:.1f} s",
        f"{100 * found['idle']:.1f} %" if "idle" in found else "-",
        *(f"{found[each]:.2f} s" if each in found else "-" for each in ("stop", "warm")),
        sample["excluded"] or "-",
    )


def _changes(index: Mapping[str, Any]) -> list[tuple[str, ...]]:
    order = ("accepted", "rejected", "undecided")
    found = sorted(index["candidates"], key=lambda each: (order.index(each["state"]), each["id"]))
    return [(f"`{each['id']}`", each["state"], each["reason"].split(";")[0]) for each in found]


def _reasons(index: Mapping[str, Any]) -> set[str]:
    return {each["proofs"]["ab"]["reason"] for each in index["candidates"]}


def less(ratio: float | None) -> str:
    """Say a ratio as what it takes away."""
    return "-" if ratio is None else f"{100 * (1 - ratio):.1f} %"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(each)} |" for each in lines)


def main() -> None:
    """Measure, and print the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("platform", nargs="?", default=str(CHECKOUT / "examples/shop"))
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--bundle", type=Path)
    asked = parser.parse_args()
    if asked.bundle:
        found = read(asked.bundle)
    else:
        with tempfile.TemporaryDirectory() as folder:
            found = measured(asked.platform, Path(folder, "bundle"), full=asked.full)
    sys.stdout.write("\n\n".join(document(found, "full" if asked.full else "quick")) + "\n")


if __name__ == "__main__":
    main()
