from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.tools import bundles
from tests.benchmarks.startup import document, less, read
from tests.bundles import bundle
from tests.forgeries import closed
from tests.proven import MEMBER, proven, trial

if TYPE_CHECKING:
    from pathlib import Path


def test_the_page_says_what_the_bundle_says(tmp_path: Path) -> None:
    bundles.write(proven(), tmp_path / "bundle")
    found = read(tmp_path / "bundle", 90.0)
    text = "\n\n".join(document(found, "quick"))

    assert "`cmi audit` accepts the bundle" in text
    assert "1.5 minutes" in text
    assert "**shown**" in text
    assert text.count(" s | ") >= len(trial().samples)
    assert f"| `{MEMBER.id}` | accepted |" in text


def test_without_a_comparison_it_says_why(tmp_path: Path) -> None:
    assert bundle().document["experiments"] == []
    bundles.write(closed(), tmp_path / "bundle")
    text = "\n".join(document(read(tmp_path / "bundle"), "quick"))

    assert "needs a copy of the platform on an engine" in text


def test_a_ratio_is_said_as_what_it_takes_away() -> None:
    assert (less(0.25), less(None)) == ("75.0 %", "-")
