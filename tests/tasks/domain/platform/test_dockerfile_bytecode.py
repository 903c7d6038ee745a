from __future__ import annotations

import pytest

from tasks.domain.platform.dockerfile import read
from tasks.domain.platform.dockerfile_bytecode import is_python
from tasks.domain.platform.sources import Source

_KINDS = ("compiles", "packages-not-compiled", "byte-code-removed", "copies-sources", "starts-")


def _told(line: str) -> list[tuple[str, str]]:
    source = Source("s", {"Dockerfile": f"FROM a:1\n{line}\n".encode()})
    habits = read(source, "Dockerfile").stages[-1].habits
    return [(each.kind, each.detail) for each in habits if each.kind.startswith(_KINDS)]


@pytest.mark.parametrize(
    "command",
    [
        "pip install --no-compile x",
        "pip3.11 install x --no-compile",
        "/venv/bin/python -m pip install --no-compile x",
        "uv pip install --no-compile x",
    ],
)
def test_pip_is_told_not_to_compile(command: str) -> None:
    assert _told(f"RUN true && {command}") == [("packages-not-compiled", "pip")]


@pytest.mark.parametrize(
    "command",
    ["pip install x", "pip uninstall --no-compile x", "tool install --no-compile x"],
)
def test_others_are_not(command: str) -> None:
    assert _told(f"RUN {command}") == []


@pytest.mark.parametrize(
    ("command", "program"),
    [
        ("find / -name __pycache__ -prune -exec rm -r {} +", "find"),
        ("find /usr/local -depth \\( -type f -a -name '*.pyc' \\) -exec rm -rf '{}' \\;", "find"),
        ('find /usr/lib/python3 /srv -name "*.py[co]" -delete', "find"),
        ("find /opt/venv -name '*.pyc' | xargs rm -f", "find"),
        ("find $VIRTUAL_ENV -name *.pyc -delete", "find"),
        ("rm -rf /usr/lib/python3/dist-packages/__pycache__", "rm"),
        ("sudo rm -f /opt/conda/lib/python3.12/site-packages/*/*.pyc", "rm"),
        ("py3clean -p python3-flask", "py3clean"),
    ],
)
def test_byte_code_of_packages_is_taken_away(command: str, program: str) -> None:
    assert _told(f"RUN set -e; {command} && true") == [("byte-code-removed", program)]


@pytest.mark.parametrize(
    "command",
    [
        "find / -name '*.so' -exec strip {} +",
        "find / -name '*.pyc'",
        "find / -name '*.pyc' | wc -l && rm x",
        "find / -type f ! -name '*.pyc' -delete",
        "find . -name __pycache__ -exec rm -r {} +",  # what came along with the sources
        "find /usr/src/app -name '*.pyc' -delete",
        "find -name '*.pyc' -delete",
        "rm -rf /srv/app/__pycache__ ./x.pyc",
        "rm -rf /usr/lib/python3/idlelib",
        "echo __pycache__ /usr",
    ],
)
def test_what_is_somebody_elses_or_stays_does_not_count(command: str) -> None:
    assert _told(f"RUN {command}") == []


def test_a_heredoc_is_looked_at_line_by_line() -> None:
    text = "RUN <<EOF\napt-get update\nfind / -name '*.pyc' -delete\nEOF"

    assert _told(text) == [("byte-code-removed", "find")]


@pytest.mark.parametrize(
    ("command", "what"),
    [
        ("python3 -m compileall -q .", ["sources"]),
        ("python -m compileall /usr/local/lib/python3.13", ["sources", "packages"]),
        ("python -m compileall -q $VIRTUAL_ENV", ["sources", "packages"]),
        ("py3compile /srv", ["sources"]),
        ("python -m compileall", []),  # goes into no folder
        ("python -m compiler x", []),
    ],
)
def test_what_is_compiled(command: str, what: list[str]) -> None:
    assert _told(f"RUN {command}") == [("compiles", each) for each in what]


@pytest.mark.parametrize(
    "words", [". .", "src/ /srv", "app.py /srv/", "a.txt src /srv/", '["src", "/srv"]', "$A /srv"]
)
def test_modules_may_be_copied(words: str) -> None:
    assert ("copies-sources", "") in _told(f"COPY {words}")


@pytest.mark.parametrize(
    "words",
    [
        "requirements.txt Pipfile /srv/",
        "--from=build /srv /srv",
        "a.whl /",
        "entrypoint /",
        "<<E /a",
    ],
)
def test_or_they_are_not(words: str) -> None:
    assert _told(f"COPY {words}" + "\nE" * words.startswith("<<")) == []


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ('CMD ["python3.12", "-m", "x"]', "python"),
        ('CMD ["tini", "--", "/venv/bin/gunicorn", "x:app"]', "python"),
        ("CMD exec uvicorn x:app", "python"),
        ('CMD ["./manage.py", "runserver"]', "python"),
        ('CMD ["/start"]', "script"),
        ('CMD ["docker-entrypoint.sh"]', "script"),
        ("CMD $START", "script"),
        ('CMD ["nginx", "-g", "daemon off;"]', "other"),
        ('CMD ["java", "-jar", "x.jar"]', "other"),
    ],
)
def test_what_is_started(line: str, kind: str) -> None:
    assert _told(line) == [(f"starts-{kind}", "CMD")]


def test_images_for_python_are_known_by_name() -> None:
    yes = ("python", "python:3.13-slim", "docker.io/library/python@sha256:0", "pypy:3")
    no = ("debian:12", "example/python-tools:1", "pythonic:1", "")

    assert all(map(is_python, yes))
    assert not any(map(is_python, no))
