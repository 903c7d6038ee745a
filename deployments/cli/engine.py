"""`cmi doctor --install-engine`: a Docker engine of our own, and how to be rid of it."""

from __future__ import annotations

from deployments.cli.consenting import agree
from deployments.cli.output import say
from tasks.tools.installed import engine, packages
from tasks.tools.installed.engine import Installed


def install_engine(*, yes: bool) -> None:
    """Install the engine and start it; what is there already stays.

    Raises:
        NoConsentError: nobody said yes.
        RootNeededError: we are not root.
    """
    installed = Installed()
    if not installed.present or packages.missing():
        say(f"A Docker engine is unpacked into {installed.folder}, from this machine's mirror.")
        if missing := packages.missing():
            say(f"apt installs on this machine: {', '.join(missing)}.")
    if installed.process() is None:
        say("It is started as root in a network namespace of its own, with a way out by NAT.")
        agree(yes=yes)
        engine.install(installed)
        engine.start(installed)
    say(f"The engine listens on {installed.url}; `cmi run` finds it there.")
    say("`cmi doctor --stop-engine` stops it; its images stay until you remove its folder.")


def stop_engine() -> None:
    """Stop the engine, and take its network away.

    Raises:
        RootNeededError: we are not root.
    """
    installed = Installed()
    engine.stop(installed)
    say(f"The engine is stopped; `rm -rf {installed.folder}` removes what it kept.")
