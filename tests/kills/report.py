"""`docs/kill-matrix.md`: every point, what befell the run there, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.kills import engines
from tests.kills.points import Trap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.kills.record import Record

_HEAD = """# Kill matrix

Made by `make kill-matrix`; {made}. Nothing in the product knows of it: triggers that the harness
adds to the ledger's database hold a line back, or tell that it was committed, and the harness
strikes there (`tests/kills`).

- **Platform**: a copy of `examples/shop`, static programme, `--recompute`: no result of another
  run helps. *Quick* leaves each change's own round trip out, a step that is the same for every
  change; *whole* leaves nothing out.
- **Chains**: one run is struck at every point in turn. In `every point`, `every commit` and
  `polite` the run is the process of `cmi run --foreground`, forked from a process that has loaded
  the command already; the same command resumes it. In `worker` a worker carries the run out, and
  whoever follows it repairs the stack. In `services` parts of the stack are struck while the run
  is in the foreground.
- **Single faults**: a fresh run each; then the same command, or `cmi resume`.
- **Disk full**: a small tmpfs in place of the folder, filled at that moment. **Damaged file**: the
  newest stored result, or a file of the published bundle. **Clock jump**: of the run's process
  alone, by a library that is loaded before its own; database and server keep their time.
- **Executed again** counts steps that began after their line was committed, and stored results
  that were written anew. **Twice** counts folders of one content. Both are read from outside.
- **Resumed after**: from the fault to the run's next line in the ledger; in chains to the moment
  when the run owns its platform again. In the foreground it contains no imports.
"""


def render(record: Record, made: str) -> str:
    """Write the page from what was recorded."""
    kills, ends = record.of("kill"), record.of("end")
    lines = [
        _HEAD.format(made=made),
        *_summary(kills, ends, complete=bool(record.of("complete"))),
        *_swept(record),
        *_failures(record),
    ]
    lines += engines.section(record.of("engine"))
    return "\n".join([*lines, *_chains(kills, ends), *_singles(ends)]) + "\n"


def _summary(
    kills: list[dict[str, Any]], ends: list[dict[str, Any]], *, complete: bool
) -> Iterator[str]:
    singles = [row for row in ends if "trap" in row]
    done = [row for row in singles if "not_assessed" not in row]
    faults = Counter(row["fault"] for row in (*kills, *done))
    ended = [row for row in ends if "not_assessed" not in row]
    yield "## In short\n"
    if not complete:
        yield "**Not at its end**: what is listed was run, the rest of the plan was not yet.\n"
    yield f"{len(kills) + len(done)} points struck, {_live(kills, done)} of them in a live run."
    well = sum(not row["faults"] for row in ended)
    yield f"{len(ended)} runs ended, {well} of them with nothing to object to.\n"
    yield "| counted | |\n|---|---:|"
    yield f"| digest unlike the uninterrupted run's | {_count(ended, 'digest ')} |"
    yield f"| finished steps executed again | {sum(len(row['again']) for row in ended)} |"
    twice = sum(row["twice"] for row in ended if not row.get("damaged"))
    yield f"| effects applied twice (damaged bundles apart) | {twice} |"
    yield f"| effects lost | {sum(row['lost'] for row in ended)} |"
    yield f"| orphan processes | {sum(len(row['orphans']) for row in ended)} |"
    yield f"| leases held by nobody | {sum(row['leases'] for row in ended)} |"
    yield "\n| fault | points |\n|---|---:|"
    yield from (f"| {fault} | {number} |" for fault, number in sorted(faults.items()))
    yield f"\nTime to resume: {_times([row.get('resumed') for row in (*kills, *done)])}.\n"


def _swept(record: Record) -> Iterator[str]:
    for row in record.of("swept")[-1:]:
        left = {name: row[name] for name in ("running", "folders", "orphans", "leases")}
        yield (
            f"After the last point and two sweeps: {left['running']} runs or tasks are Running,"
            f" {len(left['folders'])} temporary folders, {len(left['orphans'])} orphan processes,"
            f" {left['leases']} leases.\n"
        )


def _live(kills: list[dict[str, Any]], singles: list[dict[str, Any]]) -> int:
    return sum(bool(row["live"]) for row in (*kills, *singles))


def _count(ended: Iterable[dict[str, Any]], start: str) -> int:
    return sum(fault.startswith(start) for row in ended for fault in row["faults"])


def _times(found: Iterable[float | None]) -> str:
    seconds = sorted(each for each in found if each is not None)
    if not seconds:
        return "not measured"
    middle, late = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.95)]
    return f"median {middle:.1f} s, 95 % within {late:.1f} s, longest {seconds[-1]:.1f} s"


def _failures(record: Record) -> Iterator[str]:
    yield "## What is not as it should be\n"
    found = [row for row in record.of("end") if row.get("faults")]
    missed = [(row["episode"], each) for row in record.of("end") for each in row.get("missed", [])]
    if not found and not missed:
        yield "Nothing.\n"
    for row in found:
        yield f"- {row['episode']} (run {row['run']}): {'; '.join(map(_line, row['faults']))}"
    for episode, trap in missed:
        yield f"- {episode}: the run did not come by {trap} again, so nothing befell it there"
    open_ones = {row["episode"] for row in record.of("kill")} - {
        row["episode"] for row in record.of("end")
    }
    for episode in sorted(open_ones):
        yield f"- {episode}: not at its end yet; its digest and counts are still to come"
    yield ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _chains(kills: list[dict[str, Any]], ends: list[dict[str, Any]]) -> Iterator[str]:
    ended = {row["episode"]: row for row in ends}
    for episode in dict.fromkeys(row["episode"] for row in kills):
        rows = [row for row in kills if row["episode"] == episode]
        yield f"## Chain: {episode}\n"
        yield f"Run {rows[0]['run']}, seed {rows[0]['seed']}: {_outcome(ended.get(episode))}\n"
        yield "| nth | point | moment | fault | live | resumed after, s |"
        yield "|---:|---|---|---|---|---:|"
        later = [row["resumed"] for row in rows[1:]] + [ended.get(episode, {}).get("resumed")]
        for number, (row, seconds) in enumerate(zip(rows, later, strict=True), 1):
            trap = Trap.of(row["trap"])
            cells = (number, trap.subject, trap.moment, row["fault"], _yes(row["live"]), seconds)
            yield "| " + " | ".join("" if cell is None else str(cell) for cell in cells) + " |"
        yield ""


def _singles(ends: list[dict[str, Any]]) -> Iterator[str]:
    rows = [row for row in ends if "trap" in row]
    if not rows:
        return
    yield "## Single faults\n"
    yield "| programme | point | moment | fault | seed | then | live | resumed after, s | outcome |"
    yield "|---|---|---|---|---:|---|---|---:|---|"
    for row in rows:
        trap = Trap.of(row["trap"])
        seconds = row.get("resumed")
        cells = (
            row["episode"].partition(":")[0],
            trap.subject,
            trap.moment,
            row["fault"],
            row["seed"],
            row.get("way", ""),
            _yes(row.get("live")),
            "" if seconds is None else seconds,
            _outcome(row),
        )
        yield "| " + " | ".join(map(str, cells)) + " |"


def _outcome(row: dict[str, Any] | None) -> str:
    if row is None:
        return "not at its end yet"
    if told := row.get("not_assessed"):
        return f"not assessed: {told}"
    damaged = f"; damaged and made anew: {', '.join(_short(row))}" if row.get("damaged") else ""
    return (
        "same digest, nothing again, nothing twice" if not row["faults"] else "see above"
    ) + damaged


def _short(row: dict[str, Any]) -> list[str]:
    return [name.rpartition("-")[0] or name for name in row["damaged"]]


def _yes(value: object) -> str:
    return "yes" if value else "no"


def today() -> str:
    """Say which day it is."""
    return dt.datetime.now(dt.UTC).date().isoformat()
