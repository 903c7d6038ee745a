"""`cmi run --live`: say what a copy would do on the engine, and ask before anything is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployments.cli.consenting import agree
from deployments.cli.output import say
from tasks.domain.settings import EVERY_SERVICE
from tasks.tools.engine import connected
from tasks.tools.errors import ToolError
from tasks.tools.live.copying import prepare
from tasks.tools.scenarios import scenarios_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.ownership import Identity
    from tasks.tools.live.copying import Ready


def consent(identity: Identity, *, yes: bool) -> None:
    """Show everything that the copy of a platform needs, and get a yes to it.

    Without an engine, or where no copy can be made, nothing would be done: the run says so.

    Raises:
        NoConsentError: nobody said yes.
        UnusableScenariosError: a scenario cannot be carried out as it is written.
    """
    try:
        with connected() as engine:
            url, version = engine.address.url, engine.version
            ready = prepare(engine, identity.source, identity.entry, "", identity.platform)
    except ToolError as error:
        say(f"No copy is started: {error}")
        return
    say(f"A copy of {identity.entry} is started on the engine at {url}, version {version}.")
    for line in screen(ready):
        say(line)
    agree(yes=yes)


def screen(ready: Ready) -> list[str]:
    """List what is started, built, pulled, mounted, permitted and tried, and what is left out."""
    images, copy = ready.wanted_images(), ready.copy
    original = ready.request.settings.secrets == "original"
    made = {s for s, place in copy.files.items() if place.startswith("secrets/") and not original}
    mounted = sorted({s for s in copy.files if not s.startswith("variable ")} - made)
    lines = [
        f"Started: {_some(copy.services)}.",
        f"Built from the platform's Dockerfiles, with a way out: {_some(images.builds)}.",
        f"Pulled: {_some(sorted(set(images.pulls.values())))}.",
        f"Mounted as copies: {_some(mounted)}.",
        *(f"Permitted to {w.service}: {w.detail} ({w.permission})." for w in copy.wishes),
        f"With a way out of the machine: {_some(_egress(ready.request.settings.permissions))}.",
    ]
    written = dict.fromkeys(each.file for each in scenarios_of(ready.source))
    lines.append(f"Scenarios: {_some(written)}.")
    if original:
        lines.append("Its secrets are the platform's own.")
    else:
        lines.append(f"Secrets that get stand-ins: {len(copy.secrets) + len(made)}.")
    lines += [f"Left out, {each.what}: {each.reason}." for each in copy.not_assessed]
    return lines


def _egress(permissions: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    allowed = permissions.get("egress", ())
    return ("all",) if EVERY_SERVICE in allowed else tuple(allowed)


def _some(names: object) -> str:
    listed = [str(each) for each in names] if hasattr(names, "__iter__") else []
    return ", ".join(listed) or "-"
