"""`cmi audit`: recompute every number of a bundle, and name what does not agree."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003  # cyclopts reads the types of arguments
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from deployments.cli.options import AsJson  # noqa: TC001  # cyclopts reads the types of arguments
from deployments.cli.output import emit_json, say, write
from tasks.domain.audit.whole import audit as audit_bundle
from tasks.domain.exits import Exit
from tasks.domain.reporting.bundle import INDEX
from tasks.domain.reporting.records import not_assessed
from tasks.domain.version import VERSION
from tasks.tools import bundles

if TYPE_CHECKING:
    from tasks.domain.audit import Disagreement
    from tasks.domain.reporting.bundle import Bundle
    from tasks.domain.reporting.records import Record


def audit(
    bundle: Annotated[Path, Parameter(help="The folder that `cmi run` printed.")],
    /,
    *,
    source: Annotated[
        str | None,
        Parameter(help="The platform: read it again, compare, apply and reverse every patch."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Recompute every number of a bundle."""
    read = bundles.read(bundle)
    found = audit_bundle(read, VERSION)
    missing = _not_assessed(read)
    if source is not None and not any(each.where == INDEX for each in found):
        from tasks.tools.second_look import look_again  # noqa: PLC0415  # readers are slow to load

        looked = look_again(read, source)
        found = (*found, *looked.disagreements)
        missing += [not_assessed(each) for each in looked.not_assessed]
    code = Exit.GATE if found else Exit.DONE
    if as_json:
        emit_json(_document(bundle, read, found, missing))
    else:
        _tell(bundle, read, found, source)
        for each in missing:
            say(f"Not assessed: {each['what']}, because {each['reason']} {each['remedy']}")
    return code


def _document(
    folder: Path, read: Bundle, found: tuple[Disagreement, ...], missing: list[Record]
) -> dict[str, object]:
    digest = read.document.get("digest")
    return {
        "version": VERSION,
        "bundle": str(folder),
        "digest": digest if isinstance(digest, str) else None,
        "disagreements": found,
        "not_assessed": missing,
        "exit": {
            "code": int(Exit.GATE if found else Exit.DONE),
            "reasons": [f"{each.where} {each.what}" for each in found],
        },
    }


def _not_assessed(read: Bundle) -> list[Record]:
    theirs = read.document.get("version")
    if theirs == VERSION:
        return []
    return [
        {
            "what": "the reports' wording",
            "reason": f"version {theirs} wrote them, and this is {VERSION}",
            "remedy": f"audit with version {theirs}; their hashes were checked",
            "input": False,
        }
    ]


def _tell(folder: Path, read: Bundle, found: tuple[Disagreement, ...], source: str | None) -> None:
    for each in found:
        write(f"{each.where}: {each.what}\n", sys.stdout)
    if found:
        say(f"{folder}: {len(found)} disagreements.")
    else:
        whom = f"itself and {source}" if source else "itself"
        say(f"{folder} agrees with {whom}. Digest {read.digest}.")
