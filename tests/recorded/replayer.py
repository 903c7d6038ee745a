"""A server that says what a real one said, and to nothing else.

A request that is no reading, or that nobody recorded, fails the test, whatever the product
makes of the refusal.
"""

from __future__ import annotations

import http.server
import json
import threading
from collections import defaultdict, deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from tests.recorded.recording import Answer, Recording, named, recording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "kubectl-token-CANARY"  # noqa: S105  # looked for in every answer
CONTEXT = "lab"


@dataclass(slots=True)
class Replay:
    """What is still to be said, what was asked, and what should not have been."""

    settings: Path  # of kubectl: they lead to this server
    recorded: Recording
    asked: list[tuple[str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    last: int = 0  # the server dies after so many answers; 0 for never
    waiting: dict[tuple[str, str], deque[Answer]] = field(
        default_factory=lambda: defaultdict(deque)
    )

    @property
    def unasked(self) -> list[str]:
        """Name what was recorded and that nobody asked for."""
        return [each.path for answers in self.waiting.values() for each in answers]

    def answer(self, method: str, target: str, given: str | None) -> Answer | None:
        """Give the next answer to a request; None when there is none."""
        self.asked.append((method, target))
        answers = self.waiting.get((method, named(target)))
        if method != "GET" or not answers or given != f"Bearer {TOKEN}":
            self.refused.append(f"{method} {target}")
            return None
        return answers.popleft()


@contextmanager
def replayed(name: str, folder: Path, *, last: int = 0) -> Iterator[Replay]:
    """Serve a recording; the settings of kubectl that lead there are written to ``folder``."""
    replay = Replay(folder / "kubeconfig", recording(name), last=last)
    for each in replay.recorded.answers:
        replay.waiting[each.method, each.path].append(each)

    class Api(_Api):
        """This server."""

    Api.replay = replay
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        replay.settings.write_text(settings(server.server_address[1], replay.recorded.namespace))
        try:
            yield replay
        finally:
            server.shutdown()
    assert not replay.refused, f"nobody recorded: {replay.refused}"


def settings(port: int, namespace: str) -> str:
    """Write settings of kubectl that lead to a server of this machine."""
    meant = {"cluster": "lab", "user": "me", "namespace": namespace}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": CONTEXT,
        "clusters": [{"name": "lab", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "me", "user": {"token": TOKEN}}],
        "contexts": [{"name": CONTEXT, "context": meant}],
    }
    return yaml.safe_dump(content)


class Speaker(http.server.BaseHTTPRequestHandler):
    """What the replayer and the recorder share: all verbs come in, JSON goes out."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("do_"):
            return self.speak
        raise AttributeError(name)

    def speak(self) -> None:
        """Answer a request of any verb."""
        raise NotImplementedError

    def say(self, status: int, document: object) -> None:
        """Send an answer."""
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


class _Api(Speaker):
    replay: Replay

    def speak(self) -> None:
        replay = self.replay
        if replay.last and len(replay.asked) >= replay.last:
            self.close_connection = True
            self.connection.close()
            return
        found = replay.answer(self.command, self.path, self.headers.get("Authorization"))
        if found is None:
            self.say(500, {"kind": "Status", "message": "nobody recorded this"})
        else:
            self.say(found.status, found.body)
