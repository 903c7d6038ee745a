"""How much sooner several platforms work, each with the changes proven on its own copy.

    .venv/bin/python -m tests.benchmarks.stacks > docs/startup-stacks.md

Runs `cmi run --live --yes --quick --fresh` over the samples and over stacks drawn from seeds
(``tests/benchmarks/made``), and prints what their bundles say, stack by stack, and the geometric
mean of the ratios. A bundle that ``--keep`` has is read instead. Nothing here asserts a time.

The mean is that of one start of each stack: the first pairs together, then the second ones, as
far as all have one; its interval is made by the product's own method.
"""

from __future__ import annotations

import argparse
import os
import platform as machine
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import yaml

from tasks.domain.verification.experiments.estimates import Ratio, log_ratios, over_stacks
from tasks.domain.verification.experiments.judgement import sample_of, whole_pairs
from tests.benchmarks.made import stacks
from tests.benchmarks.startup import Outcome, less, measured, read, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_SAMPLES = ("shop", "pipeline", "site")
_SEEDS = (11, 12, 13)
_GREEN, _HEALTHY = "green", "healthy"
_GATED, _OFTEN = 3, 5.0  # levels that wait, and the seconds of the shortest interval among them


@dataclass(frozen=True)
class Stack:
    """A platform that was measured: what its bundle says, and how its start is gated."""

    name: str
    outcome: Outcome
    levels: int
    intervals: tuple[float, ...]

    @property
    def gated(self) -> bool:
        """Tell whether three levels or more wait for checks of 5 s or more."""
        return self.levels >= _GATED and min(self.intervals, default=0.0) >= _OFTEN

    @property
    def experiment(self) -> Mapping[str, Any] | None:
        """Give the confirmation of its set of changes, if there was one."""
        return next(iter(self.outcome.index["experiments"]), None)

    def ratio(self, measure: str) -> Mapping[str, float | None]:
        """Give the ratio of a measure with its bounds; nothing where it was not judged."""
        plan = self.experiment["plan"] if self.experiment else {}
        claims = (*plan.get("benefits", ()), *plan.get("guards", ()))
        names = [each["id"] for each in claims if each["measure"] == measure]
        found = self.experiment["ratios"] if self.experiment else {}
        return next((found[name] for name in names if name in found), {})

    def pairs(self, measure: str) -> list[tuple[float, float]]:
        """Give the pairs that count, as (before, after)."""
        samples = self.experiment["samples"] if self.experiment else ()
        whole = whole_pairs([sample_of(each) for each in samples])
        return [(b.measures[measure], a.measures[measure]) for b, a in whole]


def stack(name: str, place: Path, outcome: Outcome) -> Stack:
    """Read beside the bundle how the platform's start is gated."""
    services = yaml.safe_load((place / "compose.yaml").read_text("utf-8"))["services"]
    checks = [each["healthcheck"] for each in services.values() if "healthcheck" in each]
    first = [each.get("start_interval") or each.get("interval", "30s") for each in checks]
    return Stack(name, outcome, stacks.levels(services), tuple(map(_seconds, first)))


def _seconds(text: str) -> float:
    return float(text[:-2]) / 1000 if text.endswith("ms") else float(text[:-1])


def mean(found: Iterable[Stack], measure: str) -> Ratio:
    """Estimate the geometric mean of the ratio over stacks."""
    return over_stacks({each.name: log_ratios(each.pairs(measure)) for each in found})


def document(found: Sequence[Stack], missing: Mapping[str, str]) -> Iterator[str]:
    """Write the page, paragraph by paragraph."""
    yield "# Start-up of several stacks"
    yield (
        "Printed by `.venv/bin/python -m tests.benchmarks.stacks`. Each row is one real run of "
        "`cmi run --live --quick`; a number stands for a stack that was drawn from it "
        "(`tests/benchmarks/made`), and that nothing was tuned for."
    )
    yield f"Machine: {os.cpu_count()} cores, {machine.machine()}, Linux {machine.release()}."
    heads = ("stack", "services", "levels", "interval", "changes", "pairs", "verdict", "audit")
    yield table(heads, list(map(_about, found)))
    yield "Working sooner, from `up` to all probes green, and healthy sooner beside it:"
    times = ("stack", "before", "after", "works sooner by", "bounds", "healthy sooner by", "bounds")
    yield table(times, list(map(_row, found)))
    gated = [each for each in found if each.gated and each.experiment]
    yield f"## Three gated levels or more, every {_OFTEN:.0f} s or less often"
    yield f"{len(gated)} of {len(found)} stacks: {', '.join(each.name for each in gated)}."
    for measure, words in ((_GREEN, "work"), (_HEALTHY, "are healthy")):
        if not gated:
            break
        told = mean(gated, measure)
        yield (
            f"They {words} **{less(told.value)}** sooner ({less(told.high)} to {less(told.low)}): "
            f"geometric mean over stacks, {told.pairs} starts of all."
        )
    for name, why in missing.items():
        yield f"Not measured: {name}, because {why}"


def _about(each: Stack) -> tuple[str, ...]:
    index, told = each.outcome.index, each.experiment
    states = [one["state"] for one in index["candidates"]]
    counted = ", ".join(f"{states.count(s)} {s}" for s in ("accepted", "rejected", "undecided"))
    return (
        each.name,
        str(index["platform"]["counts"].get("services", len(index["platform"]["services"]))),
        str(each.levels),
        f"{median(each.intervals):g} s" if each.intervals else "-",
        counted,
        str(told["pairs"]) if told else "-",
        told["verdict"] if told else "none",
        each.outcome.audited,
    )


def _row(each: Stack) -> list[str]:
    samples = each.experiment["samples"] if each.experiment else ()
    arms = [
        median(s["measures"][_GREEN] for s in samples if s["arm"] == arm) if samples else None
        for arm in ("before", "after")
    ]
    cells = [each.name, *(f"{seconds:.1f} s" if seconds is not None else "-" for seconds in arms)]
    for measure in (_GREEN, _HEALTHY):
        told = each.ratio(measure)
        cells += [less(told.get("value")), f"{less(told.get('high'))} to {less(told.get('low'))}"]
    return cells


def main() -> None:
    """Measure each platform, and print the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="*", default=_SEEDS)
    parser.add_argument("--samples", nargs="*", default=_SAMPLES)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cmi-bench-") as folder:
        keep = asked.keep or Path(folder, "bundles")
        places = {name: stacks.EXAMPLES / name for name in asked.samples}
        places |= {str(seed): stacks.write(Path(folder), seed) for seed in asked.seeds}
        found, missing = [], {}
        for name, place in places.items():
            sys.stderr.write(f"{name}: {place}\n")
            kept = keep / name
            try:
                there = (kept / "bundle.json").exists()
                outcome = read(kept) if there else measured(str(place), kept, full=False)
            except SystemExit as error:  # one platform's failure is no other's
                missing[name] = str(error)
                continue
            found.append(stack(name, place, outcome))
    sys.stdout.write("\n\n".join(document(found, missing)) + "\n")


if __name__ == "__main__":
    main()
