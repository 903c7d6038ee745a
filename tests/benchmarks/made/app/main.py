"""A service of a made stack: knocks at what it needs, works for its start, then answers.

NEEDS lists addresses as NAME:PORT, RETRIES how often it knocks again before it gives up, and
WARM the seconds of processor time that its start takes.
"""

import os
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = 8000
NEEDS = [each.rsplit(":", 1) for each in os.environ.get("NEEDS", "").split()]
EXIT_NOT_STARTED = 3


def reach(name: str, port: str) -> None:
    """Open and close a connection."""
    socket.create_connection((name, int(port)), timeout=2).close()


def knock() -> None:
    """Reach everything once; whoever cannot ends, as many services do."""
    for name, port in NEEDS:
        left = int(os.environ.get("RETRIES", "0"))
        while True:
            try:
                reach(name, port)
            except OSError as error:
                if not left:
                    sys.stderr.write(f"cannot reach {name}: {error!r}\n")
                    sys.exit(EXIT_NOT_STARTED)
                left -= 1
                time.sleep(0.5)
            else:
                break


def warm() -> None:
    """Work, as somebody who loads a framework does."""
    until = time.process_time() + float(os.environ.get("WARM", "0"))
    while time.process_time() < until:
        sum(range(1000))


class Handler(BaseHTTPRequestHandler):
    """``/health`` says that it lives, everything else that it reaches what it needs."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer one request."""
        status, said = 200, b"fine\n"
        if self.path != "/health":
            try:
                for name, port in NEEDS:
                    reach(name, port)
            except OSError:
                status, said = 503, b"not now\n"
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Write no line for each request."""


knock()
warm()
ThreadingHTTPServer(("0.0.0.0", PORT), Handler).serve_forever()  # noqa: S104  # in a container
