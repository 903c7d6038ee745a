"""Requirements on paths in Compose files."""

import pytest

from tasks.domain.platform.compose.paths import leaves_the_tree, rebase


@pytest.mark.parametrize(
    ("path", "folder", "expected", "outside"),
    [
        ("./web", "deploy", "deploy/web", False),
        ("../web", "deploy", "web", False),
        (".", ".", ".", False),
        ("../../etc", "deploy", "../etc", True),
        ("/etc/passwd", "deploy", "/etc/passwd", True),
        ("~/x", "deploy", "~/x", True),
        ("https://example.org/x.git", "deploy", "https://example.org/x.git", True),
        ("oci://example.org/x", ".", "oci://example.org/x", True),
        ("..data", ".", "..data", False),
        ("a/../..", ".", "..", True),
    ],
)
def test_a_path_is_relative_to_the_root_or_leaves_the_tree(
    path: str, folder: str, expected: str, outside: bool
) -> None:
    found = rebase(path, folder)

    assert (found, leaves_the_tree(found)) == (expected, outside)
