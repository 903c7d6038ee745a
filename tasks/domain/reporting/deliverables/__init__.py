"""Documents that cells owe, in both languages."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Deliverable:
    """A Markdown document in every language; its first line is ``# title``.

    Raises:
        ValueError: A language is missing, or a text has no title.
    """

    id: str
    texts: Mapping[str, str]

    def __post_init__(self) -> None:
        for language in LANGUAGES:
            if not self.texts.get(language, "").startswith("# "):
                msg = f"Deliverable {self.id!r} needs a text in {language!r} that begins with '# '."
                raise ValueError(msg)

    def title(self, language: str) -> str:
        """Return the text's own title."""
        return self.texts[language].partition("\n")[0].removeprefix("# ").strip()
