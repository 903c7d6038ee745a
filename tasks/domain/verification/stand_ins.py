"""Stand-ins: secrets of the same shape that open nothing, one for each value.

A copy must start with something where the platform has its secrets. Whatever had the
same value gets the same stand-in, or parts that share a password would not find each
other; letters stay letters and digits digits, or a program would refuse it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Names under which people keep what others must not know.
_SECRET = re.compile(
    r"(pass(word|wd|phrase)?|pwd|secret|token|api_?key|access_?key|private|credential|salt"
    r"|signing|cookie|_key|^key)($|_|\d)|passw|secret",
    re.IGNORECASE,
)
# The bound keeps a file of letters from being read once for each of them; of a longer scheme its
# end matches all the same.
_URL = re.compile(r"[a-z][a-z0-9+.-]{0,20}://[^\s/@:]*:(?P<password>[^\s/@]+)@", re.IGNORECASE)
_PLAIN = re.compile(
    r"(true|false|yes|no|on|off|none|null|\d{1,5}|/[\w./-]*|https?://[^@]*)?", re.IGNORECASE
)
_HEXADECIMAL = re.compile(r"[0-9a-f]{8,}")
_LOWER, _UPPER, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
_KINDS = (_LOWER, _UPPER, _DIGITS)
_DISTINCTIVE = 8  # characters from which a value is no word that stands elsewhere by chance
_ROUNDS = 8


def shaped(value: str, seed: bytes, turn: int = 0) -> str:
    """Make another text of the same shape; the same value and seed give the same text."""
    stream = _stream(value, seed, turn)
    hexadecimal = _HEXADECIMAL.fullmatch(value) is not None
    made = "".join(_other(character, next(stream), hexadecimal=hexadecimal) for character in value)
    return made if made != value or turn >= _ROUNDS else shaped(value, seed, turn + 1)


def _other(character: str, chance: int, *, hexadecimal: bool) -> str:
    for kind in _KINDS:
        if character in kind:
            known = kind[:6] if hexadecimal and kind is _LOWER else kind
            return known[chance % len(known)]
    return character


def _stream(value: str, seed: bytes, turn: int) -> Iterator[int]:
    block = 0
    while True:
        message = f"{turn} {block} {value}".encode()
        yield from hmac.new(seed, message, hashlib.sha256).digest()
        block += 1


@dataclass(frozen=True, slots=True)
class StandIns:
    """What stands for what. ``kept`` counts values that stand elsewhere as plain words, too."""

    exact: Mapping[str, str] = field(default_factory=dict, repr=False)
    distinctive: Mapping[str, str] = field(default_factory=dict, repr=False)
    kept: int = 0

    def __len__(self) -> int:
        return len(self.exact)

    def value(self, name: str, text: str) -> str:
        """Replace the text of a variable called ``name``."""
        if is_secret(name, text) and text in self.exact:
            return self.exact[text]
        return self.text(text)

    def text(self, text: str) -> str:
        """Replace secrets wherever they stand in a text: URLs first, then what is distinctive."""
        found = _URL.sub(self._url, text)
        for secret in sorted(self.distinctive, key=len, reverse=True):
            found = found.replace(secret, self.distinctive[secret])
        return found

    def _url(self, match: re.Match[str]) -> str:
        password = match["password"]
        begin, end = (place - match.start() for place in match.span("password"))
        return match[0][:begin] + self.exact.get(password, password) + match[0][end:]


def is_secret(name: str, text: str) -> bool:
    """Tell whether a variable holds a secret itself, not a switch, a number or a path to one."""
    if not _SECRET.search(name) or _PLAIN.fullmatch(text):
        return False
    return not name.upper().endswith("_FILE") and not _URL.search(text)


def stand_ins(
    variables: Iterable[tuple[str, str]], texts: Iterable[str], words: Iterable[str], seed: bytes
) -> StandIns:
    """Find the secrets among ``variables`` and in URLs, and give each its stand-in.

    ``texts`` are all texts of the definition, those of the variables among them. A short
    secret is replaced only if it stands nowhere as something else: ``postgres`` may be a
    password, a user and a host, and who replaces all three breaks the platform. ``words``
    (names of services) are never replaced.
    """
    pairs, written, names = list(variables), list(texts), set(words)
    exact = [text for name, text in pairs if is_secret(name, text)]
    for text in written:
        exact += [match["password"] for match in _URL.finditer(text)]
    known = dict.fromkeys(exact)
    made, kept = {}, 0
    for secret in known:
        if secret in names or (
            len(secret) < _DISTINCTIVE
            and sum(text.count(secret) for text in written) > exact.count(secret)
        ):
            kept += 1
            continue
        made[secret] = shaped(secret, seed)
    distinctive = {k: v for k, v in made.items() if len(k) >= _DISTINCTIVE}
    return StandIns(made, distinctive, kept)


def every_text(tree: Any) -> Iterator[str]:
    """Give every text in a tree of lists and mappings, keys left out."""
    waiting = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def replaced(tree: Any, found: StandIns) -> Any:
    """Replace secrets in every text of a tree."""
    if isinstance(tree, str):
        return found.text(tree)
    if isinstance(tree, dict):
        return {key: replaced(value, found) for key, value in tree.items()}
    if isinstance(tree, list):
        return [replaced(value, found) for value in tree]
    return tree
