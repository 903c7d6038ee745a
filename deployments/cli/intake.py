"""`cmi intake`: what defines a platform here, how much of it, and which entry is taken."""

from __future__ import annotations

import sys
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import yaml

from deployments.cli.entries import table
from deployments.cli.findings import Voice, writable
from deployments.cli.layout import columns
from deployments.cli.options import AllEntries, AsJson, Lang, Places, Wanted, language
from deployments.cli.output import emit_json, say, write
from tasks.domain.comparison import compare
from tasks.domain.exits import Exit
from tasks.domain.platform.intake import exit_of, to_json
from tasks.domain.sentences import in_language
from tasks.tools import platforms
from tasks.tools.errors import PermanentToolError
from tasks.tools.opening import open_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tasks.domain.platform.intake import EntrySummary, Intake
    from tasks.domain.platform.model import Unread

_LISTS = {"unread": "unread", "missing": "not_assessed"}
_ALIKE = 3  # files with the same reason that are named one by one
_SHOWN = 20  # entries that are not whole are named up to here; --json has all of them


def intake(
    paths: Places = (),
    /,
    *,
    wanted: Wanted | None = None,
    all_entries: AllEntries = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """List what defines a platform here, and count it."""
    wanted = wanted or Wanted()
    places = wanted.places(paths)
    voice = Voice(writable(language(lang)), width=columns(sys.stdout))
    if all_entries and wanted.entry is not None:
        raise PermanentToolError(voice.say("all_entries"))
    if all_entries:
        found, entries = platforms.intake_all(open_source(places))
    else:
        found, entries = platforms.intake(places, wanted.entry), []
    if as_json:
        emit_json(to_json(found, compare(entries)))
    else:
        text = [*lines(found, voice.language), *([""] if entries else []), *table(entries, voice)]
        write("".join(f"{line}\n" for line in text), sys.stdout)
    code, _ = exit_of(found)
    if code is Exit.NO_PLATFORM:
        say(_nothing_found(found, writable(language(lang))))
    return int(code)


@cache
def _texts(lang: str) -> Mapping[str, str]:
    """Read what this command says in one language."""
    file = resources.files("knowledge") / "commands" / "intake.yaml"
    texts: Mapping[str, str] = yaml.safe_load(file.read_text("utf-8"))[lang]
    return texts


def _nothing_found(found: Intake, lang: str) -> str:
    files = len(found.source.asked or found.source.files)
    return shown(_texts(lang)["none"].format(source=found.source.name, files=files))


def lines(found: Intake, lang: str) -> Iterator[str]:
    """Write an intake for people; what a file calls itself is shown without control characters."""
    texts = _texts(lang)
    yield from _counts(found, texts)
    if found.entries:
        yield ""
        yield from _table(found, texts, lang)
    for key, items in (
        ("unread", list(_unread(found.unread))),
        ("missing", [f"{n.what}: {n.reason}. {n.remedy}" for n in found.not_assessed]),
    ):
        if items:
            yield ""
            yield texts[key].format(count=len(getattr(found, _LISTS[key])))
            yield from (f"  {shown(item)}" for item in items)


def _unread(unread: Sequence[Unread]) -> Iterator[str]:
    """List files with their reason; many with the same one, as a chart's templates, in one line."""
    reasons: dict[str, list[Unread]] = {}
    for each in unread:
        reasons.setdefault(each.reason, []).append(each)
    for reason, files in reasons.items():
        named = files if len(files) <= _ALIKE else files[:1]
        for each in named:
            more = f" (+{len(files) - len(named)})" if len(named) < len(files) else ""
            yield f"{each.file}:{each.line}{more}: {reason}"


def _counts(found: Intake, texts: Mapping[str, str]) -> Iterator[str]:
    counts = {name: getattr(found.written, name) for name in found.written.__slots__}
    yield shown(texts["written"].format(source=found.source.name))
    for key, name in (
        ("objects", "objects"),
        ("compose", "compose_services"),
        ("images", "images_as_written"),
    ):
        if counts[name]:
            yield f"  {texts[key].format(**counts)}"


def _table(found: Intake, texts: Mapping[str, str], lang: str) -> Iterator[str]:
    whole = [e for e in found.entries if e.entry == found.entry or "error" not in e.resolved]
    rest = [e for e in found.entries if e not in whole]
    listed = [*whole, *(rest if len(rest) <= _SHOWN else [])]
    rows = [texts["heads"].split("|"), *(_row(each, texts, lang) for each in listed)]
    widths = [max(_width(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = [text + " " * (w - _width(text)) for text, w in zip(row, widths, strict=False)]
        yield "  ".join([*cells, row[3]]).rstrip()
    if len(rest) > _SHOWN:
        yield texts["overlays"].format(count=len(rest))
    if any(each.likeness for each in listed):
        yield texts["measure"]


def _row(each: EntrySummary, texts: Mapping[str, str], lang: str) -> list[str]:
    entry, resolved = each.entry, each.resolved
    runs = resolved.get("workloads", resolved.get("services", ""))
    remarks = []
    if entry.default:
        remarks.append(texts["default"].format(why=in_language(entry.why, lang)))
    if like := each.likeness:
        shared = {"shared": like.shared, "smaller": like.smaller}
        remarks.append(texts["variant"].format(other=like.other, **shared))
    if "error" in resolved:
        remarks.append(texts["refused"].format(error=resolved["error"]))
    elif not resolved:
        remarks.append(texts["later"].format(id=entry.id))
    return [shown(entry.id), str(entry.kind), str(runs), shown("; ".join(remarks))]


def shown(text: str) -> str:
    """Show a text of a file without what would steer the terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _width(text: str) -> int:
    """Count columns: Chinese characters take two."""
    return sum(2 if ord(c) >= 0x2E80 else 1 for c in text)  # noqa: PLR2004  # first CJK block
