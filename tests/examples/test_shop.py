"""The sample shop is what its pages say, by the word of the programs that will read it."""

import importlib
import re
import sys
from collections.abc import Iterator

import pytest

from tests.examples.shop import SHOP, WORKLOADS, kustomized, manifests, rendered, resolved

SEVEN = {"gateway", "catalog", "orders", "users", "postgres", "redis", "rabbitmq"}
SERVICES = SHOP / "services"
# The newest Kubernetes that most clusters have passed; policy/v1beta1 went with 1.25.
KUBERNETES = "1.32"
FILE_SETS = [
    pytest.param((), id="as Compose finds them"),
    pytest.param(("-f", "compose.yaml"), id="without the overlay"),
]


@pytest.mark.parametrize("options", FILE_SETS)
def test_compose_accepts_the_shop_and_sees_seven_services(options: tuple[str, ...]) -> None:
    assert set(resolved(*options)) == SEVEN


def test_the_debug_profile_adds_the_console() -> None:
    assert set(resolved("--profile", "debug")) == SEVEN | {"console"}


@pytest.mark.parametrize("options", FILE_SETS)
def test_every_service_is_checked_each_five_seconds_from_the_first_second(
    options: tuple[str, ...],
) -> None:
    checks = {name: service["healthcheck"] for name, service in resolved(*options).items()}

    assert {name: check["interval"] for name, check in checks.items()} == dict.fromkeys(SEVEN, "5s")
    assert not [name for name, check in checks.items() if "start_interval" in check]


@pytest.mark.parametrize("options", FILE_SETS)
def test_services_wait_for_health_over_three_levels(options: tuple[str, ...]) -> None:
    services = resolved(*options)
    waits = {name: set(service.get("depends_on", {})) for name, service in services.items()}
    conditions = {
        wait["condition"]
        for service in services.values()
        for wait in service.get("depends_on", {}).values()
    }

    assert conditions == {"service_healthy"}
    assert waits == {
        "postgres": set(),
        "redis": set(),
        "rabbitmq": set(),
        "catalog": {"postgres", "redis"},
        "orders": {"postgres", "redis", "rabbitmq"},
        "users": {"postgres", "redis"},
        "gateway": {"catalog", "orders", "users"},
    }


def test_the_overlay_opens_stores_and_mounts_code_that_the_base_does_not() -> None:
    base, developed = resolved("-f", "compose.yaml"), resolved()

    assert "ports" not in base["postgres"]
    assert developed["postgres"]["ports"][0]["published"] == "5432"
    assert "volumes" not in base["catalog"]
    assert developed["catalog"]["volumes"][0]["read_only"] is True


def test_manifests_run_the_images_that_compose_builds() -> None:
    built = {service["image"] for service in resolved().values()}
    run = {
        container["image"]
        for (kind, _), item in manifests().items()
        if kind in WORKLOADS
        for container in item["spec"]["template"]["spec"]["containers"]
    }

    assert run == built


def test_the_chart_renders_to_the_manifests() -> None:
    assert rendered() == manifests()


def test_the_chart_with_its_console_renders_to_the_debug_overlay() -> None:
    overlay = kustomized("kustomize/debug")
    for item in overlay.values():
        del item["metadata"]["namespace"]

    assert rendered(console={"enabled": True}) == overlay


def test_kustomize_leaves_no_manifest_out() -> None:
    assert kustomized("kubernetes") == manifests()


def test_kubernetes_accepts_every_object_but_the_removed_one() -> None:
    validate = pytest.importorskip("kubernetes_validate", reason="no schemas of Kubernetes")
    removed = set()
    for key, item in manifests().items():
        try:
            validate.validate(item, KUBERNETES, strict=True)
        except validate.SchemaNotFoundError:
            removed.add(key)

    assert removed == {("PodDisruptionBudget", "gateway")}


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The services' folder as the root of imports, as in their images."""
    monkeypatch.syspath_prepend(SHOP / "services")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] in SEVEN]:
        del sys.modules[name]


@pytest.mark.usefixtures("services")
def test_an_order_below_fifty_pays_for_its_way() -> None:
    totals = importlib.import_module("orders.totals")

    assert [totals.total(2450, pieces) for pieces in (1, 2, 3)] == [2940, 5390, 7350]
    with pytest.raises(ValueError, match="at least one piece"):
        totals.total(2450, 0)


@pytest.mark.usefixtures("services")
def test_a_session_belongs_to_whom_it_was_signed_for() -> None:
    sessions = importlib.import_module("users.sessions")
    token = sessions.sign(7, "key")

    assert sessions.owner(token, "key") == 7
    assert sessions.owner(token, "another key") is None
    assert sessions.owner(token.replace("7.", "8.", 1), "key") is None
    assert [sessions.owner(text, "key") for text in ("", "7", "x.y", "\u0667.a", "7.\u00e9")] == [
        None
    ] * 5


@pytest.mark.usefixtures("services")
def test_a_price_is_written_with_two_places() -> None:
    items = importlib.import_module("catalog.items")

    assert [items.price(cents) for cents in (0, 5, 2450)] == ["0.00", "0.05", "24.50"]
    with pytest.raises(ValueError, match="-1"):
        items.price(-1)


@pytest.mark.usefixtures("services")
def test_the_first_items_have_names_of_their_own_and_prices() -> None:
    items = importlib.import_module("catalog.items")
    rows = [items.as_item((number, *item)) for number, item in enumerate(items.FIRST_ITEMS)]

    assert len({row["name"] for row in rows}) == len(rows)
    assert all(row["price_cents"] > 0 and row["stock"] > 0 for row in rows)


def test_the_gateway_leads_each_prefix_to_its_service() -> None:
    configuration = (SHOP / "images" / "gateway" / "nginx.conf").read_text("utf-8")
    routes = re.findall(r"location /(\w+) \{\s*proxy_pass http://(\w+):8000;", configuration)

    assert routes == [("catalog", "catalog"), ("orders", "orders"), ("users", "users")]
