from pydantic import SecretStr

from blocks.ledger import LedgerAccess

URL = "postgresql://cmi:s3cret@db/ledger"


def test_the_address_with_its_password_is_never_shown() -> None:
    block = LedgerAccess(url=SecretStr(URL))

    assert "s3cret" not in repr(block)
    assert "s3cret" not in str(block.model_dump())
    assert block.url.get_secret_value() == URL
