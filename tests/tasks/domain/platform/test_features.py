"""Requirements on what is kept of a free text."""

import dataclasses
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tasks.domain.platform.containers import EntropyClass, Features, LengthClass
from tasks.domain.platform.features import features_of

SERVICES = frozenset({"redis", "cart", "core-keeper", "postgres"})


@pytest.mark.parametrize(
    ("text", "refers_to", "port"),
    [
        ("redis", "redis", None),
        ("redis:6379", "redis", 6379),
        ("http://cart:8080/health?x=1", "cart", 8080),
        ("postgres://u:pw@postgres:5432/shop", "postgres", 5432),
        ("jdbc:postgresql://postgres:5432/shop", "postgres", 5432),
        ("cart.shop.svc.cluster.local:80", "cart", 80),
        ("cart.shop.svc", "cart", None),
        ("kafka-1:9092,redis:6379", "redis", 6379),
        ("-cp=keeper.http://core-keeper:59890", "core-keeper", 59890),
        ("--registry=cart:81", "cart", 81),
        ("mongodb://cart:27017,redis:1/x", "cart", 27017),
        ("http://[::1]:80/", "", None),
        ("redis.io", "", None),
        ("redis-cluster", "", None),
        ("use redis please", "", None),
        ("/cart", "", None),
        ("", "", None),
    ],
)
def test_a_reference_names_a_service_of_the_platform_as_an_address(
    text: str, refers_to: str, port: int | None
) -> None:
    found = features_of(text, SERVICES)

    assert (found.refers_to, found.port) == (refers_to, port)


@pytest.mark.parametrize(
    ("name", "text", "refers_to"),
    [
        ("DB_PASSWORD", "postgres", ""),
        ("POSTGRES_USER", "postgres", ""),
        ("DB_HOST", "postgres", "postgres"),
        ("SECRETSTORE_HOST", "core-keeper", "core-keeper"),
        ("DATABASE", "postgres:5432", "postgres"),
    ],
)
def test_a_bare_word_beside_an_account_or_a_secret_is_no_reference(
    name: str, text: str, refers_to: str
) -> None:
    assert features_of(text, SERVICES, name=name).refers_to == refers_to


def test_an_alias_refers_to_the_service_behind_it() -> None:
    assert features_of("http://shop-db:1", {"shop-db": "postgres"}).refers_to == "postgres"


@pytest.mark.parametrize(
    ("text", "credentials"),
    [
        ("amqp://guest:guest@queue:5672", True),
        ("amqp://guest:${PASSWORD}@queue:5672", False),
        ("amqp://guest@queue:5672", False),
        ("root:pw@tcp(db:3306)/shop", True),
        ("jdbc:mysql://db/x?user=a&password=b", True),
        ("host=db password=b", True),
        ("jdbc:mysql://db/x?user=a&password=${B}", False),
        ("https://example.org/?token=abc", True),
        ("shop/web:1.2@sha256:0123", False),
        ("mailto:me@example.org", False),
        ("http://cart:80/", False),
    ],
)
def test_only_a_literal_password_makes_credentials(text: str, credentials: bool) -> None:
    assert features_of(text, ()).credentials is credentials


def test_a_password_that_was_filled_in_is_not_literal() -> None:
    found = features_of("amqp://u:filled@queue:1", {"queue"}, written="amqp://u:${PW}@queue:1")

    assert found == dataclasses.replace(found, credentials=False, interpolated=True)
    assert found.refers_to == "queue"


@pytest.mark.parametrize(
    ("text", "path_like"),
    [
        ("/etc/shop/config.yaml", True),
        ("./data", True),
        ("https://example.org/a/b", True),
        ("https://hooks.example.org/x/abcdEFGH1234ijklMNOP5678qrstUVWX", False),
        ("/9j4AAQSkZJRgABAQEBLAEsAAD2wBDAAIBAQIBAQIC", False),
        ("https://u:p@example.org/", False),
        ("plain", False),
    ],
)
def test_a_path_or_plain_address_is_told_from_a_value_to_protect(
    text: str, path_like: bool
) -> None:
    assert features_of(text, ()).path_like is path_like


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Features()),
        ("true", Features(LengthClass.SHORT, boolean=True, switched_on=True)),
        ("Off", Features(LengthClass.SHORT, boolean=False, switched_on=False)),
        ("1000", Features(LengthClass.SHORT, number=True)),
        ("0.5", Features(LengthClass.SHORT, number=True)),
        ("30s", Features(LengthClass.SHORT, unit="s")),
        ("1m30s", Features(LengthClass.SHORT, unit="s")),
        ("256MiB", Features(LengthClass.SHORT, EntropyClass.MEDIUM, unit="MiB")),
        ("$(POD)", Features(LengthClass.SHORT, EntropyClass.MEDIUM, interpolated=True)),
        ("a" * 40, Features(LengthClass.LONG)),
        ("kJ8#mQ2!xZ5&vB9@", Features(LengthClass.MEDIUM, EntropyClass.HIGH)),
    ],
)
def test_a_text_is_classed_by_shape(text: str, expected: Features) -> None:
    assert features_of(text, ()) == expected


@given(st.text(min_size=4, max_size=80))
def test_no_text_survives(text: str) -> None:
    assume(text not in {*LengthClass, *EntropyClass})
    kept = [v for v in dataclasses.astuple(features_of(text, ())) if isinstance(v, str)]

    assert not any(text in word for word in kept)


@pytest.mark.parametrize("piece", ["a", "a:", "a@", "://", "a://b", "x=", ",redis", "/a", "1s"])
def test_a_hostile_text_costs_little(piece: str) -> None:
    began = time.perf_counter()
    features_of(piece * 200_000, SERVICES)

    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(("text", "on"), [("1", True), ("Yes", True), ("0", False), ("2", None)])
def test_a_switch_is_read_as_programs_read_it(text: str, on: bool | None) -> None:
    assert features_of(text, ()).switched_on is on


def test_of_words_only_those_of_the_list_are_kept() -> None:
    assert features_of("Development", (), name="NODE_ENV").word == "development"
    assert not features_of("teapot", (), name="NODE_ENV").word
    assert not features_of("debug", (), name="DB_PASSWORD").word


@pytest.mark.parametrize(
    ("text", "placeholder"),
    [
        ("<your key>", True),
        ("MAPS_API_KEY_VALUE", True),
        ("MAPS_API_KEY", True),
        ("BROKER_PLACE_HOLDER", True),
        ("changeme", False),
        ("maps_api_key", False),
        ("AKX0MAPS", False),
        ("<a><b>", False),
        ("", False),
    ],
)
def test_a_text_that_somebody_must_replace_is_a_placeholder(text: str, placeholder: bool) -> None:
    assert features_of(text, (), name="MAPS_API_KEY").placeholder is placeholder
