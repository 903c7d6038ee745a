"""Help texts in the reader's language: they are written in English beside what they explain."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from cyclopts.help import DefaultFormatter

from deployments.local.language import language, spoken

if TYPE_CHECKING:
    from cyclopts.help import HelpEntry, HelpPanel
    from rich.console import Console, ConsoleOptions


_UNSAID = frozenset({"False", "()", "[]", "None"})


class Help(DefaultFormatter):
    """The library's own layout, its words and ours said in the reader's language."""

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        """Print one panel."""
        entries = [_entry(each) for each in panel.entries]
        title = _said(panel.title) if isinstance(panel.title, str) else panel.title
        super().__call__(console, options, panel.copy(entries=entries, title=title))

    def render_usage(self, console: Console, options: ConsoleOptions, usage: Any) -> None:
        """Print how the command is called."""
        if not usage or language() == "en":
            super().render_usage(console, options, usage)
        else:
            console.print(_said(f"Usage: {_plain(usage).strip()}"), markup=False, highlight=False)
            console.print()

    def render_description(self, console: Console, options: ConsoleOptions, text: Any) -> None:
        """Print what the command is for."""
        if not text or language() == "en":
            super().render_description(console, options, text)
        else:
            console.print(_said(_plain(text).strip()), markup=False, highlight=False)
            console.print()


def _entry(entry: HelpEntry) -> HelpEntry:
    """Translate an option; what the library appends in English becomes part of its text.

    That a switch is off and a list is empty unless somebody says otherwise goes without saying.
    """
    if entry.default in _UNSAID:
        entry = entry.copy(default=None)
    if language() == "en":
        return entry
    facts = {
        "choices": ", ".join(entry.choices or ()),
        "default": entry.default or "",
        "env var": ", ".join(entry.env_var or ()),
    }
    parts = [_said(_plain(entry.description))]
    parts += [_said(f"[{name}: {value}]") for name, value in facts.items() if value]
    parts += [_said("[required]")] if entry.required else []
    return entry.copy(
        description=" ".join(parts), choices=None, default=None, env_var=None, required=False
    )


def _plain(text: Any) -> str:
    """Take the words out of what the library wraps them in."""
    if isinstance(text, str) or text is None:
        return text or ""
    for name in ("plain", "primary_renderable"):
        if (inner := getattr(text, name, None)) is not None:
            return _plain(inner)
    return str(text)


def _said(text: str) -> str:
    return spoken(text, sys.stdout)
