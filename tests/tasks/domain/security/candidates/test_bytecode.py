"""Byte-code is left where it is made, or made in the build; whatever else stands there stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]
    Built = Callable[..., Any]

_COMPOSE = "services:\n  web:\n    build: .\n    image: me/web:1\n"
_ENV = "ENV PYTHONDONTWRITEBYTECODE=1\n"
_FIND = "find / -name __pycache__ -prune -exec rm -r {} +"
_NEW = "RUN python3 -m compileall -q"


@pytest.fixture
def built(attempt: Attempt) -> Built:
    def run(body: str, base: str = "python:3.13", end: str = "", compose: str = _COMPOSE) -> Any:
        start = end or 'CMD ["python3", "x.py"]\n'
        text = f"FROM {base}\n{body}{start}"
        names = ("compose.yaml", "Dockerfile")
        outcome = attempt("keep-byte-code", compose, text, names=names)
        made = outcome.texts["Dockerfile"].removeprefix(f"FROM {base}\n").removesuffix(start)
        return made if outcome.candidates else outcome.reasons

    return run


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RUN pip install --no-compile a\n", "RUN pip install a\n"),
        (
            "RUN pip install a \\\n  # none\n  --no-compile \\\n  b && pip install --no-compile\n",
            "RUN pip install a \\\n  # none\n \\\n  b && pip install\n",
        ),
        ("RUN python -m pip install -q --no-compile a\n", "RUN python -m pip install -q a\n"),
    ],
)
def test_pip_compiles_again(built: Built, before: str, after: str) -> None:
    assert built(before) == after


@pytest.mark.parametrize(
    "line",
    [
        'RUN ["pip", "install", "--no-compile", "a"]\n',
        "RUN <<E\npip install --no-compile a\nE\n",
        'RUN pip install "--no-compile" a\n',
    ],
)
def test_pip_is_left_alone_where_it_is_called_otherwise(built: Built, line: str) -> None:
    assert "plain command of pip" in built(line)[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"RUN a && {_FIND} && b\n", "RUN a && b\n"),
        (f"RUN {_FIND} && b\n", "RUN b\n"),
        (f"RUN a && {_FIND}\n", "RUN a\n"),
        (f"RUN a \\\n && {_FIND} \\\n && b\n", "RUN a \\\n && b\n"),
        (f"RUN a && \\\n    {_FIND} && \\\n    b\n", "RUN a && \\\n    b\n"),
        (f"RUN a && \\\n    {_FIND}\n", "RUN a\n"),
        (f"RUN a \\\n && {_FIND}\n", "RUN a\n"),
        (f"RUN a \\\n # why\n && {_FIND}\n", "RUN a\n # why\n"),
        (f"RUN {_FIND}\nUSER 0\n", "USER 0\n"),
        ("RUN find /usr \\\n  \\( -name '*.pyc' -o -name \"*.pyo\" \\) -delete\n", ""),
        ("RUN a && find /usr -name *.pyc -exec rm -f '{}' \\; && b\n", "RUN a && b\n"),
        ("RUN a && rm -rf /usr/lib/python3/__pycache__\n", "RUN a\n"),
        (f"RUN {_FIND} && a && rm -f /usr/lib/python3/*.pyc\n", "RUN a\n"),
    ],
)
def test_byte_code_is_left_where_it_is(built: Built, before: str, after: str) -> None:
    assert built(before) == after


@pytest.mark.parametrize(
    "line",
    [
        "RUN find / -name __pycache__ -o -name tests -exec rm -r {} +\n",
        "RUN rm -rf /usr/lib/python3/__pycache__ /tmp/x\n",
        "RUN find /usr -path /usr/share/doc -o -name __pycache__ -delete\n",
        f"RUN a ; {_FIND} ; b\n",
        f"RUN a && {_FIND} || true\n",
        "RUN find / -name '*.pyc' | xargs rm\n",
        f"RUN <<E\n{_FIND}\nE\n",
        f"RUN a && \\\n  # why\n  {_FIND}\n",
        f"RUN a \\\r\n && {_FIND}\r\n",
        "RUN rm -rf /usr/lib/python3/s3cret-$TOKEN/__pycache__\n",
    ],
)
def test_a_command_that_does_more_or_stands_elsewhere_stays(built: Built, line: str) -> None:
    assert "chain by `&&`" in built(line)[0]


def test_a_comment_within_the_command_keeps_it(built: Built) -> None:
    line = "RUN find /usr \\\n# why\n -name __pycache__ -delete\n"

    assert isinstance(built(line), tuple)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("WORKDIR /srv\nCOPY . .\n", f"WORKDIR /srv\nCOPY . .\n{_NEW} .\n"),
        ("COPY a /srv/a\nUSER 1\n", f"COPY a /srv/a\n{_NEW} /srv/a\nUSER 1\n"),
        (
            "USER root\nCOPY a.py b.py \\\n  /srv/\n",
            f"USER root\nCOPY a.py b.py \\\n  /srv/\n{_NEW} /srv/\n",
        ),
        (
            "COPY a /srv/a\nCOPY b.txt /\nADD c /srv/c\nCOPY a /srv/a\n",
            f"COPY a /srv/a\nCOPY b.txt /\nADD c /srv/c\nCOPY a /srv/a\n{_NEW} /srv/a /srv/c\n",
        ),
    ],
)
def test_copied_sources_are_compiled_once_all_are_there(
    built: Built, before: str, after: str
) -> None:
    assert built(_ENV + before) == _ENV + after


def test_the_last_line_of_a_file_may_lack_its_end(attempt: Attempt) -> None:
    text = f'FROM python:3.13\n{_ENV}CMD ["python3"]\nCOPY a /a'
    outcome = attempt("keep-byte-code", _COMPOSE, text, names=("compose.yaml", "Dockerfile"))

    assert outcome.texts["Dockerfile"] == f"{text}\n{_NEW} /a"


@pytest.mark.parametrize(
    ("body", "base", "why"),
    [
        ("COPY . .\n", "python:3.13", "which folder"),
        ("WORKDIR /\nCOPY . .\n", "python:3.13", "which folder"),
        ("COPY . /\n", "python:3.13", "which folder"),
        ("ARG D=/srv\nCOPY . $D\n", "python:3.13", "which folder"),
        ('COPY ["a", "/srv"]\n', "python:3.13", "which folder"),
        ("WORKDIR /a\nCOPY . .\nWORKDIR /b\nCOPY b /b\n", "python:3.13", "which folder"),
        ("USER 1000\nCOPY a /srv\n", "python:3.13", "may not write"),
        ("COPY a /srv\n", "debian:12", "a shell and Python"),
        ('SHELL ["bash", "-c"]\nCOPY a /srv\n', "python:3.13", "a shell and Python"),
        ("COPY a /srv\n", "gcr.io/distroless/python", "a shell and Python"),
    ],
)
def test_sources_are_not_compiled_where_it_is_not_plain(
    built: Built, body: str, base: str, why: str
) -> None:
    assert why in built(_ENV + body, base)[0]


def test_several_images_of_one_file_that_copy_in_different_places(built: Built) -> None:
    compose = f"{_COMPOSE}  other:\n    build: {{context: ., target: other}}\n    image: me/o:1\n"
    body = f"{_ENV}FROM one AS other\nCOPY a /a\nCMD python3 x.py\nFROM one\nCOPY b /b\n"

    assert "different places" in built(body, "python:3.13 AS one", compose=compose)[0]
