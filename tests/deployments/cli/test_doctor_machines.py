"""What `cmi doctor` says on machines of every kind, made of programs that only state a version."""

from __future__ import annotations

import datetime as dt
import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from deployments.cli.main import call
from deployments.local.layout import Layout
from tasks.domain.reporting.schemas import complaints
from tasks.tools import host, probes

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("without_our_engine")

# Program, what it prints, what doctor calls it then.
STATES = [
    ("git", "git version 2.39.5", "git", "ok"),
    ("kubectl", "Client Version: v1.32.4", "kubectl", "ok"),
    ("kubectl", "Client Version: v1.20.0", "kubectl", "old"),
    ("kubectl", "what?", "kubectl", "broken"),
    ("kind", "kind v0.27.0 go1.23.6 linux/amd64", "kind", "ok"),
    ("helm", "v3.17.0+g301108e", "helm", "ok"),
    ("helm", "Client: v2.17.0+ga690bad", "helm", "old"),
    ("trivy", "Version: 0.76.0", "trivy", "ok"),
    ("trivy", "Version: 0.69.3", "trivy", "ok"),
    ("trivy", "Version: 0.69.4", "trivy", "bad"),
    ("trivy", "Version: 0.69.6", "trivy", "bad"),
    ("trivy", "Version: 0.50.1", "trivy", "old"),
    ("trivy", "Version: dev", "trivy", "broken"),
    ("runc", "runc version 1.2.4", "runc", "ok"),
    ("crun", "crun version 1.20", "crun", "ok"),
    ("runsc", "runsc version release-20250303.0", "runsc", "ok"),
    ("kata-runtime", "kata-runtime  : 3.14.0", "kata", "ok"),
    ("containerd-shim-kata-v2", "Kata Containers containerd shim: 3.14.0", "kata", "ok"),
    ("node", "v22.14.0", "node", "ok"),
    ("npm", "10.9.2", "npm", "ok"),
    ("go", "go version go1.26 linux/amd64", "go", "ok"),
    ("docker", "28.0.1", "docker", "ok"),
    ("docker", "28.0.1", "compose", "ok"),
    ("docker-compose", "5.6.1", "compose", "ok"),
    ("docker-compose", "2.3.3", "compose", "old"),
    ("docker-compose", "1.29.2", "compose", "missing"),
    ("docker-compose", "1.29.2", "compose-v1", "dead"),
]


@pytest.fixture
def machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Ask `cmi doctor --json` on a machine with nothing but the given programs."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr("sys.executable", str(programs / "python"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CMI_STATE", str(tmp_path / "state"))
    for name in ("KUBECONFIG", "DOCKER_HOST", "HTTPS_PROXY", "https_proxy", "TRIVY_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(host, "resolves", lambda *_: True)
    monkeypatch.setattr(host, "connects", lambda *_: True)

    def ask(**printed: str) -> dict[str, dict[str, Any]]:
        for name, text in printed.items():
            file = programs / name
            file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
            file.chmod(0o755)
        assert call(["doctor", "--json", "--lang", "en"]) == 0
        document = json.loads(capsys.readouterr().out)
        assert complaints("doctor", document) == []
        return {each["id"]: each for each in document["items"]}

    return ask


@pytest.mark.parametrize(("program", "prints", "name", "state"), STATES)
def test_each_program_is_judged_by_the_version_that_it_states(
    machine: Any,
    program: str,
    prints: str,
    name: str,
    state: str,
) -> None:
    found = machine(**{program: f"echo '{prints}'"})[name]

    assert found["state"] == state
    assert bool(found["consequence"] and found["remedy"]) is (state != "ok")
    if state in {"ok", "old", "bad", "dead"}:
        assert found["version"] in prints
        assert found["version"]


def test_a_bare_machine_is_told_what_is_missing_what_follows_and_what_to_do(machine: Any) -> None:
    found = machine()

    assert {name for name, each in found.items() if each["state"] == "missing"} == {
        *("git", "docker", "compose", "kubectl", "cluster", "kind", "helm", "trivy"),
        *("trivy-feed", "trivy-java-feed", "runc", "crun", "runsc", "kata", "node", "npm", "go"),
    }
    assert "compose-v1" not in found  # nobody misses it
    assert found["python"]["state"] == "ok"


@pytest.mark.parametrize(
    ("program", "does"),
    [("git", "exit 1"), ("docker", "echo no daemon >&2; exit 1"), ("trivy", "kill -9 $$")],
)
def test_a_program_that_fails_is_never_fine(machine: Any, program: str, does: str) -> None:
    found = machine(**{program: does})[program]

    assert found["state"] != "ok"
    assert found["remedy"]


def test_a_hanging_program_is_given_up(machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "_TIMEOUT", dt.timedelta(seconds=1))

    found = machine(docker="exec /bin/sleep 60")

    assert found["docker"]["state"] == "broken"
    assert found["compose"]["state"] == "missing"


@pytest.mark.parametrize(
    ("kubectl", "expected"),
    [
        ("""echo '{"gitVersion": "v1.33.1"}'""", ("ok", "v1.33.1")),
        ("echo 'Unable to connect to the server: no such host' >&2; exit 1", ("broken", "")),
    ],
)
def test_a_configured_cluster_is_asked(
    machine: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    kubectl: str,
    expected: tuple[str, str],
) -> None:
    (tmp_path / "config").write_text("{}")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))

    found = machine(kubectl=kubectl)["cluster"]

    assert (found["state"], found["version"]) == expected


@pytest.mark.parametrize(("days", "state"), [(0, "ok"), (6, "ok"), (8, "old")])
def test_a_feed_is_as_good_as_it_is_young(
    machine: Any, tmp_path: Path, days: int, state: str
) -> None:
    made = dt.datetime.now(tz=dt.UTC) - dt.timedelta(days=days)
    for folder, file in (("db", "trivy.db"), ("java-db", "trivy-java.db")):
        place = tmp_path / ".cache/trivy" / folder
        place.mkdir(parents=True)
        (place / file).write_bytes(b"x")
        text = made.strftime("%Y-%m-%dT%H:%M:%S.123456789Z")  # as Trivy writes it
        (place / "metadata.json").write_text(json.dumps({"Version": 2, "UpdatedAt": text}))

    found = machine()

    for name in ("trivy-feed", "trivy-java-feed"):
        assert (found[name]["state"], found[name]["version"]) == (state, str(made.date()))


def test_a_feed_that_says_nothing_of_its_age_is_not_trusted(machine: Any, tmp_path: Path) -> None:
    (tmp_path / ".cache/trivy/db").mkdir(parents=True)
    (tmp_path / ".cache/trivy/db/trivy.db").write_bytes(b"x")

    assert machine()["trivy-feed"]["state"] == "broken"


def test_a_taken_port_names_its_holder(machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        monkeypatch.setattr(probes, "USUAL_PORT", server.getsockname()[1])
        found = machine()["port"]

    assert found["state"] == "taken"
    assert "process" in found["detail"]


@pytest.mark.parametrize("name", ["memory", "disk"])
def test_too_little_of_something_is_low(
    machine: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(host, name, lambda *_: host.Amount(8 << 30, 100 << 20))

    found = machine()[name]

    assert (found["state"], found["detail"]) == ("low", "0.1 GiB / 8.0 GiB")


def test_names_and_network_are_told_apart(machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "connects", lambda *_: False)
    found = machine()
    assert (found["dns"]["state"], found["network"]["state"]) == ("ok", "broken")

    monkeypatch.setattr(host, "resolves", lambda *_: False)
    assert machine()["dns"]["state"] == "broken"


def test_behind_a_proxy_the_proxy_is_asked(machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert machine()["network"]["detail"] == "proxy.example:3128"

    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:many")
    assert machine()["network"]["state"] == "broken"


@pytest.mark.parametrize("name", ["KUBECONFIG", "SSL_CERT_FILE", "DOCKER_HOST"])
def test_a_setting_that_names_nothing_is_wrong_configuration(
    machine: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert machine()["configuration"]["state"] == "ok"

    monkeypatch.setenv(name, "unix:///nowhere/x" if name == "DOCKER_HOST" else "/nowhere/x")
    found = machine()["configuration"]

    assert found["state"] == "broken"
    assert f"{name}=/nowhere/x" in found["detail"]


@pytest.mark.parametrize("record", ["{", '{"format": 99}'])
def test_a_state_that_cannot_be_read_is_wrong_configuration(machine: Any, record: str) -> None:
    layout = Layout.find()
    layout.state.mkdir()
    layout.record.write_text(record)

    found = machine()["configuration"]

    assert found["state"] == "broken"
    assert str(layout.state) in found["detail"]
