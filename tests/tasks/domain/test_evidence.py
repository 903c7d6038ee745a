from __future__ import annotations

import hashlib

import pytest

from tasks.domain.evidence import Evidence


def test_evidence_is_named_by_its_bytes() -> None:
    name = hashlib.sha256(b"17 ms").hexdigest()

    assert Evidence(b"17 ms", "txt").path == f"evidence/{name}.txt"


@pytest.mark.parametrize("extension", ["", "../x", "a/b", "JSON", "toolongext"])
def test_an_extension_cannot_leave_the_evidence_folder(extension: str) -> None:
    with pytest.raises(ValueError, match="no extension"):
        Evidence(b"", extension)
