from __future__ import annotations

from tasks.domain.platform.nodes import Place
from tasks.domain.platform.sources import Source
from tasks.domain.reporting.excerpts import excerpts

_TEXT = """\
services:
  web:
    image: nginx:1.27
    privileged: true  # why? hunter2
    environment:
      TOKEN: hunter2
"""


def _at(line: int, file: str = "compose.yaml") -> dict[str, Place]:
    return {f"{file} {line}": Place(file, line, 1)}


def _source(**files: str) -> Source:
    return Source("here", {name.replace("_", "."): text.encode() for name, text in files.items()})


def test_lines_around_the_place_are_shown_as_they_are() -> None:
    (cut,) = excerpts(_at(2), _source(compose_yaml=_TEXT)).values()

    assert cut.first == 1
    assert cut.lines[:3] == ("services:", "  web:", "    image: nginx:1.27")


def test_values_and_comments_are_withheld_and_counted() -> None:
    (cut,) = excerpts(_at(5), _source(compose_yaml=_TEXT)).values()

    assert cut.lines == ("    image: nginx:1.27", None, "    environment:", None)
    assert "hunter2" not in str(cut)


def test_an_endless_line_is_withheld() -> None:
    text = f"services:\n  web: {{ports: [{'80, ' * 100}81]}}\n"

    (cut,) = excerpts(_at(1), _source(compose_yaml=text)).values()

    assert cut.lines == ("services:", None)


def test_a_file_that_is_no_yaml_or_not_there_has_no_excerpt() -> None:
    found = _at(1, "a.Dockerfile") | _at(1, "gone.yaml") | _at(99)

    source = _source(a_Dockerfile="FROM: [x\nENV TOKEN=hunter2\n", compose_yaml=_TEXT)

    assert excerpts(found, source) == {}
