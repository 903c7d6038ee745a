from pathlib import Path

import pytest

from deployments.local.fingerprint import of_checkout, of_libraries


@pytest.mark.parametrize(
    "name", ["prefect.yaml", "deployments/automations.yaml", "flows/theory.py", "blocks/engine.py"]
)
def test_whatever_the_server_was_told_counts(name: str, tmp_path: Path) -> None:
    before = of_checkout(tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("x")

    assert of_checkout(tmp_path) != before


def test_the_same_source_needs_no_second_registration(tmp_path: Path) -> None:
    assert of_checkout(tmp_path) == of_checkout(tmp_path)


def test_only_the_lock_file_makes_other_libraries(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("sqlalchemy==2.1.9")
    before = of_libraries(tmp_path)
    (tmp_path / "prefect.yaml").write_text("x")
    assert of_libraries(tmp_path) == before

    lock.write_text("sqlalchemy==2.0.58")

    assert of_libraries(tmp_path) != before
