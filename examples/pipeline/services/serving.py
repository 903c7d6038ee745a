"""A small HTTP server that answers in JSON."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Method, path and body in; status and what to say out.
Answer = Callable[[str, str, bytes], tuple[int, object]]


def serve(answer: Answer, port: int = 8000) -> None:
    """Answer every request by ``answer``; nothing that it raises is kept from the client."""

    class Handler(BaseHTTPRequestHandler):
        """One request."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.reply("GET")

        def do_POST(self) -> None:
            self.reply("POST")

        def reply(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                status, said = answer(method, self.path, body)
            except Exception as error:  # noqa: BLE001  # as many do; DEFECTS.md has it
                status, said = 500, {"error": repr(error)}
            text = json.dumps(said, separators=(",", ":")).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    ThreadingHTTPServer(("0.0.0.0", port), Handler).serve_forever()
