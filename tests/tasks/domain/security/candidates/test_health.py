"""Readiness from what the files already say; nothing is guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]

POD = """\
apiVersion: v1
kind: Service
metadata: {{name: web}}
spec:
  selector: {{app: web}}
  ports: [{{port: 80, targetPort: 8080}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
      - name: web
        image: a:1
        imagePullPolicy: Always
{more}"""


def _probe(text: str) -> Any:
    deployment = list(yaml.safe_load_all(text))[1]
    return deployment["spec"]["template"]["spec"]["containers"][0].get("readinessProbe")


def test_a_pod_is_ready_when_what_tells_that_it_lives_says_so(attempt: Attempt) -> None:
    more = (
        "        livenessProbe:\n          httpGet: {path: /health, port: 8080}\n"
        "          periodSeconds: 5\n          initialDelaySeconds: 90\n"
    )

    assert _probe(attempt("readiness-check", POD.format(more=more)).text) == {
        "httpGet": {"path": "/health", "port": 8080},
        "periodSeconds": 5,
    }


def test_a_pod_with_one_port_is_ready_when_it_can_be_reached(attempt: Attempt) -> None:
    more = "        ports: [{containerPort: 8080}]\n"

    assert _probe(attempt("readiness-check", POD.format(more=more)).text) == {
        "tcpSocket": {"port": 8080}
    }


@pytest.mark.parametrize(
    "more",
    [
        "        ports: [{containerPort: 1}, {containerPort: 2}]\n",
        "        ports: [{containerPort: 53, protocol: UDP}]\n",
        "        livenessProbe: {exec: {command: [check, --password, hunter2]}}\n",
        "        livenessProbe: {httpGet: {path: '/?token=hunter2', port: 80}}\n",
        "        livenessProbe: {httpGet: {port: 80, httpHeaders: [{name: A, value: hunter2}]}}\n",
    ],
)
def test_what_is_not_known_or_may_be_a_secret_is_not_written(attempt: Attempt, more: str) -> None:
    outcome = attempt("readiness-check", POD.format(more=more))

    assert outcome.candidates == ()
    assert len(outcome.reasons) == 1
    assert "hunter2" not in outcome.reasons[0]


@pytest.mark.parametrize(
    ("image", "program"),
    [
        ("mongo:4.4", "mongo"),
        ("mongo", "mongosh"),
        ("docker.io/library/mongo:7.0", "mongosh"),
        ("postgres:16-alpine", "pg_isready"),
        ("mysql:5.7", "mysqladmin"),
        ("mariadb:10.6", "mysqladmin"),
        ("mariadb:11.4", "mariadb-admin"),
        ("redis:6.2", "redis-cli"),
        ("rabbitmq:3.6.8", "rabbitmqctl"),
        ("rabbitmq:3.13-management", "rabbitmq-diagnostics"),
    ],
)
def test_a_store_is_asked_by_the_program_of_its_version(
    attempt: Attempt, image: str, program: str
) -> None:
    text = f"services:\n  db:\n    image: {image}\n    restart: always\n"
    check = yaml.safe_load(attempt("readiness-check", text).text)["services"]["db"]["healthcheck"]

    assert check["test"][:2] == ["CMD", program]
    assert check["start_interval"] == "2s"


def test_those_who_need_the_store_wait_for_it_then(attempt: Attempt) -> None:
    text = (
        "services:\n  db:\n    image: redis:6\n    restart: always\n"
        "  web:\n    image: a:1\n    depends_on: [db]\n"
    )
    services = yaml.safe_load(attempt("readiness-check", text).text)["services"]

    assert services["web"]["depends_on"] == {"db": {"condition": "service_healthy"}}


def test_an_image_that_nobody_knows_is_not_asked(attempt: Attempt) -> None:
    outcome = attempt("readiness-check", "services:\n  db:\n    image: bitnami/redis:6\n")

    assert outcome.candidates == ()
    assert "how to ask" in outcome.reasons[0]


def _container(text: str) -> Any:
    deployment = list(yaml.safe_load_all(text))[1]
    return deployment["spec"]["template"]["spec"]["containers"][0]


@pytest.mark.parametrize(
    ("more", "port"),
    [
        pytest.param("        ports: [{containerPort: 8080}]\n", 8080, id="the only port"),
        pytest.param(
            "        readinessProbe:\n          httpGet: {path: /ready, port: web}\n"
            "        ports: [{containerPort: 80, name: web}, {containerPort: 81}]\n",
            "web",
            id="where requests come in",
        ),
        pytest.param(
            "        readinessProbe:\n          grpc: {port: 9000}\n", 9000, id="of a call"
        ),
    ],
)
def test_a_pod_that_takes_no_connection_is_restarted_once_it_has_started(
    attempt: Attempt, more: str, port: Any
) -> None:
    found = _container(attempt("restart-when-hung", POD.format(more=more)).text)

    assert found["livenessProbe"]["tcpSocket"] == {"port": port}
    assert found["startupProbe"]["tcpSocket"] == {"port": port}
    patience = found["startupProbe"]
    assert patience["periodSeconds"] * patience["failureThreshold"] == 300


def test_a_start_that_is_watched_already_stays_as_it_is(attempt: Attempt) -> None:
    more = (
        "        ports: [{containerPort: 8080}]\n"
        "        startupProbe:\n          httpGet: {path: /up, port: 8080}\n"
    )
    found = _container(attempt("restart-when-hung", POD.format(more=more)).text)

    assert found["startupProbe"] == {"httpGet": {"path": "/up", "port": 8080}}
    assert found["livenessProbe"]["failureThreshold"] == 3


def test_without_one_port_nobody_knows_what_to_ask(attempt: Attempt) -> None:
    more = "        ports: [{containerPort: 80}, {containerPort: 81}]\n"
    outcome = attempt("restart-when-hung", POD.format(more=more))

    assert outcome.candidates == ()
    assert "2 ports" in outcome.reasons[0]
