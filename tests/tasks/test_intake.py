import pickle

from tests.tasks.platforms import SHOP, shop


def test_the_intake_hands_on_the_platform_without_a_byte_of_the_files() -> None:
    found = shop()

    assert found.platform is not None
    assert found.platform.services
    assert not found.source.files


def test_no_secret_of_the_platform_reaches_a_stored_result() -> None:
    stored = pickle.dumps(shop())
    secrets = [
        line.partition("=")[2].strip().encode()
        for line in (SHOP / ".env").read_text(encoding="utf-8").splitlines()
        if "PASSWORD" in line.partition("=")[0].upper()
    ]

    assert secrets
    assert not [secret for secret in secrets if secret in stored]
