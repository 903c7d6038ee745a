"""`cmi run`: the whole programme over a platform, submitted, followed, resumed."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from deployments.cli.concluding import conclude
from deployments.cli.options import (  # cyclopts reads them at run time
    AsJson,
    FailOn,
    Out,
    Quick,
    Wanted,
    Yes,
    language,
    no_option,
)
from deployments.cli.output import say
from deployments.local.start import ensure_stack, repair_stack
from tasks.domain.exits import Exit
from tasks.domain.platform.locations import Kind, locate
from tasks.domain.runs import platform_identity
from tasks.tools.bundles import refuse_place
from tasks.tools.sources import SourceError

if TYPE_CHECKING:
    from deployments.local.stack import Stack
    from tasks.ownership import Request
    from tasks.tools.ledger.database import Ledger
    from tasks.tools.ledger.runs import RunRecord

# A run that crashes more often in one sitting has a cause that repeating will not cure.
MOST_CRASHES = 3
# Its log is in the UI; here one line a cell is enough, and errors become sentences.
_QUIET = {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Repetition:
    """Options that say which run is meant."""

    batch: Annotated[str, Parameter(help="Name of this repetition: a night, a release.")] = ""
    fresh: Annotated[
        bool, Parameter(negative=(), help="Begin a new run even if one could be resumed.")
    ] = False
    recompute: Annotated[
        bool, Parameter(negative=(), help="Ignore stored results of former runs.")
    ] = False
    live: Annotated[
        bool,
        Parameter(
            negative=(),
            help="Measure a disposable copy on a Docker engine, after consent to what it does.",
        ),
    ] = False
    yes: Yes = False
    foreground: Annotated[
        bool, Parameter(negative=(), help="Run in this process, not in a worker's; Ctrl-C ends it.")
    ] = False


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Result:
    """Options that say what comes out, and how loud."""

    out: Out = None
    as_json: AsJson = False
    fail_on: FailOn = "none"


def run(
    path: Annotated[
        str,
        Parameter(
            allow_leading_hyphen=True,
            validator=no_option,
            help="Folder, file, archive, repository, or what runs; "
            "`cmi intake --help` shows each form.",
        ),
    ] = ".",
    *,
    wanted: Wanted | None = None,
    quick: Quick = False,
    repetition: Repetition | None = None,
    result: Result | None = None,
) -> int:
    """Run the whole programme over a platform; the same command again resumes it."""
    repetition, result, wanted = repetition or Repetition(), result or Result(), wanted or Wanted()
    (place,) = wanted.places([path])
    refuse_passing(place, repetition)
    if result.out:
        refuse_place(result.out)
    from tasks.ownership import Request, identify  # noqa: PLC0415  # database drivers take a while
    from tasks.tools.ledger.database import Ledger  # noqa: PLC0415

    identity = identify(place, wanted.entry or "")  # before anything is started for nothing
    stack = use_stack()
    request = Request(
        identity.source,
        identity.entry,
        repetition.batch,
        recompute=repetition.recompute,
        quick=quick,
        out=str(result.out.absolute()) if result.out else "",
        lang=language(),
        live=repetition.live,
    )
    if repetition.live:
        from deployments.cli.live import consent  # noqa: PLC0415  # an engine's client is slow to load

        consent(identity, yes=repetition.yes)
    ledger = Ledger.here()
    record = _carry_out(ledger, request, repetition)
    return conclude(record, stack.ui_url, as_json=result.as_json, fail_on=result.fail_on)


def refuse_passing(place: str, repetition: Repetition) -> None:
    """Refuse what only this process can read, when another one would have to.

    Raises:
        SourceError: standard input is to be worked off by a worker.
    """
    if locate(place).kind is Kind.INPUT and not repetition.foreground:
        what = "Standard input can be read by this process only, and a worker was to do the run."
        raise SourceError(what, "Add --foreground, or name a file.", Exit.USAGE)


def use_stack() -> Stack:
    """Start what is missing of this checkout's stack, and become its client.

    Raises:
        NewerLedgerError: the ledger is shared with a newer version than this one.
    """
    from tasks.tools.ledger.database import Ledger  # noqa: PLC0415  # database drivers take a while
    from tasks.tools.ledger.migrate import refuse_newer  # noqa: PLC0415

    stack = ensure_stack(say)
    os.environ.update(stack.environment() | _QUIET)
    refuse_newer(Ledger.here())
    return stack


def _carry_out(ledger: Ledger, request: Request, repetition: Repetition) -> RunRecord:
    from deployments.cli.choosing import Choice, choose  # noqa: PLC0415  # the ledger's driver
    from tasks.ownership import identify  # noqa: PLC0415

    platform = platform_identity(request.platform, request.entry)
    plan = choose(ledger, platform, request, fresh=repetition.fresh)
    if plan.record is not None:
        say(f"Run {plan.record.id} (batch {plan.record.batch}): {plan.choice}.")
    if plan.choice is Choice.SHOW and plan.record:
        return plan.record
    if plan.choice is Choice.ATTACH and plan.record:
        return watch(ledger, plan.record)
    from deployments.cli.submitting import (  # noqa: PLC0415  # Prefect takes a second; above nobody waits for it
        submit,
        take_up,
        write_down,
    )

    record = plan.record
    if record is None:
        record = write_down(ledger, identify(request.platform, request.entry), request)
        say(f"Run {record.id} begins.")
    if repetition.foreground:
        from deployments.cli.foreground import in_foreground  # noqa: PLC0415

        return in_foreground(ledger, record, _again(request))
    return watch(ledger, take_up(ledger, record) if plan.record else submit(ledger, record))


def _again(request: Request) -> str:
    """Say what to type to go on with a run in the foreground."""
    words = ["cmi run", shlex.quote(request.platform), "--foreground"]
    words += [f"--entry {shlex.quote(request.entry)}"] if request.entry else []
    words += [f"--batch {shlex.quote(request.batch)}"] if request.batch else []
    words += ["--recompute"] if request.recompute else []
    words += ["--live"] if request.live else []
    return " ".join([*words, *(["--quick"] if request.quick else [])])


def watch(ledger: Ledger, record: RunRecord) -> RunRecord:
    """Follow a run to its end; take a crashed or lost one up again, a few times.

    A stack that lost a part is repaired first, unless somebody stopped it. Ctrl-C leaves the
    run, which goes on.
    """
    from deployments.cli.following import (  # noqa: PLC0415  # Prefect takes a second
        RunCrashedError,
        StackBrokenError,
        follow,
    )
    from deployments.cli.submitting import ServerGoneError, take_up  # noqa: PLC0415

    crashes = 0
    try:
        while True:
            try:
                return follow(ledger, record)
            except (StackBrokenError, RunCrashedError, ServerGoneError) as error:
                crashes += not isinstance(error, StackBrokenError)
                if crashes > MOST_CRASHES:
                    raise
                say(f"{error.what} Taking it up again.")
            os.environ.update(repair_stack(say).environment())
            record = take_up(ledger, record)
    except KeyboardInterrupt:
        what = f"Run {record.id} goes on in its worker; `cmi resume {record.id}` follows it again."
        raise KeyboardInterrupt(what) from None
