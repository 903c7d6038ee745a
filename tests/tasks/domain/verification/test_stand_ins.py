import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.verification.stand_ins import (
    every_text,
    is_secret,
    replaced,
    shaped,
    stand_ins,
)

SEED = b"a seed of this copy"


def shape(text: str) -> str:
    return re.sub("[a-z]", "a", re.sub("[A-Z]", "A", re.sub("[0-9]", "0", text)))


@given(st.text(min_size=6, max_size=60))
def test_a_stand_in_has_the_shape_of_the_secret_and_is_another(secret: str) -> None:
    made = shaped(secret, SEED)

    assert shape(made) == shape(secret)
    if re.search("[A-Za-z0-9]{4}", secret):
        assert made != secret
    assert shaped(secret, SEED) == made


def test_what_is_hexadecimal_stays_so() -> None:
    assert re.fullmatch("[0-9a-f]{16}", shaped("6f1d0c9be2a84f57", SEED))


def test_another_copy_has_other_stand_ins() -> None:
    assert shaped("teapot-and-tray", b"one") != shaped("teapot-and-tray", b"two")


@pytest.mark.parametrize(
    ("name", "text", "secret"),
    [
        ("POSTGRES_PASSWORD", "tea", True),
        ("API_KEY", "abc123", True),
        ("SESSION_SECRET", "6f1d0c9be2a84f57", True),
        ("POSTGRES_PASSWORD_FILE", "/run/secrets/p", False),
        ("ALLOW_EMPTY_PASSWORD", "yes", False),
        ("TOKEN_LIFETIME", "3600", False),
        ("POSTGRES_USER", "shop", False),
        ("KEYCLOAK_URL", "http://keycloak:8080", False),
        ("DATABASE_URL", "postgresql://u:p@db/x", False),
    ],
)
def test_names_tell_what_is_secret_and_values_what_is_not(
    name: str, text: str, secret: bool
) -> None:
    assert is_secret(name, text) is secret


def test_one_secret_has_one_stand_in_wherever_it_stands() -> None:
    url = "postgresql://shop:teapot-and-tray@postgres:5432/shop"
    command = ["--requirepass", "teapot-and-tray"]
    pairs = [("POSTGRES_PASSWORD", "teapot-and-tray"), ("DATABASE_URL", url)]
    found = stand_ins(pairs, [*(v for _, v in pairs), *command], ["postgres"], SEED)

    made = found.value("POSTGRES_PASSWORD", "teapot-and-tray")
    assert found.text(url) == f"postgresql://shop:{made}@postgres:5432/shop"
    assert replaced(command, found) == ["--requirepass", made]
    assert len(found) == 1


def test_a_password_that_is_also_a_user_and_a_host_is_left_as_it_is() -> None:
    url = "postgres://postgres:postgres@postgres/x"
    pairs = [("POSTGRES_PASSWORD", "postgres"), ("URL", url)]
    found = stand_ins(pairs, [v for _, v in pairs], ["postgres"], SEED)

    assert found.text(url) == url
    assert found.value("POSTGRES_PASSWORD", "postgres") == "postgres"
    assert found.kept == 1


def test_a_short_password_is_replaced_where_it_is_one() -> None:
    url = "amqp://user:tea@rabbit/"
    pairs = [("RABBIT_PASSWORD", "tea"), ("URL", url)]
    found = stand_ins(pairs, [v for _, v in pairs], [], SEED)

    assert found.text(url) == f"amqp://user:{found.value('RABBIT_PASSWORD', 'tea')}@rabbit/"
    assert "tea" not in found.text(url)


def test_short_words_are_not_cut_out_of_other_texts() -> None:
    pairs = [("RABBIT_PASSWORD", "tea")]
    found = stand_ins(pairs, ["tea", "steam"], [], SEED)

    assert found.text("steam") == "steam"


def test_every_text_of_a_tree_is_seen() -> None:
    assert set(every_text({"a": ["b", {"c": "d"}], "e": 1})) == {"b", "d"}


def test_a_file_of_letters_is_read_once_and_a_long_scheme_hides_nothing() -> None:
    address = f"{'x' * 60}://user:teapot-and-tray@store"
    found = stand_ins([("STORE", address)], [address], (), SEED)
    begun = time.monotonic()

    assert found.text("a" * 2_000_000) == "a" * 2_000_000
    assert time.monotonic() - begun < 10
    assert "teapot-and-tray" not in found.text(address)
