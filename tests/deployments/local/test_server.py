from importlib import import_module
from pathlib import Path

import pytest

from deployments.local import server
from deployments.local.errors import StackError
from deployments.local.layout import Layout
from deployments.local.stack import Stack

STACK = Stack("http://127.0.0.1:4298/api", "cmi:hush", "")
SOCKET = "postgresql://postgres@/postgres?host=/x"


def test_the_server_is_closed_by_its_settings(tmp_path: Path) -> None:
    layout = Layout(tmp_path, tmp_path / "state")

    settings = server.settings(STACK, layout, SOCKET)

    assert settings["PREFECT_SERVER_API_AUTH_STRING"] == "cmi:hush"
    assert settings["PREFECT_SERVER_CORS_ALLOWED_ORIGINS"] == "http://127.0.0.1:4298"
    assert settings["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert settings["PREFECT_SERVER_UI_API_URL"] == STACK.api_url
    assert settings["PREFECT_SERVER_UI_V2_ENABLED"] == "false"
    assert settings["PREFECT_SERVER_UI_STATIC_DIRECTORY"] == str(layout.pages)


def test_slots_of_running_flows_outlive_the_server(tmp_path: Path) -> None:
    settings = server.settings(STACK, Layout(tmp_path, tmp_path / "state"), SOCKET)
    storage = settings["PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE"]

    assert storage.endswith("lease_storage.filesystem")
    assert hasattr(import_module(storage), "ConcurrencyLeaseStorage")


def test_services_carry_our_mark_and_no_token_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp")
    layout = Layout(tmp_path, tmp_path / "state")

    environment = server.service_environment(STACK, layout)

    assert environment[server.MARK] == layout.mark
    assert "GITHUB_TOKEN" not in environment


@pytest.mark.stack
def test_a_server_without_its_database_says_so_instead_of_waiting_for_ever(
    own_layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_HEALTHY_SECONDS", 15.0)

    with pytest.raises(StackError, match="does not start"):
        server.start(STACK, own_layout, f"postgresql://postgres@/postgres?host={own_layout.state}")
