"""What keeps a finding away; the defects themselves are in the examples of the check."""

from __future__ import annotations

import pytest

from tasks.domain.assess import assess
from tasks.domain.platform.entries import discover
from tasks.domain.platform.sources import Source
from tasks.tools.platforms import read_platform

_COMPOSE = "services:\n  web:\n    build: .\n"
_ENV, _COPY, _COMPILE = "ENV PYTHONDONTWRITEBYTECODE=1", "COPY . .", "RUN python3 -m compileall ."
_PIP = "RUN pip install --no-compile x"
_START = 'CMD ["python3", "x.py"]'


def _cases(*lines: str, compose: str = _COMPOSE, base: str = "python:3.13") -> list[str]:
    text = "\n".join((f"FROM {base}", *lines)) + "\n"
    source = Source("s", {"compose.yaml": compose.encode(), "Dockerfile": text.encode()})
    (entry,) = discover(source)
    found = assess(read_platform(source, entry))
    return [f.facts["case"] for f in found if f.check == "byte-code-missing"]


def test_sources_that_nobody_may_compile() -> None:
    assert _cases(_ENV, _COPY, _START) == ["never-written"]
    assert _cases(_COPY, _START, _ENV) == ["never-written"]
    assert _cases(_ENV, _COMPILE, _COPY, _START) == ["never-written"]


@pytest.mark.parametrize(
    "lines",
    [
        (_ENV, _COPY, _COMPILE),
        (_COPY,),
        (_ENV, "ENV PYTHONDONTWRITEBYTECODE=", _COPY),
        ("ARG PYTHONDONTWRITEBYTECODE=1", _COPY),  # not of the processes that are started
        (_ENV, "RUN pip install x"),  # pip compiles all the same
        (_ENV, "COPY --from=build /srv /srv"),
    ],
)
def test_sources_that_somebody_compiles_or_nobody_copies(lines: tuple[str, ...]) -> None:
    assert _cases(*lines, _START) == []


def test_packages_are_compiled_later_or_not() -> None:
    assert _cases(_PIP, _START) == ["packages-not-compiled"]
    assert _cases(_PIP, _COMPILE, _START) == ["packages-not-compiled"]
    assert _cases(_PIP, "RUN python -m compileall /usr/local/lib", _START) == []


@pytest.mark.parametrize(
    ("base", "start", "found"),
    [
        ("debian:12", _START, True),
        ("debian:12", 'CMD ["/start.sh"]', False),
        ("debian:12", "USER 1", False),
        ("python:3.13", 'CMD ["/start.sh"]', True),
        ("python:3.13", "USER 1", True),
        ("python:3.13", 'CMD ["nginx"]', False),
        ("debian:12", 'ENTRYPOINT ["/start.sh"]\nCMD ["gunicorn", "x"]', True),
        ("debian:12", f'{_START}\nCMD ["nginx"]', False),
    ],
)
def test_only_images_that_run_python_count(base: str, start: str, *, found: bool) -> None:
    assert bool(_cases(_PIP, start, base=base)) is found


def test_each_image_of_a_file_counts_and_a_line_of_several_only_once() -> None:
    two = f"{_COMPOSE}  other:\n    build: {{context: ., target: other}}\n"
    lines = (f"{_PIP}", "FROM one AS other", _START, "FROM one", _START)

    assert _cases(*lines, compose=two, base="debian:12 AS one") == ["packages-not-compiled"]
