"""Platforms of any size, as services of a real one look: half-hardened, linked, with data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SERVICE = """\
  service-{n}:
    image: registry.example/team/service-{n}:1.{minor}
    environment:
      LOG_LEVEL: info
      BACKEND_URL: http://service-{other}:8080/api
      PASSWORD_FILE: /run/secrets/database
    ports: ["{port}:8080"]
    volumes: ["data-{n}:/var/lib/data"]
    healthcheck: {{test: [CMD, curl, -f, "http://127.0.0.1:8080/"], interval: 30s}}
    deploy: {{resources: {{limits: {{memory: 128M}}}}}}
    depends_on: [service-{other}]
"""
_WORKLOAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: service-{n}, labels: {{app: service-{n}}}}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: service-{n}}}}}
  template:
    metadata: {{labels: {{app: service-{n}}}}}
    spec:
      containers:
        - name: main
          image: registry.example/team/service-{n}:1.{minor}
          ports: [{{containerPort: 8080, name: http}}]
          env:
            - {{name: BACKEND_URL, value: "http://service-{other}:8080/api"}}
          resources: {{limits: {{memory: 128Mi}}, requests: {{cpu: 50m, memory: 64Mi}}}}
          readinessProbe: {{httpGet: {{path: /health, port: http}}}}
"""
_FRONT = """\
apiVersion: v1
kind: Service
metadata: {{name: service-{n}}}
spec:
  selector: {{app: service-{n}}}
  ports: [{{port: 8080, targetPort: http}}]
"""
_SPREAD = 7919  # a prime: neighbours in the file are no neighbours in the graph


def compose(folder: Path, services: int) -> None:
    """Write one Compose file; each service needs one before it, so that there is no cycle."""
    body = "".join(
        _SERVICE.format(n=n, minor=n % 9, other=n * _SPREAD % max(n, 1), port=10_000 + n)
        for n in range(1, services)
    )
    first = "  service-0: {image: 'registry.example/team/base:1.0'}\n"
    volumes = "".join(f"  data-{n}: {{}}\n" for n in range(1, services))
    text = f"services:\n{first}{body}volumes:\n{volumes}"
    (folder / "compose.yaml").write_text(text, encoding="utf-8")


def manifests(folder: Path, files: int) -> None:
    """Write half as many workloads, each with a Service in front, one document a file."""
    for n in range(files // 2):
        for name, template in (("deployment", _WORKLOAD), ("service", _FRONT)):
            text = template.format(n=n, minor=n % 9, other=n * _SPREAD % (files // 2))
            (folder / f"service-{n:05}-{name}.yaml").write_text(text, encoding="utf-8")
