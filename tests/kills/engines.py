"""The part of the matrix that needs an engine: one kill at each event of a copy's life."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tasks.tools.engine import connected
from tasks.tools.errors import ToolError
from tasks.tools.ledger.database import URL_VARIABLE
from tests.kills.copies import WAYS, Copies
from tests.tasks.tools.live.conftest import COMPOSE, import_image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.kills.record import Record

PLATFORM = "9876543210fedcba"


def go(record: Record, folder: Path, ledger_url: str, stop: Callable[[], bool]) -> None:
    """Do what is not done yet; without an engine say so."""
    try:
        with _state(folder / "state", ledger_url), connected() as engine:
            import_image(engine, folder)
            _strike(record, Copies(engine, platform(folder), PLATFORM), engine.version, stop)
    except ToolError as error:
        record.add("engine", not_assessed=str(error))


def _strike(record: Record, copies: Copies, version: str, stop: Callable[[], bool]) -> None:
    done = {row["nth"] for row in record.of("engine") if "nth" in row}
    for nth in range(1, len(copies.whole()) + 1):
        if nth in done:
            continue
        if stop():
            return
        found = copies.struck(nth, WAYS[nth % len(WAYS)])
        told = {"folders": copies.folders(), "faults": found.faults}
        record.add("engine", version=version, **asdict(found), **told)


@contextmanager
def _state(folder: Path, ledger_url: str) -> Iterator[None]:
    """Let copies be of a state of their own, and keep their books in the site's ledger."""
    wanted = {"CMI_STATE": str(folder), URL_VARIABLE: ledger_url}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def platform(folder: Path) -> Path:
    """Write the platform that is copied: two services, a network, a volume, a folder."""
    place = folder / "platform"
    (place / "www").mkdir(parents=True, exist_ok=True)
    (place / "www/index.html").write_text("password: teapot-and-tray\n")
    (place / "compose.yaml").write_text(COMPOSE)
    return place


def section(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Write the part of the page."""
    struck = [row for row in rows if "nth" in row]
    yield "## A copy on an engine\n"
    if not struck:
        why = rows[-1]["not_assessed"] if rows else "it was not its turn yet"
        yield f"Not assessed: {why}\n"
        return
    yield (
        "A platform of two services is brought up and taken away as an effect of a run, which is"
        " killed (SIGKILL) at each event of the engine in turn."
        f" Engine {struck[-1]['version']}. What is left, and what was made while it was there"
        " already, is counted from the engine and its events.\n"
    )
    left = sum(sum(row["left"].values()) for row in struck)
    yield f"{len(struck)} points, {sum(row['live'] for row in struck)} of them in a live process."
    yield "| counted | |\n|---|---:|"
    yield f"| containers, networks and volumes left | {left} |"
    yield f"| made twice in one life | {sum(len(row['twice']) for row in struck)} |"
    yield f"| made and never removed | {sum(len(row['kept']) for row in struck)} |"
    yield f"| orphan processes | {sum(len(row['orphans']) for row in struck)} |"
    yield f"| folders left | {sum(len(row['folders']) for row in struck)} |"
    yield "\n| nth | event | then | outcome |\n|---:|---|---|---|"
    for row in sorted(struck, key=lambda each: int(each["nth"])):
        outcome = "; ".join(row["faults"]) or "nothing left, nothing twice"
        yield f"| {row['nth']} | {row['at']} | {row['way']} | {outcome} |"
    yield ""
