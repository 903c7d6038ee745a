"""The `cmi` command: verbs are loaded when called, errors end in a sentence and a code."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from contextlib import suppress
from importlib import metadata
from typing import TYPE_CHECKING, Any, NoReturn

from cyclopts import App, CycloptsError, ValidationError

from deployments.cli.helping import Help
from deployments.cli.output import EMITTED, emit_json
from deployments.local.endings import ending
from deployments.local.language import CHOSEN, known, spoken, taken_out
from deployments.local.speech import OutputError, abandon, open_streams, say
from tasks.domain.exits import INTERRUPTED, Exit
from tasks.domain.platform.documents import DocumentError
from tasks.domain.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

# Verb, where it lives, what it does. `a b` is a verb of a group.
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("check", "deployments.cli.check:check", "Find what is wrong and propose fixes. Seconds."),
    ("intake", "deployments.cli.intake:intake", "List what defines a platform here, and count it."),
    ("run", "deployments.cli.run:run", "Run the whole programme over a platform."),
    ("resume", "deployments.cli.resume:resume", "Go on with an interrupted programme."),
    ("interrupt", "deployments.cli.interrupt:interrupt", "Stop a programme; it asks how to go on."),
    ("decide", "deployments.cli.decide:decide", "See what a programme asks, and answer it."),
    ("apply", "deployments.cli.apply:apply", "Apply candidates of a bundle to your files."),
    ("audit", "deployments.cli.audit:audit", "Recompute every number of a bundle."),
    ("status", "deployments.cli.stack:status", "Show services, runs and disk."),
    ("doctor", "deployments.cli.doctor:doctor", "Say what this machine can do, and what to add."),
    ("checks", "deployments.cli.checks:checks", "List the checks, or explain one."),
    ("schema", "deployments.cli.schema:schema", "Print a JSON Schema of our output."),
    ("service install", "deployments.cli.service:install", "Write systemd units for the stack."),
)
GROUPS = {"service": "Let systemd keep the stack running."}


def build() -> App:
    """Assemble the command without importing any verb."""
    app = App(
        name="cmi",
        help="Improvements for container-microservices platforms, each with its own proof.",
        version=lambda: metadata.version("container-microservices-improvement"),
        version_flags=["--version"],
        result_action="return_value",
        help_format="plaintext",
        help_formatter=Help(),
        suppress_keyboard_interrupt=False,  # Ctrl-C ends in a sentence of ours
    )
    groups = {name: App(name=name, help=text) for name, text in GROUPS.items()}
    for group in groups.values():
        app.command(group)
    for verb, target, text in COMMANDS:
        group_name, _, name = verb.rpartition(" ")
        (groups[group_name] if group_name else app).command(target, name=name, help=text)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one verb and exit with its code."""
    open_streams()
    code = call(list(sys.argv[1:] if arguments is None else arguments))
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing is left to be told about
    _leave(code)


def _leave(code: int) -> NoReturn:
    """End the process; when nobody else works in it, without taking a large model apart first.

    That takes a tenth of the time of a large platform, and the system has its memory at once.
    """
    if threading.active_count() == 1:
        with suppress(OSError, ValueError):  # a stream that takes nothing any more, or is closed
            sys.stdout.flush()
            sys.stderr.flush()
            atexit._run_exitfuncs()  # noqa: SLF001  # there is no other way to ask for them
            os._exit(code)
    sys.exit(code)


def call(arguments: list[str]) -> int:
    """Run one verb and return its exit code; no exception leaves this function.

    With ``--json`` an error is a document too: programs read one in every case.
    ``--lang`` is taken out here, because it means the same in every verb.
    """
    EMITTED.set(False)
    arguments, told = taken_out(arguments)
    former = CHOSEN.set(known(told) if told is not None else None)
    try:
        return _carried_out(arguments, told)
    finally:
        CHOSEN.reset(former)  # a language is chosen for one command


def _carried_out(arguments: list[str], told: str | None) -> int:
    try:
        if told is not None and CHOSEN.get() is None:
            return _refused(arguments, "`--lang` takes en or zh.", Exit.USAGE)
        answer: Any = build()(
            arguments or ["--help"], exit_on_error=False, print_error=False, verbose=False
        )
    except CycloptsError as error:
        told = f"{_told(error)} `{_help(arguments)}` lists what there is."
        return _refused(arguments, told, Exit.USAGE)
    except DocumentError as error:
        return _refused(arguments, str(error), Exit.USAGE)
    except BrokenPipeError:
        # The reader went away, as `| head` does; what remains unwritten is nobody's loss.
        abandon(sys.stdout)
        return Exit.DONE
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # the last door
        return _refused(arguments, *ending(error))
    return answer if isinstance(answer, int) else Exit.DONE


def _told(error: CycloptsError) -> str:
    """Say what was wrong; what we refuse ourselves is a whole sentence, without the library's."""
    ours = error.exception_message if isinstance(error, ValidationError) else ""
    return ours or str(error)


def _refused(arguments: list[str], sentence: str, code: int) -> int:
    """Say why nothing came of it, to the person and to the program that asks."""
    say(sentence)
    whole = EMITTED.get() or isinstance(sys.exception(), OutputError)
    if "--json" in arguments and not whole:
        reason = spoken(sentence, sys.stdout)
        try:
            emit_json({"version": VERSION, "exit": {"code": int(code), "reasons": [reason]}})
        except (BrokenPipeError, OutputError):
            abandon(sys.stdout)
        except KeyboardInterrupt:  # asked to stop while stopping
            return INTERRUPTED
    return int(code)


def _help(arguments: list[str]) -> str:
    """Name the help that fits: the verb's own, when there is such a verb."""
    verbs = [verb for verb, _, _ in COMMANDS]
    asked = [" ".join(arguments[:length]) for length in (2, 1)]
    return " ".join(["cmi", *[each for each in asked if each in verbs][:1], "--help"])


if __name__ == "__main__":
    main()
