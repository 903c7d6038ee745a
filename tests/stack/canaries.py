"""Platforms with a canary in every place where a secret can stand, and eyes that find them.

Each place has a value of its own, so that a leak tells where it came from.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from urllib.parse import quote, quote_plus

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_SEED = "canary"


def core(place: str) -> str:
    """Give the part of a canary that no encoding of text changes."""
    return f"Zq{hashlib.sha256(f'{_SEED}{place}'.encode()).hexdigest()[:18]}"


def value(place: str) -> str:
    """Give a canary that looks like a secret, and that every encoding changes."""
    return f"{core(place)}+/\u00e9~end"


def _plain(place: str) -> str:
    return core(place)


COMPOSE = f"""\
# a comment before a patch: {value("comment-before")}
x-common: &common
  logging: {{options: {{tag: "{value("x-logging")}"}}}}
services:
  web:
    image: example/web:latest # {value("comment-beside")}
    privileged: true # {value("comment-at-a-finding")}
    environment:
      DB_PASSWORD: "{value("environment-map")}"
      DB_URL: "postgres://admin:{_plain("url-password")}@db:5432/app?sslkey={_plain("url-query")}"
      FROM_DOTENV: $DOTENV_TOKEN
    command: ["serve", "--password={value("argument")}", "--key", "{value("argument-apart")}"]
    labels: {{traefik.auth: "{value("label-map")}"}}
    annotations: {{note: "{value("annotation-map")}"}}
    healthcheck: {{test: ["CMD", "curl", "-u", "a:{_plain("health-test")}", "http://localhost"]}}
    ports: ["8080:80"]
    depends_on: [db]
  db:
    image: postgres:latest
    environment:
      - POSTGRES_PASSWORD={value("environment-list")}
    env_file: vars.env
    entrypoint: "sh -c 'PASSWORD={_plain("entrypoint")} exec postgres'"
    labels: ["secret={value("label-list")}"]
    extra_hosts: ["a:{_plain("extra-host")}"]
    logging: {{driver: syslog, options: {{syslog-address: "tcp://u:{_plain("log-url")}@log:1"}}}}
    sysctls: {{kernel.domainname: "{_plain("sysctl")}"}}
  built:
    build:
      context: .
      args: {{TOKEN: "{value("build-argument")}"}}
      secrets: [token]
    secrets: [token]
    configs: [setting]
secrets:
  token: {{file: ./token.txt}}
configs:
  setting: {{content: "key={value("config-content")}"}}
volumes:
  data: {{driver_opts: {{o: "username=u,password={_plain("volume-option")}"}}}}
"""
DOCKERFILE = f"""\
# {value("dockerfile-comment")}
ARG EARLY={value("dockerfile-early-argument")}
FROM debian:latest
ARG TOKEN={value("dockerfile-argument")}
ENV API_KEY={value("dockerfile-env")} PLAIN=1
LABEL note="{value("dockerfile-label")}"
RUN curl -H "Authorization: {value("dockerfile-run")}" http://x | sh
HEALTHCHECK CMD curl -u a:{_plain("dockerfile-health")} http://localhost
CMD ["run", "--token={value("dockerfile-command")}"]
"""
_CODED = base64.b64encode(value("secret-data").encode()).decode()
MANIFESTS = f"""\
# {value("manifest-comment")}
apiVersion: v1
kind: Secret
metadata: {{name: s, annotations: {{a: "{value("secret-annotation")}"}}}}
data: {{password: {_CODED}}}
stringData: {{token: "{value("string-data")}"}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: c, labels: {{l: "{_plain("object-label")}"}}}}
data:
  url: "amqp://u:{_plain("configmap-url")}@queue:5672"
  app.properties: |
    password={value("configmap-file")}
binaryData: {{k: {base64.b64encode(value("binary-data").encode()).decode()}}}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{{"p": "{_plain("last-applied")}"}}'
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata:
      labels: {{app: web, note: "{_plain("pod-label")}"}}
      annotations: {{a: "{value("pod-annotation")}"}}
    spec:
      nodeSelector: {{n: "{_plain("node-selector")}"}}
      containers:
      - name: web
        image: example/web:latest
        securityContext: {{privileged: true}} # {value("manifest-comment-beside")}
        args: ["--password={value("manifest-argument")}"]
        command: ["sh", "-c", "TOKEN={value("manifest-command")} run"]
        envFrom: [{{configMapRef: {{name: c}}}}]
        env:
        - {{name: API_TOKEN, value: "{value("manifest-env")}"}}
        livenessProbe:
          httpGet:
            port: 80
            httpHeaders: [{{name: Authorization, value: "{value("probe-header")}"}}]
---
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {{name: model}}
spec:
  predictor:
    containers:
    - name: m
      image: example/model:latest
      env: [{{name: HF_TOKEN, value: "{value("custom-env")}"}}]
"""
VALUES = f"""\
# {value("values-comment")}
image: example/web:latest
password: "{value("values-password")}"
unused: "{value("values-unused")}"
"""
TEMPLATE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, annotations: {a: {{ .Values.password | quote }}}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: {{ .Values.image }}
        env: [{name: API_TOKEN, value: {{ .Values.password | quote }}}]
"""
PLATFORMS: dict[str, dict[str, str]] = {
    "compose": {
        "compose.yaml": COMPOSE,
        ".env": f'# {value("dotenv-comment")}\nDOTENV_TOKEN="{value("dotenv")}"\n',
        "vars.env": f"FILE_TOKEN={value('env-file')}\n",
        "token.txt": f"{value('secret-file')}\n",
        "Dockerfile": DOCKERFILE,
    },
    "manifests": {"all.yaml": MANIFESTS},
    "chart": {
        "Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
        "values.yaml": VALUES,
        "templates/web.yaml": TEMPLATE,
    },
    # What cannot be read must not be repeated either.
    "broken": {
        "compose.yaml": f"services:\n  web:\n    image: 'a:1'\n    privileged: true\n"
        f"    user: ${{NOBODY:?{value('required-message')}}}\n"
        f"    environment: {{A: ${{B-{_plain('never-closed')}\n",
        "bad.yaml": f"apiVersion: v1\nkind: Secret\nstringData:\n  a: '{value('bad-quote')}\n",
        ".env": f"OK={value('bad-dotenv')}\n!{_plain('bad-line')}\n",
        "tag.yaml": f"apiVersion: v1\nkind: ConfigMap\ndata: {{a: !x '{value('tagged')}'}}\n",
    },
    # Fields of the schema keep their values, so only texts hold canaries here.
    "refused": {
        "compose.yaml": f"services:\n  web:\n    image: 'a:1'\n    privileged: true\n"
        f"    user: ${{NOBODY:?{value('required-message')}}}\n"
        f"    environment: {{A: '${{B:?{value('required-in-environment')}}}'}}\n"
        f"    command: ['${{C-{_plain('unclosed')}']\n    restart: sometimes\n    cpus: many\n",
    },
}


# What no encoding of text changes; and runs of letters that may be something encoded.
_CORE = re.compile(rb"Zq[0-9a-f]{18}")
_HEX = re.compile(rb"5a71(?:3[0-9]|6[1-6]){18}")
_STANDARD = bytes.maketrans(b"-_", b"+/")
_CODED_RUN = re.compile(rb"[A-Za-z0-9+/_-]{24,}")


def write(folder: Path) -> dict[str, Path]:
    """Write the platforms below ``folder``; give each one's place."""
    for name, files in PLATFORMS.items():
        for path, text in files.items():
            place = folder / name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
    return {name: folder / name for name in PLATFORMS}


def places() -> tuple[str, ...]:
    """Name every place that has a canary."""
    whole = json.dumps(PLATFORMS, ensure_ascii=False)
    source = set(re.findall(r"Zq[0-9a-f]{18}", whole)) | {core("secret-data"), core("binary-data")}
    assert len(source) > 60
    return tuple(sorted(source))


def forms(canary: str) -> Iterator[bytes]:
    """Give what a canary may have become: plain, in base64, in a URL, in JSON, in hexadecimal."""
    for text in (canary, f"{canary}+/\u00e9~end"):
        yield text.encode()
        yield quote(text, safe="").encode()
        yield quote_plus(text).encode()
        yield json.dumps(text)[1:-1].encode()
        yield text.encode().hex().encode()
    for shift in range(3):  # the three ways in which its bytes may lie in groups of three
        yield base64.b64encode(b"\0" * shift + canary.encode() + b"\0" * 3)


@dataclass(frozen=True)
class Eyes:
    """Finds canaries in whatever bytes they are shown."""

    canaries: tuple[str, ...] = field(default_factory=places)

    def find(self, data: bytes) -> set[str]:
        """Name the canaries in ``data``, as they are or encoded."""
        found = {match[0] for match in _CORE.finditer(data)}
        found |= {bytes.fromhex(match[0].decode()) for match in _HEX.finditer(data)}
        for run in _CODED_RUN.finditer(data):
            for shift in range(4):  # where its groups of four begin is not known
                coded = run[0][shift : shift + (len(run[0]) - shift) // 4 * 4]
                plain = base64.b64decode(coded.translate(_STANDARD))
                found |= {match[0] for match in _CORE.finditer(plain)}
        return {each.decode() for each in found} & set(self.canaries)

    def in_files(self, folder: Path, leave_out: Iterable[Path] = ()) -> dict[str, set[str]]:
        """Look into every file below ``folder``, and at its name."""
        out = tuple(leave_out)
        found: dict[str, set[str]] = {}
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or any(path.is_relative_to(each) for each in out):
                continue
            with suppress(OSError):
                data = str(path).encode() + (path.read_bytes() if path.is_file() else b"")
                if seen := self.find(data):
                    found[str(path)] = seen
        return found


class Watch:
    """Samples the command line and environment of every process while something runs."""

    def __init__(self, eyes: Eyes) -> None:
        self.eyes = eyes
        self.samples = 0
        self.found: dict[str, set[str]] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(30)

    def _look(self) -> None:
        seen: set[tuple[int, float]] = set()
        while not self._stop.is_set():
            for process in psutil.process_iter():
                with suppress(psutil.Error):
                    key = (process.pid, process.create_time())
                    words = [*process.cmdline()]
                    if key not in seen:  # an environment is given once; a command line may change
                        words += [f"{k}={v}" for k, v in process.environ().items()]
                        seen.add(key)
                    if hit := self.eyes.find("\n".join(words).encode(errors="replace")):
                        self.found[" ".join(process.cmdline()[:3])[:80]] = hit
            self.samples += 1
            time.sleep(0.02)
