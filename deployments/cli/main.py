"""The `cmi` command: verbs are loaded when called, errors end in a sentence and a code."""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
import traceback
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App, CycloptsError

from deployments.cli.output import OutputError, abandon, emit_json, open_streams, say
from tasks.domain.exits import Exit
from tasks.domain.platform.documents import DocumentError
from tasks.domain.version import VERSION
from tasks.tools.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Sequence

# Verb, where it lives, what it does. `a b` is a verb of a group.
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("check", "deployments.cli.check:check", "Find what is wrong and propose fixes. Seconds."),
    ("intake", "deployments.cli.intake:intake", "List what defines a platform here, and count it."),
    ("run", "deployments.cli.run:run", "Run the whole programme over a platform."),
    ("resume", "deployments.cli.resume:resume", "Go on with an interrupted programme."),
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
    sys.exit(int(call(list(sys.argv[1:] if arguments is None else arguments))))


def call(arguments: list[str]) -> int:
    """Run one verb and return its exit code; no exception leaves this function.

    With ``--json`` an error is a document too: programs read one in every case.
    """
    try:
        answer: Any = build()(
            arguments or ["--help"], exit_on_error=False, print_error=False, verbose=False
        )
    except CycloptsError as error:
        return _refused(arguments, f"{error} `{_help(arguments)}` lists what there is.", Exit.USAGE)
    except KeyboardInterrupt:
        say("Interrupted.")
        return 130
    except BrokenPipeError:
        # The reader went away, as `| head` does; what remains unwritten is nobody's loss.
        abandon(sys.stdout)
        return Exit.DONE
    except (ToolError, DocumentError) as error:
        return _refused(arguments, str(error), getattr(error, "exit", Exit.USAGE))
    except Exception:  # noqa: BLE001  # the last door: a report instead of a traceback
        return _refused(arguments, _fault(), Exit.FAULT)
    return answer if isinstance(answer, int) else Exit.DONE


def _refused(arguments: list[str], sentence: str, code: int) -> int:
    """Say why nothing came of it, to the person and to the program that asks."""
    say(sentence)
    if "--json" in arguments and not isinstance(sys.exception(), OutputError):
        try:
            emit_json({"version": VERSION, "exit": {"code": int(code), "reasons": [sentence]}})
        except (BrokenPipeError, OutputError):
            abandon(sys.stdout)
    return code


def _help(arguments: list[str]) -> str:
    """Name the help that fits: the verb's own, when there is such a verb."""
    verbs = [verb for verb, _, _ in COMMANDS]
    asked = [" ".join(arguments[:length]) for length in (2, 1)]
    return " ".join(["cmi", *[each for each in asked if each in verbs][:1], "--help"])


def _fault() -> str:
    """Keep the traceback in a file of the user's own, and say where; as well as it goes."""
    sentence = "cmi failed; this is our fault, not yours."
    stamp = dt.datetime.now(tz=dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    try:
        descriptor, name = tempfile.mkstemp(prefix=f"cmi-fault-{stamp}-", suffix=".txt")
        with os.fdopen(descriptor, "w", encoding="utf-8") as report:
            traceback.print_exc(file=report)
    except OSError as error:
        return f"{sentence} Its report could not be kept: {error.strerror or error}."
    return f"{sentence} The report to send us is {Path(name)}."


if __name__ == "__main__":
    main()
