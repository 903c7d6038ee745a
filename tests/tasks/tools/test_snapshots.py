from pathlib import Path

import pytest

from tasks.ownership import identify
from tasks.tools.snapshots import SourceChangedError, reopen

COMPOSE = "services: {web: {image: 'web:1'}}\n"


def test_a_source_that_changed_during_the_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(COMPOSE, encoding="utf-8")
    content = identify(str(tmp_path), "").content
    same = reopen(str(tmp_path), content)
    (tmp_path / "compose.yaml").write_text(COMPOSE.replace("1", "2"), encoding="utf-8")

    assert same.files["compose.yaml"] == COMPOSE.encode()
    with pytest.raises(SourceChangedError, match="changed"):
        reopen(str(tmp_path), content)
