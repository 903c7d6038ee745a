"""The verbs of `./start-project.sh`; every other word goes to `cmi`."""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> int:
    """Run one verb and return its exit code."""
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("start", [])
    from deployments.cli import stack  # noqa: PLC0415  # help and cleanup work before an installation

    verbs = {
        "start": stack.start,
        "cleanup": lambda: stack.cleanup(everything=rest == ["--all"]),
        "env": stack.env,
        "test": lambda: stack.test(rest),
        "help": stack.help_,
    }
    aliases = {"--help": "help", "-h": "help"}
    verb = aliases.get(verb, verb)
    if verb in verbs:
        return stack.guarded(verbs[verb])
    from deployments.cli.main import call  # noqa: PLC0415  # needs the installation

    return int(call(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
