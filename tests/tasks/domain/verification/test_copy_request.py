from tasks.domain.verification.copy_request import Request, labels

REQUEST = Request("cmi-x", "run-1", "p1", "/srv", "/state", b"a seed")


def test_labels_tell_copy_run_and_platform() -> None:
    assert set(labels(REQUEST).values()) == {"cmi-x", "run-1", "p1"}


def test_the_seed_is_not_printed() -> None:
    assert "a seed" not in repr(REQUEST)
