"""The verbs of ./start-project.sh. Standard library only until a verb needs more."""

from __future__ import annotations

import shlex
import sys
import time
from typing import TYPE_CHECKING

from deployments.local import dotenv
from deployments.local.endings import ending
from deployments.local.language import spoken
from deployments.local.layout import Layout
from deployments.local.speech import abandon, answer, say
from deployments.local.stack import Stack
from tasks.domain.exits import Exit
from tasks.tools.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Callable

# How long a killed service stays away; a look costs 30 ms.
_KEEP_SECONDS = 15
_TITLE = "./start-project.sh [VERB]"
VERBS = {
    "start": "(default) install, start the stack, improve the sample platform",
    "status": "services, runs, disk; --json for programs",
    "test": "prove that this checkout works on this machine",
    "env": "lines for eval: makes the plain `prefect` command talk to this stack",
    "cleanup": "stop every process; what was found stays",
    "cleanup --all": "also remove the state (.cmi, the database, .env); .venv stays",
    "help": "this page",
}
_REST = "Every other word goes to `cmi`: ./start-project.sh check PATH is cmi check PATH."


def guarded(verb: Callable[[], int]) -> int:
    """Run a verb; an error ends in one sentence with its remedy, not in a traceback."""
    try:
        return verb()
    except BrokenPipeError:  # the reader went away, as `| head` does
        abandon(sys.stdout)
        return Exit.DONE
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # the last door
        sentence, code = ending(error)
        say(sentence)
        return code


def help_() -> int:
    """Print the verbs."""
    answer(_TITLE)
    answer("")
    for verb, text in VERBS.items():
        answer(f"  {verb:<16} {spoken(text, sys.stdout)}")
    answer("")
    answer(_REST)
    return Exit.DONE


def start() -> int:
    """Start the stack, then run the programme over the sample platform."""
    from deployments.local import sample  # noqa: PLC0415  # help needs no installation
    from deployments.local.start import ensure_lasting_stack  # noqa: PLC0415  # help needs no installation

    layout = Layout.find()
    if dotenv.ensure(layout.checkout):
        say("Wrote .env from its template; it is yours to fill in.")
    return sample.improve(ensure_lasting_stack(), layout)


def cleanup(*, everything: bool = False) -> int:
    """Stop every process of the stack; with ``everything`` remove its state."""
    from deployments.local.cleanup import clean_up  # noqa: PLC0415  # help needs no installation

    clean_up(everything=everything)
    return Exit.DONE


def keep() -> int:
    """Keep the stack running until we are ended; what systemd starts (`cmi service install`)."""
    from deployments.local.start import ensure_stack  # noqa: PLC0415  # help needs no installation

    while True:
        try:
            ensure_stack()
        except ToolError as error:  # the next look may find what was missing
            say(str(error))
        time.sleep(_KEEP_SECONDS)


def env() -> int:
    """Print export lines for the shell."""
    stack = Stack.read()
    if stack is None:
        say("The stack was never started here: ./start-project.sh starts it.")
        return Exit.USAGE
    for name, value in stack.environment().items():
        answer(f"export {name}={shlex.quote(value)}")
    return Exit.DONE


def test(arguments: list[str]) -> int:
    """Prove that this checkout works on this machine."""
    from deployments.local.proof import prove  # noqa: PLC0415  # help needs no installation

    return prove(Layout.find(), arguments)
