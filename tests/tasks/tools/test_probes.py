from pathlib import Path

import pytest

from tasks.tools import probes
from tasks.tools.probes import PROBES, TRIVY_BAD, Version, judge, program, version_of


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("git version 2.39.5", (2, 39, 5)),
        ("Client Version: v1.32.4-dispatcher", (1, 32, 4)),
        ("go version go1.26 linux/amd64", (1, 26)),
        ("v3.17.0+g301108e", (3, 17, 0)),
        ("unknown", ()),
    ],
)
def test_versions_are_read_as_programs_print_them(text: str, version: Version) -> None:
    assert version_of(text) == version


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ((0, 69, 3), "ok"),
        ((0, 69, 4), "bad"),
        ((0, 69, 5), "bad"),
        ((0, 69, 6), "bad"),
        ((0, 69, 7), "ok"),
        ((0, 76, 0), "ok"),
        ((0, 50, 0), "old"),
    ],
)
def test_exactly_the_hijacked_trivy_versions_are_bad(version: Version, state: str) -> None:
    assert judge(version, (0, 60), TRIVY_BAD) == state


def _script(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    return tmp_path


def test_a_hijacked_trivy_on_the_path_is_called_bad(programs: Path) -> None:
    _script(programs, "trivy", "echo Version: 0.69.5")

    found = PROBES["trivy"]()
    assert found is not None
    assert found.state == "bad"


@pytest.mark.usefixtures("without_our_engine")
def test_the_dead_compose_is_named_and_never_counted_as_compose(programs: Path) -> None:
    _script(programs, "docker-compose", "echo 1.29.2")
    _script(programs, "docker", "exit 1")
    dead, compose, engine = (PROBES[name]() for name in ("compose-v1", "compose", "docker"))

    assert dead is not None
    assert dead.state == "dead"
    assert compose is not None
    assert compose.state == "missing"
    assert engine is not None
    assert engine.state == "broken"


def test_a_current_compose_plugin_is_recognised(programs: Path) -> None:
    _script(programs, "docker", 'test "$1" = compose && echo 5.6.1')
    _script(programs, "docker-compose", "exit 1")

    assert PROBES["compose"]() == probes.Finding("ok", "5.6.1", "docker compose")
    assert PROBES["compose-v1"]() is None


def test_a_missing_program_is_missing() -> None:
    assert program("no-such-program").state == "missing"


def test_without_a_configured_cluster_none_is_asked(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = programs / "asked"
    _script(programs, "kubectl", f"touch {asked}")
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("HOME", str(programs))

    assert PROBES["cluster"]() == probes.Finding("missing")
    assert not asked.exists()
