from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.tools.errors import ProgramMissingError
from tasks.tools.git import PatchRefusedError, apply, named, reverse

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = {"sub/f.yaml": b"a\nb\nc\n"}
PATCH = """\
diff --git a/sub/f.yaml b/sub/f.yaml
--- a/sub/f.yaml
+++ b/sub/f.yaml
@@ -1,3 +1,4 @@
 a
+new
 b
 c
"""


def test_a_patch_is_applied_and_undone_to_the_same_bytes() -> None:
    after = apply(PATCH, BEFORE)

    assert after == {"sub/f.yaml": b"a\nnew\nb\nc\n"}
    assert reverse(PATCH, after) == BEFORE


def test_an_empty_patch_changes_nothing() -> None:
    assert apply("", BEFORE) == BEFORE


def test_a_patch_for_other_text_is_refused_with_its_place() -> None:
    with pytest.raises(PatchRefusedError, match=r"sub/f\.yaml.*cmi check"):
        apply(PATCH, {"sub/f.yaml": b"x\ny\nz\n"})


@pytest.mark.parametrize("name", ["../f.yaml", "/etc/f.yaml", ".git/hooks/x", "a/../../f"])
def test_no_file_outside_the_tree_is_written(name: str) -> None:
    with pytest.raises(PatchRefusedError, match="inside the tree"):
        apply(PATCH, {name: b""})


def test_a_patch_that_names_a_file_outside_is_refused() -> None:
    with pytest.raises(PatchRefusedError):
        apply(PATCH.replace("sub/f.yaml", "../f.yaml"), BEFORE)


def test_the_users_settings_have_no_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".gitconfig").write_text("[apply]\n\twhitespace = error\n[core]\n\tautocrlf = true")
    monkeypatch.setenv("HOME", str(tmp_path))
    patch = PATCH.replace("+new\n", "+new \n")

    assert apply(patch, BEFORE) == {"sub/f.yaml": b"a\nnew \nb\nc\n"}


def test_a_machine_without_git_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr("sys.executable", "/nonexistent/python")

    with pytest.raises(ProgramMissingError, match="git"):
        apply(PATCH, BEFORE)


def test_a_patch_follows_lines_that_moved_only_where_they_are_unique() -> None:
    moved = {"sub/f.yaml": b"x\ny\na\nb\nc\n"}
    twice = {"sub/f.yaml": b"x\na\nb\nc\na\nb\nc\n"}
    patch = PATCH.replace("@@ -1,3 +1,4 @@", "@@ -4,3 +4,4 @@")

    assert apply(patch, moved) == {"sub/f.yaml": b"x\ny\na\nnew\nb\nc\n"}
    with pytest.raises(PatchRefusedError, match="several places"):
        apply(patch, twice)


def test_the_files_of_a_patch_are_listed_by_their_own_names() -> None:
    quoted = PATCH.replace("b/sub/f.yaml", '"b/\\303\\251 \\".yaml"')

    assert named(PATCH) == ["sub/f.yaml"]
    assert named(quoted) == ['é ".yaml']
