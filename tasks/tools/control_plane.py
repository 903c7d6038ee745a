"""Ask Prefect's server over HTTP, without importing Prefect: a question takes milliseconds."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from tasks.tools.errors import PermanentToolError, TemporaryToolError

ANSWER_SECONDS = 10.0
# The server is on this machine: a proxy for the outside world has no part in this.
_OPEN = build_opener(ProxyHandler({})).open


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """Where the server is, and the secret that opens it."""

    api_url: str
    auth_string: str = field(repr=False)

    def ask(self, path: str, body: Any = None, timeout: float = ANSWER_SECONDS) -> Any:
        """Send ``body`` (POST), or just look (GET), and return the parsed answer.

        Raises:
            TemporaryToolError: nobody answers.
            PermanentToolError: the server refuses.
        """
        secret = base64.b64encode(self.auth_string.encode()).decode()
        headers = {"Authorization": f"Basic {secret}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.api_url + path, data, headers)  # noqa: S310  # our own http address
        try:
            with _OPEN(request, timeout=timeout) as answer:
                text = answer.read()
        except HTTPError as error:
            what = f"Prefect's server answered {error.code} to {path}."
            kind = TemporaryToolError if error.code >= 500 else PermanentToolError  # noqa: PLR2004  # HTTP
            raise kind(what, "Its log is in the state folder.") from error
        except (URLError, HTTPException, OSError) as error:
            what = f"Prefect's server at {self.api_url} does not answer."
            raise TemporaryToolError(what, "Start it with ./start-project.sh.") from error
        return json.loads(text) if text else None

    def answers(self, timeout: float = ANSWER_SECONDS) -> bool:
        """True when the server is ours (it knows our secret) and reaches its database."""
        try:
            self.ask("/flow_runs/count", {}, timeout)
        except (TemporaryToolError, PermanentToolError):
            return False
        return True
