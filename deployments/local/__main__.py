"""The verbs of `./start-project.sh`; every other word goes to `cmi`."""

from __future__ import annotations

import signal
import sys

from deployments.local.speech import open_streams


def main(arguments: list[str]) -> int:
    """Run one verb and return its exit code."""
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("start", [])
    from deployments.local import verbs as ours  # noqa: PLC0415  # the venv comes first

    verbs = {
        "start": ours.start,
        "cleanup": lambda: ours.cleanup(everything=rest == ["--all"]),
        "env": ours.env,
        "keep": ours.keep,
        "test": lambda: ours.test(rest),
        "help": ours.help_,
    }
    aliases = {"--help": "help", "-h": "help"}
    verb = aliases.get(verb, verb)
    if verb in verbs:
        return ours.guarded(verbs[verb])
    from deployments.cli.main import call  # noqa: PLC0415  # needs the installation

    return int(call(arguments))


def enter() -> None:
    """Run the command line and exit with its code."""
    open_streams()
    code = main(sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing is left to be told about
    sys.exit(code)


if __name__ == "__main__":
    enter()
