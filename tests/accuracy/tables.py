"""`make tables`: measure how right the findings are, and write docs/accuracy.md.

Each section can be measured alone (``--only``); what others measured before stays as it was,
with its own date. Planting goes on where it was interrupted (``--fresh`` begins anew).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform as machine
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tasks.domain.version import VERSION
from tests.accuracy import agreement, equivalence
from tests.accuracy.intervals import said
from tests.accuracy.labels import AFTER, BEFORE, LATER, Label, compare, labels, per_check
from tests.accuracy.mutations import dockerfiles, planting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class Planted(NamedTuple):
    """What became of one check's defects in one packaging."""

    found: int
    places: int
    missed: list[str]


CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = CHECKOUT / "docs/accuracy.md"
STATE = CHECKOUT / ".cmi/accuracy"
TUNED, UNSEEN = 1, 2  # seeds: the first led to corrections, the second was planted after them
TOLD = "CMI_TARGETS=FOLDER CMI_CHECKOV=PROGRAM make tables"


def rows(head: Sequence[str], body: Iterable[Sequence[object]]) -> list[str]:
    """Make a table."""
    lines = [head, ["---"] * len(head), *([str(each) for each in row] for row in body)]
    return ["| " + " | ".join(line) + " |" for line in lines]


_HOW_JUDGED = (
    "{all} findings were judged by reading the file at each place, twice: the second reading in "
    "another order, from the files alone, with reasons written anew. One reader made both. The "
    "readings agree on {agreed}; the others were settled:"
)
_IN_DOCKERFILES = (
    "Planted in {files} Dockerfiles of our own, with two seeds, and found in the planted lines: "
    "{found}."
)
_HOW_SAMPLED = (
    "The samples are stratified over checks and platforms. They are not the findings of one "
    "platform: frequent checks weigh less here than in a report."
)
_HOW_PLANTED = (
    "Each defect is written into the text of a copy, at services that a seed chooses; the same "
    "service without it is the control and must be clean. Found means: by the right check, in "
    "that service or in the object that was written beside it. A place where the control is not "
    "clean is left out and another one taken. What the unseen seed missed at first is told here: "
    "at 1 of its places a login that anybody may use was masked by the password of another store; "
    "the check was mended, and the places of that check were planted again."
)


def precision(targets: Path) -> list[str]:
    """Hold the labels against today's findings."""
    every = labels()
    tally = compare(targets, every)
    first = [each for each in every if each.sample == BEFORE]
    second = [each for each in every if each.sample == AFTER]
    third = [each for each in every if each.sample == LATER]
    apart = [each for each in every if not each.agreed]
    return [
        _HOW_JUDGED.format(all=len(every), agreed=len(every) - len(apart)),
        "",
        *rows(
            ("finding", "first reading", "second reading", "settled"),
            (
                (_short(each), *map(_reading, (each.first, each.second, each.settled)))
                for each in apart
            ),
        ),
        "",
        *rows(
            ("what", "true findings"),
            (
                (
                    "first sample, as it was found (it led to corrections of the checks)",
                    said(sum(each.true for each in first), len(first)),
                ),
                (
                    "second sample, drawn after the corrections",
                    said(sum(each.true for each in second), len(second)),
                ),
                (
                    "third sample, of checks that came later, as it was found",
                    said(sum(each.true for each in third), len(third)),
                ),
                (
                    "all labels, among what is found today",
                    said(len(tally.found), len(tally.found) + len(tally.returned)),
                ),
                (
                    "true labels that are still found",
                    f"{len(tally.found)} of {len(tally.found) + len(tally.lost)}",
                ),
                (
                    "false labels that are not found any more",
                    f"{len(tally.kept_away)} of {len(tally.kept_away) + len(tally.returned)}",
                ),
            ),
        ),
        "",
        _HOW_SAMPLED,
        "",
        *rows(
            ("check", "true", "false"),
            ((check, *counts) for check, counts in per_check(every).items()),
        ),
    ]


def _short(label: Label) -> str:
    return f"{label.check}, {label.target}: {label.at}"


def _reading(reading: object) -> str:
    true, why = getattr(reading, "true", None), getattr(reading, "why", "")
    return f"{'true' if true else 'false'}: {why}"


def mutations(targets: Path) -> list[str]:
    """Plant every defect in copies of the platforms; the seed that nobody saw comes first."""
    for seed in (UNSEEN, TUNED):
        done = _outcomes(seed)
        for packaging, plant in planting.plants():
            name = f"{packaging} {plant.check}"
            if name not in done:
                outcomes = planting.run(targets, packaging, plant, seed, planting.PLACES)
                missed = [str(each) for each in outcomes if not each.found]
                done[name] = Planted(len(outcomes) - len(missed), len(outcomes), missed)
                _store(f"mutations-{seed}.json", json.dumps(done, indent=1))
    return planted()


def planted() -> list[str]:
    """Say what was planted so far."""
    lines = [
        _HOW_PLANTED,
        "",
    ]
    summary, missed, single = [], [], []
    every = len(list(planting.plants()))
    for seed, what in ((TUNED, "while the checks were mended"), (UNSEEN, "never seen before")):
        done = _outcomes(seed)
        if done:
            found = sum(each.found for each in done.values())
            places = sum(each.places for each in done.values())
            summary.append((seed, what, f"{len(done)} of {every}", said(found, places)))
            missed += [(seed, each) for row in done.values() for each in row.missed]
            single += [
                (seed, *name.split(), f"{each.found} of {each.places}")
                for name, each in done.items()
                if each.places < planting.PLACES or each.missed
            ]
    head = ("seed", "how", "checks in a packaging", "found")
    lines += [*rows(head, summary), ""]
    lines += [f"Missed with seed {seed}: {what}." for seed, what in missed]
    if single:
        lines += ["", f"Fewer than {planting.PLACES} places, or not all found:", ""]
        lines += rows(("seed", "packaging", "check", "found"), single)
    return lines


def _outcomes(seed: int) -> dict[str, Planted]:
    path = STATE / f"mutations-{seed}.json"
    rows = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return {name: Planted(*row) for name, row in rows.items()}


def images(targets: Path) -> list[str]:
    """Plant the defects of Dockerfiles in Dockerfiles of our own."""
    counted: dict[str, Counter[bool]] = {check: Counter() for check in dockerfiles.PLANTS}
    for seed in (TUNED, UNSEEN):
        for each in dockerfiles.variants(seed):
            counted[each.check][dockerfiles.is_found(each)] += 1
    found, places = sum(c[True] for c in counted.values()), sum(c.total() for c in counted.values())
    return [
        _IN_DOCKERFILES.format(files=len(dockerfiles.originals()), found=said(found, places)),
        "",
        *rows(("check", "found"), ((k, f"{c[True]} of {c.total()}") for k, c in counted.items())),
    ]


def packagings(targets: Path) -> list[str]:
    """Compare each platform of ours with itself in another packaging."""
    lines = []
    for name in equivalence.PLATFORMS:
        count, found = equivalence.differences(name)
        lines += [f"**{name}**: {count} findings in Compose, {len(found)} differences.", ""]
        if found:
            grouped = Counter((each.entry, each.why, each.only_compose) for each in found)
            body = [
                (entry, number, "Compose" if only else entry, why)
                for (entry, why, only), number in sorted(grouped.items())
            ]
            lines += [*rows(("entry", "how many", "only in", "why"), body), ""]
    return lines


def agree_on_images(targets: Path) -> list[str]:
    """Ask the other programs about our Dockerfiles."""
    case = agreement.dockerfile_case(UNSEEN)
    return _agreement(case, agreement.DOCKERFILE_RULES, ("hadolint", "trivy", "checkov"))


def agree_on_manifests(targets: Path) -> list[str]:
    """Ask the other programs about manifests of the platforms."""
    case = agreement.kubernetes_case(targets, UNSEEN)
    return _agreement(case, agreement.KUBERNETES_RULES, ("trivy", "checkov"))


def _agreement(
    case: agreement.Case, rules: Sequence[agreement.Rule], tools: Sequence[str]
) -> list[str]:
    here = [tool for tool in tools if agreement.program(tool)]
    with tempfile.TemporaryDirectory() as folder:
        agreement.ask(case, here, Path(folder))
    compared = agreement.compare(case, [rule for rule in rules if rule.tool in here])
    known = agreement.reasons()
    lines = [f"{len(case.files)} files, {len(case.objects)} objects.", ""]
    lines += [
        f"{tool}: not assessed, because it is not here." for tool in tools if tool not in here
    ]
    lines += [
        f"{tool} cannot read {len(files)} of the files; they are left out of its rows."
        for tool, files in case.unread.items()
    ]
    body, differences = [], []
    for tool in here:
        mine = [each for each in compared if each.rule.tool == tool]
        total = sum((each.verdicts for each in mine), Counter[tuple[bool, bool]]())
        equal = total[True, True] + total[False, False]
        fired = total.total() - total[False, False]
        body.append((tool, said(equal, total.total()), f"{total[True, True]} of {fired}"))
    for each in compared:
        for they, objects in each.differences.items():
            if objects:
                right, why = known.get((str(each.rule), they), ("open", "not explained yet"))
                who = "they" if they else "we"
                differences.append((each.rule, f"{who} object {len(objects)} times", right, why))
    heads = ("program", "equal verdicts", "of those where one objects at all")
    lines += ["", *rows(heads, body), ""]
    lines += rows(
        ("their rule", "our check", "both object", "they alone", "we alone", "equal"),
        (
            (
                each.rule,
                ", ".join(each.rule.checks),
                each.verdicts[True, True],
                each.verdicts[True, False],
                each.verdicts[False, True],
                f"{each.share:.1%}",
            )
            for each in compared
        ),
    )
    lines += ["", *rows(("their rule", "difference", "who is right", "why"), differences)]
    return lines


SECTIONS: dict[str, tuple[str, Callable[[Path], list[str]]]] = {
    "precision": ("Precision: findings judged by hand", precision),
    "mutations": ("Recall: defects planted in real platforms", mutations),
    "images": ("Recall: defects planted in Dockerfiles", images),
    "packagings": ("Equivalence: one platform in several packagings", packagings),
    "agree-images": ("Agreement: Dockerfiles", agree_on_images),
    "agree-manifests": ("Agreement: Kubernetes manifests", agree_on_manifests),
}
_OPENING = f"""\
# How right the findings are

Made by `make tables`; no line here is written by hand. The platforms are five public ones that
are not part of this repository: `CMI_TARGETS` names their folder (see CONTRIBUTING.md), and what
is said of them names files and lines, never their text. `CMI_CHECKOV` names a Checkov that is
installed apart; a program that is not there is not assessed.

    {TOLD}
"""


def _store(name: str, text: str) -> None:
    STATE.mkdir(parents=True, exist_ok=True)
    (STATE / name).write_text(text, encoding="utf-8")


def measure(name: str, targets: Path) -> None:
    """Measure one section and keep its text."""
    lines = SECTIONS[name][1](targets)
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    where = f"{machine.machine()}, {os.cpu_count()} cores, Python {machine.python_version()}"
    _store(f"{name}.md", "\n".join([f"{today}, version {VERSION}, {where}.", "", *lines]))


def write() -> None:
    """Write the page from the sections that were measured."""
    parts = [_OPENING]
    for name, (title, _) in SECTIONS.items():
        path = STATE / f"{name}.md"
        text = path.read_text("utf-8") if path.exists() else "Not measured yet."
        parts.append(f"## {title}\n\n{text.strip()}\n")
    PAGE.write_text("\n".join(parts), encoding="utf-8")


def main() -> None:
    """Measure what is asked for, then write the page."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("targets", type=Path)
    reader.add_argument("--only", nargs="*", choices=SECTIONS, default=list(SECTIONS))
    reader.add_argument("--fresh", action="store_true")
    asked = reader.parse_args()
    if asked.fresh:
        for path in STATE.glob("mutations-*.json"):
            path.unlink()
    for name in asked.only:
        measure(name, asked.targets.resolve())
    write()


if __name__ == "__main__":
    main()
