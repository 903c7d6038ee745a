import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.domain.exits import Exit
from tasks.domain.platform.locations import locate
from tasks.tools import repositories
from tasks.tools.repositories import at_revision, read_revision, repository_at
from tasks.tools.sources import SourceError

GIT = shutil.which("git")
pytestmark = pytest.mark.skipif(not GIT, reason="there is no git here")

COMPOSE = "services:\n  web: {image: nginx}\n"


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    command = ["git", *who, "-c", "protocol.file.allow=always", *words]
    return subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Make a repository of two commits, with a link, a submodule and a file of LFS."""
    folder = tmp_path / "work"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "compose.yaml").write_text(COMPOSE)
    (folder / "k8s").mkdir()
    (folder / "k8s/pod.yaml").write_text("kind: Pod\n")
    (folder / "k8s/.env").symlink_to("pod.yaml")
    (folder / "k8s/out.yaml").symlink_to("/etc/passwd")
    (folder / "big.yaml").write_text("version https://git-lfs.github.com/spec/v1\nsize 9\n")
    (folder / ".gitattributes").write_text("* filter=evil\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "one")
    git(folder, "tag", "v1")
    (folder / "compose.yaml").write_text(COMPOSE.replace("nginx", "caddy"))
    git(folder, "commit", "-qam", "two")
    return folder


@pytest.fixture
def bare(work: Path, tmp_path: Path) -> Path:
    git(tmp_path, "clone", "-q", "--bare", str(work), "bare.git")
    return tmp_path / "bare.git"


def test_a_bare_repository_is_known_by_its_parts(bare: Path, work: Path) -> None:
    assert repository_at(bare)
    assert not repository_at(work)


@pytest.mark.parametrize(("revision", "image"), [("v1", "nginx"), ("main", "caddy"), ("", "caddy")])
def test_a_revision_is_read_without_checking_it_out(bare: Path, revision: str, image: str) -> None:
    source = read_revision(at_revision(bare, revision))

    assert source.files["compose.yaml"].decode() == COMPOSE.replace("nginx", image)
    assert source.files["k8s/.env"] == b"kind: Pod\n"
    commit = git(bare, "rev-parse", revision or "HEAD")
    assert source.place == f"git+file://{bare}@{commit}"
    assert {each.file: each.reason for each in source.unread} == {
        "big.yaml": "is kept by Git LFS, which is not asked",
        "k8s/out.yaml": "is a link that leaves the source, not followed",
    }


def test_a_work_tree_at_a_revision_shows_the_commit_and_not_the_files_of_now(work: Path) -> None:
    (work / "compose.yaml").write_text("changed\n")

    source = read_revision(at_revision(work, "HEAD"))

    assert source.files["compose.yaml"].decode() == COMPOSE.replace("nginx", "caddy")


def test_a_folder_or_a_file_inside_is_asked_for_alone(work: Path, bare: Path) -> None:
    folder = read_revision(at_revision(work / "k8s", "v1"))
    file = read_revision(locate(f"git+file://{bare}@v1#k8s/pod.yaml"))

    assert set(folder.files) == {"pod.yaml"}
    assert file.asked == ("pod.yaml",)
    assert file.files[".env"] == b"kind: Pod\n"


def test_nothing_that_a_repository_names_is_run(work: Path, tmp_path: Path) -> None:
    """Hooks, filters, monitors and credential helpers would each leave a mark."""
    mark = tmp_path / "ran"
    hook = work / ".git/hooks/post-checkout"
    hook.write_text(f"#!/bin/sh\ntouch {mark}\n")
    hook.chmod(0o755)
    for key in ("core.fsmonitor", "filter.evil.smudge", "core.pager", "credential.helper"):
        git(work, "config", key, f"!touch {mark}" if "cred" in key else f"touch {mark}")
    git(work, "config", "filter.evil.clean", "cat")

    assert read_revision(at_revision(work, "v1")).files
    assert not mark.exists()


def test_submodules_are_named_and_not_fetched(work: Path, bare: Path) -> None:
    git(work, "submodule", "add", "-q", str(bare), "vendor/other")
    git(work, "commit", "-qm", "with a submodule")

    source = read_revision(at_revision(work, "HEAD"))

    assert [each.what for each in source.not_assessed] == ["submodule vendor/other"]
    assert not any(name.startswith("vendor/") for name in source.files)


@pytest.mark.parametrize("revision", ["gone", "0" * 40, "v1^{tree}"])
def test_an_unknown_revision_is_one_sentence(bare: Path, revision: str) -> None:
    with pytest.raises(SourceError, match="has no revision") as caught:
        read_revision(at_revision(bare, revision))

    assert caught.value.exit is Exit.USAGE


def test_what_lies_in_no_repository_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not lie in a git repository"):
        at_revision(tmp_path, "main")


class Serving(http.server.CGIHTTPRequestHandler):
    """Git's own server of HTTP, below a loopback address."""

    root: Path
    asked: list[str]

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        path, _, query = self.path.partition("?")
        self.asked.append(self.headers.get("Authorization", ""))
        if path.startswith("/private"):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
            self.end_headers()
            return
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        said = subprocess.run(
            [str(GIT), "http-backend"],
            env=environment,
            input=body,
            capture_output=True,
            check=False,
        ).stdout
        head, _, rest = said.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(rest)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def address(bare: Path) -> Iterator[str]:
    Serving.root, Serving.asked = bare.parent, []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Serving) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"git+http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_repository_elsewhere_gives_the_same_and_leaves_nothing(
    address: str, bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    here = read_revision(at_revision(bare, "v1"))

    for revision in ("v1", git(bare, "rev-parse", "v1")):
        there = read_revision(locate(f"{address}/bare.git@{revision}"))
        assert dict(there.files) == dict(here.files)
        assert there.place == f"{address}/bare.git@{git(bare, 'rev-parse', 'v1')}"

    assert list((tmp_path / "scratch").iterdir()) == []
    assert set(Serving.asked) == {""}


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("bare.git@gone", "has no revision gone"),
        ("private.git@main", "we ask nobody for a password"),
        ("none.git@main", "could not be fetched"),
    ],
)
def test_a_fetch_that_fails_says_why_without_asking(address: str, path: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        read_revision(locate(f"{address}/{path}"))


def test_a_revision_that_is_too_large_is_not_fetched_to_its_end(
    address: str, work: Path, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (work / "noise.yaml").write_bytes(os.urandom(400_000))
    git(work, "add", "-A")
    git(work, "commit", "-qm", "large")
    git(work, "push", "-q", str(bare), "main:large")
    monkeypatch.setattr(repositories, "MAX_FETCHED", 100_000)

    with pytest.raises(SourceError, match=r"is larger than|could not be fetched"):
        read_revision(locate(f"{address}/bare.git@large"))
