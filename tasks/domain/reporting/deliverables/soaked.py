"""Which sizes were accepted, what the soak showed of them, and what they save a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.reporting.deliverables.phrases import columns, names
from tasks.domain.reporting.markdown import code, escape, table
from tasks.domain.sentences import in_language
from tasks.domain.verification.sizing import MEBIBYTE
from tasks.domain.verification.soaks import allowed, sized

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.candidates import Candidate
    from tasks.domain.reporting.texts import Wording
    from tasks.domain.verification.costs import Bill
    from tasks.domain.verification.soaks import Box, Soak, Waited


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the sizes that were proposed as changes."""

    candidates: tuple[Candidate, ...]
    soak: Soak | None = None
    bill: Bill | None = None  # None: there are no prices

    @property
    def sizes(self) -> list[Candidate]:
        """Give the changes that fit a size."""
        return [each for each in self.candidates if sized(each.closes, each.subject)]


def sections(found: Outcome, say: Wording) -> Iterator[str]:
    """Write what became of each size; nothing where no change fits one."""
    if found.sizes:
        rows = [_change(each, say) for each in found.sizes]
        yield f"## {say('sizing.changes')}"
        yield table(columns(say("sizing.changes_table")), rows)
    if found.soak:
        yield f"## {say('sizing.soak')}"
        yield say("sizing.soaked", seconds=f"{found.soak.seconds:.0f}")
        rows = [_box(each, say) for each in found.soak.boxes]
        yield table(columns(say("sizing.soak_table")), rows)
        yield table(columns(say("sizing.waits_table")), list(_waits(found.soak)))
        yield say("sizing.margin", margin=f"{100 * found.soak.margin:.0f}")
    if found.bill:
        yield f"## {say('sizing.cost')}"
        yield from _cost(found.bill, say)


def _change(candidate: Candidate, say: Wording) -> list[str]:
    because = escape(in_language(candidate.reason, say.language))
    size = (candidate.facts.get(each, "") for each in ("memory", "cpus"))
    return [code(candidate.subject), *size, say(f"sizing.{candidate.state.value}"), because]


def _box(box: Box, say: Wording) -> list[str]:
    memory = f"{box.memory_limit // MEBIBYTE} MiB" if box.memory_limit else say("none")
    cores = f"{box.cpu_limit:.2f}" if box.cpu_limit else say("none")
    counts = (str(each) for each in (box.killed, box.restarted, box.gone))
    slowed = "—" if box.slowed is None else f"{100 * box.slowed:.1f} %"
    return [code(box.service), memory, f"{box.peak // MEBIBYTE} MiB", cores, slowed, *counts]


def _waits(soak: Soak) -> Iterator[list[str]]:
    after = {each.probe: each for each in soak.after}
    for each in soak.before:
        both = (each, after.get(each.probe))
        counts = (text for one in both for text in _load(one))
        may_grow = f"{100 * allowed(soak, each):.0f} %"
        yield [escape(each.probe), code(each.service), *counts, may_grow]


def _load(load: Waited | None) -> tuple[str, str, str]:
    if load is None:
        return "—", "—", "—"
    wait = "—" if load.tail is None else f"{1000 * load.tail:.0f}"
    return str(load.requests), str(load.errors), wait


def _cost(bill: Bill, say: Wording) -> Iterator[str]:
    before, after = bill.months()
    if before:
        saved = f"{100 * (1 - after / before):.1f}"
        yield say("sizing.bill", before=f"{before:.2f}", after=f"{after:.2f}", saved=saved)
    if bill.left_out:
        yield say("sizing.left_out", names=names(bill.left_out, say))
