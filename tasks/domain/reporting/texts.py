"""Texts for people: `knowledge/<room>`, English and Chinese, the same keys in both."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml

from tasks.domain.reporting.deliverables import LANGUAGES

_FOLDER = resources.files("knowledge")
# A text with a form for one and a form for several, as English needs.
_FORMS = frozenset({"one", "other"})


class Wording:
    """The texts of one language, asked for by dotted key."""

    def __init__(self, language: str, texts: dict[str, str | dict[str, str]]) -> None:
        self.language = language
        self._texts = texts

    def __call__(self, key: str, /, n: int | None = None, **values: object) -> str:
        """Return the text ``key`` with ``values`` put in; ``n`` chooses singular or plural.

        Raises:
            KeyError: No such text: a fault of ours that a test finds.
        """
        text = self._texts[key]
        if isinstance(text, dict):
            text = text["one" if n == 1 else "other"]
        return text.format(n=n, **values) if "{" in text else text

    def keys(self) -> frozenset[str]:
        """List every key."""
        return frozenset(self._texts)


@cache
def wording(language: str, room: str = "report") -> Wording:
    """Load the texts of one language for one room of `knowledge`.

    Raises:
        ValueError: We do not speak it.
    """
    if language not in LANGUAGES:
        msg = f"There are no texts in {language!r}. There are: {', '.join(LANGUAGES)}."
        raise ValueError(msg)
    loaded = yaml.safe_load((_FOLDER / room / f"{language}.yaml").read_text("utf-8"))
    return Wording(language, _flat(loaded))


def _flat(node: dict[str, Any], prefix: str = "") -> dict[str, str | dict[str, str]]:
    found: dict[str, str | dict[str, str]] = {}
    for name, each in node.items():
        if isinstance(each, dict) and set(each) != _FORMS:
            found |= _flat(each, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = each if isinstance(each, dict) else str(each)
    return found
