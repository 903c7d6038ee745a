from blocks.platform import PlatformSource


def test_the_default_entry_is_chosen_when_none_is_named() -> None:
    assert PlatformSource(path="/srv/shop").entry == ""
