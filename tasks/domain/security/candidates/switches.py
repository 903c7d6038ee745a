"""Changes of switches in the environment: values that are known words, replaced by their opposite.

Such a line may hold a secret, so these are recipes; the words that they take away
and put in are from closed lists.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasks.domain.candidates import Edit
from tasks.domain.platform.nodes import Scalar, Span
from tasks.domain.security.candidates import compose, kubernetes
from tasks.domain.security.candidates.ground import NotOfferedError, Proposal
from tasks.domain.written import walk
from tasks.domain.written_dockerfiles import WrittenDockerfile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasks.domain.findings import Finding
    from tasks.domain.security.candidates.ground import Ground

_OFF = {"1": "0", "true": "false", "yes": "no", "on": "off"}
_PRODUCTION = dict.fromkeys(("dev", "development", "debug"), "production")
_INFORMATIVE = dict.fromkeys(("debug", "trace"), "info")


def debug_off(ground: Ground, finding: Finding) -> Proposal:
    """Run as in production."""
    return _turned(ground, finding, _OFF | _PRODUCTION)


def log_less(ground: Ground, finding: Finding) -> Proposal:
    """Write what operators read."""
    return _turned(ground, finding, _INFORMATIVE)


def _turned(ground: Ground, finding: Finding, words: Mapping[str, str]) -> Proposal:
    written = ground.written(finding.place.file)
    name = finding.facts.get("name", "")
    texts = _of_image if isinstance(written, WrittenDockerfile) else _of_service
    for start, raw, word in texts(ground, finding) if written else ():
        known = words.get(word.lower())
        if written is None or known is None:
            continue
        at = start + raw.rindex(word)
        new = known.upper() if word.isupper() else known.title() if word.istitle() else known
        edit = Edit(written.file, Span(at, at + len(word)), new)
        return Proposal((finding.id,), (edit,), {"name": name})
    msg = f"the value of {name} is not written as one word of its own"
    raise NotOfferedError(msg)


def _of_service(ground: Ground, finding: Finding) -> Iterator[tuple[int, str, str]]:
    """Give where texts on the finding's line begin, as written, with the word behind the name."""
    written = ground.written(finding.place.file)
    if written is None:
        return
    may_change = kubernetes.unshared(written)
    if ground.compose:
        may_change = compose.changeable(ground, finding.subject, ground.same(finding))
    for document in written.documents:
        for node in walk(document.root, follow=False) if document.root else ():
            if not isinstance(node, Scalar) or node.place.line != finding.place.line or node.anchor:
                continue
            given, equals, word = node.text.rpartition("=")
            if may_change(node) and (not equals or given == finding.facts.get("name")):
                yield node.start, written.text[node.start : node.end], word


def _of_image(ground: Ground, finding: Finding) -> Iterator[tuple[int, str, str]]:
    written = ground.written(finding.place.file)
    found = written.at(finding.place.line) if isinstance(written, WrittenDockerfile) else None
    if found is None or not isinstance(written, WrittenDockerfile):
        return
    name = re.escape(finding.facts.get("name", ""))
    for start, text in written.lines_of(found):
        for match in re.finditer(rf"(?<![\w-]){name}[= ][\"']?(\w+)[\"']?(?=\s|$)", text):
            yield start + match.start(), match[0], match[1]
