import hashlib
import json
import os
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tasks.domain.sentences import known
from tasks.tools.engine import (
    USUAL,
    Address,
    EngineRefusedError,
    EngineUnreachableError,
    connected,
    find_address,
)
from tasks.tools.installed.engine import Installed

pytest.importorskip("docker", reason="the client of the engine is not installed here")


def context(settings: Path, name: str, endpoint: object) -> None:
    folder = settings / "contexts/meta" / hashlib.sha256(name.encode()).hexdigest()
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(json.dumps({"Name": name, "Endpoints": endpoint}))
    (settings / "config.json").write_text(json.dumps({"currentContext": name}))


@pytest.mark.usefixtures("without_our_engine")
def test_the_variable_goes_before_the_context_and_the_context_before_the_usual_socket(
    tmp_path: Path,
) -> None:
    settings = {"DOCKER_CONFIG": str(tmp_path)}
    assert find_address(settings).url == USUAL
    context(tmp_path, "lab", {"docker": {"Host": "unix:///run/lab.sock"}})

    assert find_address(settings) == Address("unix:///run/lab.sock", "docker context lab")
    told = find_address({**settings, "DOCKER_HOST": "tcp://a:2375"})
    assert (told.url, told.said_by) == ("tcp://a:2375", "DOCKER_HOST")
    assert find_address({**settings, "DOCKER_CONTEXT": "default"}).url == USUAL


@pytest.mark.parametrize("endpoint", [{}, {"docker": {}}, [], None], ids=str)
def test_a_context_that_names_no_engine_is_said(tmp_path: Path, endpoint: object) -> None:
    context(tmp_path, "lab", endpoint)

    with pytest.raises(EngineRefusedError, match="The docker context lab is not there"):
        find_address({"DOCKER_CONFIG": str(tmp_path)})


def test_a_missing_socket_names_the_address_and_the_remedy(tmp_path: Path) -> None:
    where = Address(f"unix://{tmp_path}/none.sock", "DOCKER_HOST")

    with pytest.raises(EngineUnreachableError, match=r"none\.sock \(DOCKER_HOST\)\. Start the"):  # noqa: SIM117
        with connected(where):
            pass


def test_a_way_that_we_do_not_speak_is_refused_with_another() -> None:
    where = Address("ssh://user:word@far", "DOCKER_HOST")

    with pytest.raises(EngineRefusedError) as caught, connected(where):
        pass
    assert "word" not in str(caught.value)
    assert "DOCKER_HOST=unix://" in str(caught.value)


class Answering(BaseHTTPRequestHandler):
    """An engine that says which version of the API it speaks, and nothing else."""

    def do_GET(self) -> None:
        body = json.dumps({"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12"})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Stay quiet."""

    def address_string(self) -> str:
        return "socket"


@pytest.fixture
def old_engine(tmp_path: Path) -> Iterator[Address]:
    path = str(tmp_path / "e.sock")
    with socketserver.ThreadingUnixStreamServer(path, Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Address(f"unix://{path}", "DOCKER_HOST")
        server.shutdown()


def test_the_version_is_negotiated_and_what_came_later_is_known_to_be_missing(
    old_engine: Address,
) -> None:
    with connected(old_engine) as engine:
        assert (engine.version, engine.api) == ("20.10.24", (1, 41))
        assert engine.serves("1.41")
        assert not engine.serves("1.44")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may talk to every socket")
def test_a_socket_of_somebody_else_is_a_matter_of_rights(old_engine: Address) -> None:
    Path(old_engine.url.removeprefix("unix://")).chmod(0)

    with pytest.raises(EngineRefusedError, match="may not talk"), connected(old_engine):
        pass


def test_what_it_says_can_be_said_in_chinese(tmp_path: Path) -> None:
    with (
        pytest.raises(EngineUnreachableError) as caught,
        connected(Address(f"unix://{tmp_path}/none.sock", "DOCKER_HOST")),
    ):
        pass

    assert known(caught.value.what)
    assert known(caught.value.remedy)


def test_the_engine_of_our_own_is_taken_when_the_user_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.tools.engine._USUAL_SOCKET", tmp_path / "usual.sock")
    monkeypatch.setattr("tasks.tools.installed.engine.Installed.process", lambda self: object())

    assert find_address({"HOME": str(tmp_path)}).url == Installed().url

    (tmp_path / "usual.sock").touch()
    assert find_address({"HOME": str(tmp_path)}).url == USUAL
    assert find_address({"DOCKER_HOST": "tcp://one.example:1"}).url == "tcp://one.example:1"
