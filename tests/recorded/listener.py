"""A server between the product and a real one that writes down what both say.

Pages are made small, so that there are several. What would tell of one machine or one
installation is left out, and the recording says so.
"""

from __future__ import annotations

import base64
import http.server
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from tests.recorded.recording import Answer, Recording, named
from tests.recorded.replayer import Speaker, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

_CERTIFICATE = "-----BEGIN CERTIFICATE-----"
_LEFT_OUT = (
    (
        ("hostIP", "hostIPs", "nodeName", "podIP", "podIPs"),
        "names and addresses of nodes and pods are left out",
    ),
    (
        ("fieldsV1",),
        "lists of the fields that each manager keeps are left out: they are half of it",
    ),
)


@contextmanager
def listening(server: str, found: Recording, expires: str = "") -> Iterator[str]:
    """Listen in front of ``server``; give settings of kubectl that lead here.

    ``expires``: the second page of this list is asked for as somebody would ask who was
    away for too long.
    """

    class Listener(_Listener):
        """This server."""

    Listener.found, Listener.expires = found, expires
    with (
        httpx.Client(base_url=server, timeout=60) as Listener.client,
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as ours,
    ):
        threading.Thread(target=ours.serve_forever, daemon=True).start()
        try:
            yield settings(ours.server_address[1], found.namespace)
        finally:
            ours.shutdown()


class _Listener(Speaker):
    client: httpx.Client
    found: Recording
    expires: str

    def speak(self) -> None:
        target = named(self.path, self.found.limit)
        if self.expires and f"/{self.expires}?" in target and "continue=" in target:
            type(self).expires = ""
            target = _late(target)
        answer = self.client.request(
            self.command, target, headers={"Accept": self.headers.get("Accept", "*/*")}
        )
        body = _without_machines(answer.json(), self.found.changed)
        self.found.answers.append(Answer(self.command, named(self.path), answer.status_code, body))
        self.say(answer.status_code, body)


def _late(target: str) -> str:
    """Ask for a page of the list as it was at the very beginning of the server."""
    url = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    token = query["continue"]
    facts = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    old = json.dumps(facts | {"rv": 1}, separators=(",", ":")).encode()
    query["continue"] = base64.urlsafe_b64encode(old).decode().rstrip("=")
    return f"{url.path}?{urlencode(query)}"


def _without_machines(value: Any, changed: list[str]) -> Any:
    """Leave out certificates, and names and addresses of machines."""
    if isinstance(value, list):
        return [_without_machines(each, changed) for each in value]
    if isinstance(value, str) and value.startswith(_CERTIFICATE):
        _note(changed, "certificates are replaced by an empty one")
        return f"{_CERTIFICATE}\n-----END CERTIFICATE-----\n"
    if not isinstance(value, dict):
        return value
    for names, what in _LEFT_OUT:
        if set(names) & set(value):
            _note(changed, what)
            value = {k: v for k, v in value.items() if k not in names}
    return {k: _without_machines(v, changed) for k, v in value.items()}


def _note(changed: list[str], what: str) -> None:
    if what not in changed:
        changed.append(what)
