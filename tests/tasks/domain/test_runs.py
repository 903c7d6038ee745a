import pytest

from tasks.domain.runs import platform_identity, without_credentials


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("https://ci:s3cret@git.example/shop.git", "https://git.example/shop.git"),
        ("https://git.example/shop.git", "https://git.example/shop.git"),
        ("/srv/a@b:c/shop", "/srv/a@b:c/shop"),
    ],
)
def test_credentials_are_dropped_and_nothing_else(place: str, shown: str) -> None:
    assert without_credentials(place) == shown


def test_a_new_password_does_not_make_a_new_platform() -> None:
    old = platform_identity("https://ci:old@git.example/shop.git", "compose")

    assert platform_identity("https://ci:new@git.example/shop.git", "compose") == old


def test_two_entries_of_one_source_are_two_platforms() -> None:
    assert platform_identity("/srv/shop", "compose") != platform_identity("/srv/shop", "helm")
