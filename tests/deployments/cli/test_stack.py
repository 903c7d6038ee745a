import json

import pytest

from deployments.cli.main import call
from deployments.local.layout import Layout
from deployments.local.stack import Stack


def test_without_a_stack_the_status_says_how_to_start_one(
    own_layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["status"]) == 0

    assert "never started here: ./start-project.sh" in capsys.readouterr().out


def test_json_of_a_stack_that_never_ran(
    own_layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    call(["status", "--json"])

    document = json.loads(capsys.readouterr().out)
    assert document["services"] == document["runs"] == []
    assert document["api_url"] is None
    assert isinstance(document["disk_bytes"], int)


@pytest.mark.stack
def test_status_shows_services_runs_and_disk(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    call(["status", "--json"])

    document = json.loads(capsys.readouterr().out)
    assert [service["name"] for service in document["services"]] == ["database", "server", "worker"]
    assert all(
        set(service) == {"name", "pid", "address", "version", "healthy"} and service["healthy"]
        for service in document["services"]
    )
    described = {"version", "services", "api_url", "runs", "disk_bytes", "troubles", "exit"}
    assert set(document) == described | {"waiting"}
    assert document["waiting"] == []
    assert document["api_url"] == stack.api_url
    assert document["disk_bytes"] > 10_000_000

    call(["status"])
    assert "healthy" in capsys.readouterr().out
