import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tasks.tools.control_plane import ControlPlane
from tasks.tools.errors import PermanentToolError, TemporaryToolError

RIGHT = "a:b"


class _Server(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        secret = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        code = {"/down": 503, "/gone": 404}.get(self.path, 200 if secret == RIGHT else 401)
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps({"said": json.loads(body)}).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        return


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_question_carries_the_secret_and_brings_the_answer(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")  # for the outside world, not for us

    assert ControlPlane(address, "a:b").ask("/x", {"n": 1}) == {"said": {"n": 1}}


@pytest.mark.parametrize("secret", ["a:b", "wrong:one"])
def test_only_a_server_that_knows_our_secret_is_ours(address: str, secret: str) -> None:
    assert ControlPlane(address, secret).answers() is (secret == RIGHT)


def test_refusals_are_permanent_and_overload_is_temporary(address: str) -> None:
    with pytest.raises(PermanentToolError, match="404"):
        ControlPlane(address, "a:b").ask("/gone", {})
    with pytest.raises(TemporaryToolError, match="503"):
        ControlPlane(address, "a:b").ask("/down", {})


def test_nobody_there_is_temporary_and_the_remedy_is_named() -> None:
    plane = ControlPlane("http://127.0.0.1:1/api", "a:b")

    with pytest.raises(TemporaryToolError, match=r"start-project\.sh"):
        plane.ask("/x")
    assert not plane.answers()
    assert "a:b" not in repr(plane)
