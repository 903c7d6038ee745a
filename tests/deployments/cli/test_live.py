from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deployments.cli.live import consent, screen
from tasks.domain.platform.sources import Source
from tasks.domain.settings import Settings
from tasks.domain.verification.copies import copy_of
from tasks.ownership import Identity
from tasks.tools.live.copying import Ready, prepare
from tasks.tools.scenarios import UnusableScenariosError

CHECKOUT = Path(__file__).resolve().parents[3]
SHOP = CHECKOUT / "examples/shop"
EMPTY: Any = type("E", (), {"client": type("C", (), {"images": lambda self, name: []})()})()


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ready:
    monkeypatch.setenv("CMI_STATE", str(tmp_path))
    return prepare(EMPTY, str(SHOP), "compose.yaml", "", "p" * 16)


def test_the_screen_lists_all_that_the_shop_would_do(ready: Ready) -> None:
    text = "\n".join(screen(ready))

    assert "Started: catalog, gateway, orders, postgres, rabbitmq, redis, users." in text
    assert "with a way out: catalog, gateway, orders," in text
    assert "Permitted to gateway: capability NET_ADMIN (capabilities)." in text
    assert f"Mounted as copies: {SHOP}/services." in text
    assert "With a way out of the machine: -." in text
    assert "Pulled: -." in text
    assert "Scenarios: scenarios/buying.yaml, scenarios/enduring.yaml." in text
    assert "teapot" not in text


def test_a_secret_in_a_file_gets_a_stand_in_and_is_not_said_to_be_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CMI_STATE", str(tmp_path))
    ready = prepare(EMPTY, str(SHOP.parent / "site"), "compose.yaml", "", "p" * 16)

    assert {"Mounted as copies: -.", "Secrets that get stand-ins: 1."} <= set(screen(ready))

    request = replace(ready.request, settings=replace(ready.request.settings, secrets="original"))
    mounted = f"Mounted as copies: {SHOP.parent}/site/secrets/database-password."
    assert mounted in screen(replace(ready, request=request, copy=copy_of(ready.model, request)))


def test_what_cmi_yaml_does_not_permit_is_left_out_and_said(ready: Ready) -> None:
    request = replace(ready.request, settings=Settings(permissions={"build": ("*",)}))
    text = "\n".join(screen(replace(ready, request=request, copy=copy_of(ready.model, request))))

    assert "Left out, service gateway: it needs capability NET_ADMIN" in text
    assert "Started: catalog, orders," in text


def test_a_scenario_that_cannot_be_carried_out_is_refused_before_anything_starts(
    ready: Ready,
) -> None:
    files = {"scenarios/a.yaml": b"scenario: a\nwhen: [halt: web]\n"}

    with pytest.raises(UnusableScenariosError, match=r"scenarios/a\.yaml:2: .*no key `halt`"):
        screen(replace(ready, source=Source("shop", files)))


def test_original_secrets_and_ways_out_are_said(ready: Ready) -> None:
    settings = Settings(permissions={"build": ("*",), "egress": ("orders",)}, secrets="original")
    request = replace(ready.request, settings=settings)
    text = "\n".join(screen(replace(ready, request=request, copy=copy_of(ready.model, request))))

    assert "Its secrets are the platform's own." in text
    assert "With a way out of the machine: orders." in text


def test_without_an_engine_nothing_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")

    consent(Identity("p" * 16, str(SHOP), "compose.yaml", "0"), yes=False)

    assert "none.sock" in capsys.readouterr().err  # in whichever language
