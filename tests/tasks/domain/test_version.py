from __future__ import annotations

import tomllib
from pathlib import Path

from tasks.domain.version import VERSION

CHECKOUT = Path(__file__).resolve().parents[3]


def test_the_package_has_the_version_that_bundles_name() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["version"] == VERSION
