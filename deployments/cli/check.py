"""`cmi check`: read, find, propose. Nothing is started and nothing of the platform is executed."""

from __future__ import annotations

import datetime as dt
import gc
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from deployments.cli.annotations import workflow_commands
from deployments.cli.asked import Compare, Show
from deployments.cli.branching import branch
from deployments.cli.briefs import brief
from deployments.cli.comparing import Ground, compared
from deployments.cli.documents import checked
from deployments.cli.entries import assessed, document, table
from deployments.cli.findings import Outcome, Voice, report, writable
from deployments.cli.fixes import command, within
from deployments.cli.layout import columns
from deployments.cli.options import (
    FailOn,
    Wanted,
    language,
    no_option,
)
from deployments.cli.output import coloured, emit_json, say, store, write, write_bytes
from deployments.cli.waivers import remarks
from tasks.domain.baseline import write_baseline
from tasks.domain.conflicts import combine
from tasks.domain.exits import Exit, worst
from tasks.domain.findings import Severity
from tasks.domain.fixes import best_fixes
from tasks.domain.platform.intake import exit_of
from tasks.domain.reporting.sarif import sarif, with_baseline, with_notices
from tasks.domain.version import VERSION
from tasks.domain.waivers import apply_waivers
from tasks.tools.answers import Reader
from tasks.tools.errors import PermanentToolError
from tasks.tools.opening import open_source, paths_of
from tasks.tools.settings import settings_beside, settings_of
from tasks.tools.store import Store, users_store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.domain.answers import Answer
    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding
    from tasks.domain.platform.sources import Source
    from tasks.domain.settings import Settings
    from tasks.domain.waivers import Waived

_COLLECT_AFTER = 5_000_000  # objects
BEST = 5


def check(
    *paths: Annotated[
        str,
        Parameter(
            allow_leading_hyphen=True,
            validator=no_option,
            help="Folder, files, archive, repository, or what runs; "
            "`cmi intake --help` shows each form.",
        ),
    ],
    wanted: Wanted | None = None,
    fail_on: FailOn = "high",
    compare: Compare | None = None,
    show: Show | None = None,
) -> int:
    """Find what is wrong and propose fixes. Needs no server, no engine, no cluster."""
    wanted = wanted or Wanted()
    places = wanted.places(paths)
    asked = _Check(places, paths_of(places), compare or Compare(), show or Show())
    # A collector that looks after every few hundred objects walks a large model again and again,
    # a fifth of its time, and finds nothing: model and trees have no cycles. Whatever
    # else holds on to itself is looked for when it came to millions.
    usual = gc.get_threshold()
    gc.set_threshold(_COLLECT_AFTER, *usual[1:])
    try:
        return asked.run(wanted.entry, fail_on)
    finally:
        gc.unfreeze()
        gc.set_threshold(*usual)


def _waived(answer: Answer, settings: Settings) -> Waived:
    today = dt.datetime.now(dt.UTC).date()
    warn = dt.timedelta(seconds=settings.waivers_warn)
    return apply_waivers(answer.findings, settings.waivers, today, warn)


@dataclass(frozen=True, slots=True)
class _Check:
    places: tuple[str, ...]
    paths: tuple[Path, ...]  # the same, when they are files and folders
    compare: Compare
    show: Show

    @property
    def voice(self) -> Voice:
        """Speak the reader's language, as far as the terminal can write it."""
        return Voice(
            writable(language(self.show.lang)),
            coloured(sys.stdout),
            columns(sys.stdout),
            self.show.everything,
        )

    def run(self, entry: str | None, fail_on: str) -> Exit:
        """Read, assess, propose, tell."""
        settings, file = settings_beside(self.paths)
        if self.paths:
            self._refuse_contradictions(settings)
        source = open_source(self.places)
        settings, file = (settings, file) if self.paths else settings_of(source, ())
        self._refuse_contradictions(settings)
        if self.compare.all_entries:
            return self._side_by_side(source, settings, entry, fail_on)
        reader = self._reader(entry or settings.entry or None, settings.profiles)
        ground = Ground(self.paths, source, settings, file, reader)
        answer = reader.answer(source)
        gc.freeze()  # model and trees stay as they are: no need to walk them again
        waived = _waived(answer, settings)
        self._keep(answer, waived)
        narrowed = compared(ground, self.compare, answer, waived.findings)
        shown = narrowed.shown
        if self.show.branch is not None:
            return self._branch(reader.worked_out(source, shown).candidates, waived, source)
        if self.show.patch is not None:
            return self._patch(reader, source, waived, shown)
        proposed = reader.proposals(source, shown)
        fixes = best_fixes(proposed.candidates, [f for f in shown if not f.waived], BEST)
        options = (*(("--entry", entry) if entry else ()), *self.compare.words)
        outcome = Outcome(
            source=source.name,
            entry=answer.entry,
            waived=waived,
            shown=shown,
            fixes=tuple((each, command(self.places, each, options)) for each in fixes),
            proposed=len(proposed.candidates),
            unread=answer.unread,
            not_assessed=(*answer.not_assessed, *proposed.not_assessed),
            gone=narrowed.gone,
            skipped=narrowed.known,
            changed=narrowed.changed,
        )
        ending = self._gate(answer.code, answer.reasons, shown, fail_on)
        self._tell(outcome, proposed.candidates, ending)
        return ending[0]

    def _reader(self, entry: str | None, profiles: Sequence[str]) -> Reader:
        place = " ".join(str(each.absolute()) for each in self.paths)
        kept = users_store() if self.paths and not self.show.no_store else Store(None)
        return Reader(kept, place, entry, profiles)

    def _side_by_side(
        self, source: Source, settings: Settings, entry: str | None, fail_on: str
    ) -> Exit:
        """Assess every entry that stands alone; the table is the answer."""
        alone = self.show.sarif or self.show.picks or entry is not None
        compare = self.compare
        others = compare.new_only or compare.baseline or compare.write_baseline or compare.since
        if alone or others or self.show.answer not in ("text", "json"):
            raise PermanentToolError(self.voice.say("all_entries"))
        seen, entries = assessed(source, settings)
        code, reasons = exit_of(seen)
        shown = [f for each in entries for f in each.findings or ()]
        code, reasons = self._gate(code, reasons, shown, fail_on)
        if self.show.answer == "json":
            emit_json(document(seen, entries, (code, reasons)))
        else:
            write("".join(f"{line}\n" for line in table(entries, self.voice)), sys.stdout)
        if seen.platform is None:
            say(self.voice.say("nothing", source=seen.source.name))
        return code

    def _refuse_contradictions(self, settings: Settings) -> None:
        if self.show.contradictory:
            raise PermanentToolError(self.voice.say("formats"))
        if self.show.branch is not None and (self.show.answer != "text" or not self.paths):
            raise PermanentToolError(self.voice.say("no_branch"))
        compare = self.compare
        if compare.since and not self.paths:
            raise PermanentToolError(self.voice.say("no_changes"))
        if compare.new_only and not (compare.baseline or settings.baseline or compare.since):
            raise PermanentToolError(self.voice.say("no_baseline"))

    def _keep(self, answer: Answer, waived: Waived) -> None:
        """Write the findings of now as a baseline, where that was asked for."""
        file = self.compare.write_baseline
        if answer.found and file is not None:
            store(file, write_baseline(answer, waived.findings))
            say(self.voice.say("baseline_written", n=len(waived.findings), file=file))

    def _gate(
        self, code: Exit, reasons: tuple[str, ...], shown: Sequence[Finding], fail_on: str
    ) -> tuple[Exit, tuple[str, ...]]:
        if fail_on == "none":
            return code, reasons
        floor = Severity(fail_on)
        bad = sum(f.severity.at_least(floor) and not f.waived for f in shown)
        if not bad:
            return code, reasons
        return worst(code, Exit.GATE), (*reasons, self.voice.say("gate", n=bad, floor=floor))

    def _tell(
        self,
        outcome: Outcome,
        candidates: Sequence[Candidate],
        ending: tuple[Exit, tuple[str, ...]],
    ) -> None:
        answer = self.show.answer
        if self.show.sarif and self.show.sarif != "-":
            store(Path(self.show.sarif), self._sarif(outcome))
        if outcome.entry is None and answer not in ("json", "sarif"):
            say(self.voice.say("nothing", source=outcome.source))
        if answer == "json":
            emit_json(checked(outcome, candidates, ending))
        elif answer == "sarif":
            write(self._sarif(outcome), sys.stdout)
        elif answer == "github":
            write(workflow_commands(outcome, self.voice, within(self.paths)), sys.stdout)
        else:
            shown = brief if answer == "markdown" else report
            write(shown(outcome, self.voice), sys.stdout)

    def _sarif(self, outcome: Outcome) -> str:
        log = sarif(
            outcome.waived.findings,
            outcome.unread,
            outcome.not_assessed,
            VERSION,
            self.voice.language,
        )
        log = with_notices(log, [said for _, said in remarks(outcome.waived, self.voice)])
        if self.compare.new_only or self.compare.since:
            log = with_baseline(log, {finding.id for finding in outcome.shown})
        return json.dumps(log, indent=2, ensure_ascii=False) + "\n"

    def _branch(self, candidates: Sequence[Candidate], waived: Waived, source: Source) -> Exit:
        wanted = self.show.patch
        found = [c for c in candidates if wanted in (None, c.id, c.kind)]
        place = (self.paths, source)
        return branch(place, self.show.branch or "", found, waived.findings, self.voice)

    def _patch(
        self, reader: Reader, source: Source, waived: Waived, shown: Sequence[Finding]
    ) -> Exit:
        """Print one patch, as its bytes are: its place in a pipe is before ``git apply``.

        A kind's patch holds all of its changes that fit together. One that would leave files that
        cannot be read is our fault, and is not printed.
        """
        wanted = self.show.patch
        candidates = reader.worked_out(source, shown).candidates
        found = [c for c in candidates if wanted in (c.id, c.kind) and c.patch]
        if not found:
            raise PermanentToolError(self.voice.say("no_candidate", name=wanted))
        together = combine(found, waived.findings, source)
        if not reader.keeps_whole(source, together.edits):
            raise PermanentToolError(self.voice.say("broken_patch", name=wanted))
        write_bytes(together.patch.encode(), sys.stdout)
        for name, reason in together.left_out.items():
            say(f"{name}: {reason}")
        return Exit.DONE
