"""What a server may answer to a list instead of a list, and how it is said."""

from __future__ import annotations

import http.server
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tasks.domain.platform.locations import locate
from tasks.tools.contexts import client_of
from tasks.tools.errors import TemporaryToolError, ToolError
from tasks.tools.lists import (
    ABSENT,
    FORBIDDEN,
    Cluster,
    ClusterBusyError,
    ClusterRefusedError,
    ClusterUnreachableError,
)
from tests.recorded.replayer import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("kubernetes", reason="the client of clusters is not installed here")
PODS = "/api/v1/namespaces/shop/pods"


@contextmanager
def answering(folder: Path, status: int, body: bytes, *, promised: int = 0) -> Iterator[Cluster]:
    """Lead to a server that says one thing to everybody; ``promised``: bytes that it announces."""

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(promised or len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    file = folder / "kubeconfig"
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        file.write_text(settings(server.server_address[1], "shop"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KUBECONFIG", str(file))
            with client_of(locate("k8s://lab/shop")) as (client, _):
                yield Cluster(client, "k8s://lab/shop")
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "body", "error", "says"),
    [
        (401, b"{}", ClusterRefusedError, "does not know who asks"),
        (429, b"slow down", ClusterBusyError, r"cannot answer now \(HTTP 429\)"),
        (410, b"{}", ClusterBusyError, "HTTP 410"),
        (500, b"{}", ClusterBusyError, "HTTP 500"),
        (503, b"", ClusterBusyError, "HTTP 503"),
        (200, b"<html>a door</html>", ClusterRefusedError, "an answer that is none"),
        (200, b"[]", ClusterRefusedError, "an answer that is none"),
        (302, b"", ClusterRefusedError, "an answer that is none"),
    ],
)
def test_an_answer_that_is_no_list_is_one_sentence(
    tmp_path: Path, status: int, body: bytes, error: type[ToolError], says: str
) -> None:
    with answering(tmp_path, status, body) as cluster, pytest.raises(error, match=says):
        cluster.listed(PODS)


def test_an_answer_that_breaks_off_is_nobodys(tmp_path: Path) -> None:
    with (
        answering(tmp_path, 200, b'{"items": [', promised=900) as cluster,
        pytest.raises(ClusterUnreachableError, match="Nobody answers"),
    ):
        cluster.listed(PODS)


@pytest.mark.parametrize("status", [FORBIDDEN, ABSENT])
def test_what_is_refused_or_not_there_is_told_by_its_status(tmp_path: Path, status: int) -> None:
    with answering(tmp_path, status, b'{"kind": "Status"}') as cluster:
        assert cluster.listed(PODS) == (status, [])


def test_whether_trying_again_helps_is_known() -> None:
    assert issubclass(ClusterBusyError, TemporaryToolError)
    assert not issubclass(ClusterRefusedError, TemporaryToolError)
