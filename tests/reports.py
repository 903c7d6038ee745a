"""What tests ask of a page of the report: its words, structure and colours."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from tasks.domain.assess import assess
from tasks.domain.canonical import plain
from tasks.domain.conflicts import combine
from tasks.domain.platform.intake import missed
from tasks.domain.propose import propose_with_reasons
from tasks.domain.reporting.bundle import Bundle, Combination, Contents, Run, assemble
from tasks.domain.reporting.deliverables.deployment import deployment_document
from tasks.domain.reporting.deliverables.hardening import hardening_report
from tasks.domain.reporting.deliverables.manual import user_manual
from tasks.domain.reporting.described import candidate_texts, finding_texts
from tasks.domain.reporting.excerpts import excerpts
from tasks.tools.found import platform_of
from tasks.tools.platforms import intake
from tasks.tools.settings import settings_beside

if TYPE_CHECKING:
    from pathlib import Path

# Not prose: names, paths, commands, patches, the picture's labels and what users wrote
# themselves are the same in every language.
_SAME_EVERYWHERE = {"code", "pre", "svg", "style", "b", "q"}
_VOID = {"meta", "br", "input", "hr"}
# Four words of Latin letters in a row are a sentence, or a piece of one.
_ENGLISH = re.compile(r"(?:\b[A-Za-z][a-z']+\b[ ,;]+){3,}\b[a-z']+\b")


class Prose(HTMLParser):
    """The running text of a page, without what is the same in every language."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self._hidden = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _SAME_EVERYWHERE
        self.text += [value or "" for name, value in attrs if name in ("aria-label", "title")]
        if tag not in _VOID:
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _SAME_EVERYWHERE

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


def bundle_of(path: Path) -> Bundle:
    """Make the bundle of a platform as a run does that reaches its end, without its proofs."""
    settings, _ = settings_beside((path,))
    seen = intake((path,), settings.entry or None, settings.profiles)
    platform = platform_of(seen)
    findings = assess(platform)
    proposed = propose_with_reasons(platform, findings, seen.source)
    together = combine(proposed.candidates, findings, seen.source)
    combination = Combination(together.patch, together.order, together.left_out)
    texts = {each.id: candidate_texts(each) for each in proposed.candidates}
    missing = (*seen.not_assessed, *proposed.not_assessed)
    deliverables = (
        deployment_document(platform, patched=bool(together.patch)),
        user_manual(platform, findings, proposed.candidates, missing),
        hardening_report(platform, findings, proposed.candidates, combination, texts),
    )
    return assemble(
        Contents(
            "0.1.0",
            Run("run-1", "run-1", str(path), seen.source.digest(seen.source.files)),
            platform,
            plain(seen.written),
            {each.id: finding_texts(each) for each in findings} | texts,
            unread=missed(seen),
            not_assessed=missing,
            findings=findings,
            excerpts=excerpts({each.id: each.place for each in findings}, seen.source),
            candidates=proposed.candidates,
            proposed=combination,
            deliverables=deliverables,
        )
    )


def english_in(html: str) -> list[str]:
    """Find pieces of English sentences in a page that is meant to be Chinese."""
    return [match[0] for match in _ENGLISH.finditer("".join(Prose(html).text))]


def colours(css: str, *, dark: bool) -> dict[str, str]:
    """Read the style's named colours for one scheme; the dark one changes some of the light."""
    light, _, rest = css.partition("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})", light))
    if dark:
        block = rest[: rest.index("\n}")]
        found |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})", block))
    return found


def contrast(one: str, other: str) -> float:
    """Compute the contrast of two colours as WCAG 2 defines it, from 1 to 21."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
