"""Locations: where a platform is defined, by what somebody types.

A folder or file is itself. Everything else has a scheme, and one canonical text that
tells it from others, that may be stored, and that never holds a password.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from urllib.parse import SplitResult, urlsplit, urlunsplit

INPUT = "-"
INPUT_NAME = "stdin.yaml"
_GIT = ("https", "http", "ssh", "git", "file")
_LIKE_GIT = re.compile(r"(?:https?|ssh|git)://|[\w.-]+@[\w.-]+:")
_REVISION = re.compile(r"[0-9A-Za-z_][\w./+~^{}@-]*")


class Kind(StrEnum):
    """What has to be asked."""

    FILES = "files"
    GIT = "git"
    INPUT = "input"
    ENGINE = "engine"
    CLUSTER = "cluster"


class LocationError(Exception):
    """Nobody can say what is meant. ``what`` happened, and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Location:
    """What is meant. ``address`` is a path, URL, project or context; it holds no password."""

    kind: Kind
    address: str
    revision: str = ""  # of a repository
    inside: str = ""  # folder in the repository, file name of the input, or namespace

    @property
    def live(self) -> bool:
        """Whether it runs, so that there are no files of the user's."""
        return self.kind in (Kind.ENGINE, Kind.CLUSTER)

    @property
    def text(self) -> str:
        """Write it as it can be typed again."""
        if self.kind is Kind.GIT:
            inside = f"#{self.inside}" if self.inside else ""
            return f"git+{self.address}@{self.revision or 'HEAD'}{inside}"
        if self.kind is Kind.INPUT:
            return f"stdin:{self.inside}"
        if self.kind is Kind.ENGINE:
            return f"docker://{self.address}"
        if self.kind is Kind.CLUSTER:
            return f"k8s://{self.address}/{self.inside}"
        return self.address

    @property
    def lasting(self) -> str:
        """Name it whatever its revision: a platform stays itself when its files change."""
        inside = f"#{self.inside}" if self.inside else ""
        return f"git+{self.address}{inside}" if self.kind is Kind.GIT else self.text


def locate(typed: str) -> Location:
    """Tell what somebody means.

    Raises:
        LocationError: it has a scheme that we do not know, or a password in it.
    """
    if typed == INPUT or typed.startswith("stdin:"):
        return Location(Kind.INPUT, "", inside=input_name(typed.removeprefix("stdin:")))
    scheme, mark, rest = typed.partition("://")
    if mark and scheme == "docker":
        return Location(Kind.ENGINE, rest.strip("/"))
    if mark and scheme == "k8s":
        # Names of contexts hold slashes and colons; names of namespaces do not.
        context, _, namespace = rest.rpartition("/")
        return Location(Kind.CLUSTER, context, inside=namespace)
    if mark and scheme.startswith("git+"):
        return _git(scheme.removeprefix("git+"), rest)
    if _LIKE_GIT.match(typed):
        what = "This looks like the address of a git repository."
        raise LocationError(what, "Write git+https://HOST/PATH@REVISION, or git+ssh://.")
    return Location(Kind.FILES, typed)


def input_name(typed: str) -> str:
    """Choose the file name of what comes in by standard input: a plain name, never a path."""
    name = PurePosixPath(typed).name
    return name if name not in ("", INPUT, "..") else INPUT_NAME


def in_repository(path: str, revision: str, inside: str = "") -> Location:
    """Mean a revision of a repository on this machine.

    Raises:
        LocationError: the revision is none that git could know.
    """
    return Location(Kind.GIT, f"file://{path}", _checked(revision or "HEAD"), inside)


def _git(scheme: str, rest: str) -> Location:
    if scheme not in _GIT:
        what = f"git+{scheme} is no way to a repository that we know."
        raise LocationError(what, "Use git+https, git+ssh, git+http, git+git or git+file.")
    url = urlsplit(f"{scheme}://{rest}")
    if ":" in url.netloc.rpartition("@")[0] or (url.username and scheme in ("http", "https")):
        what = "The address of the repository holds a password or token."
        remedy = "Clone it yourself and name the clone, or use git+ssh with a key."
        raise LocationError(what, remedy)
    if url.query:
        what = "The address of the repository holds a query, which may be a secret."
        raise LocationError(what, "Leave out what follows the question mark.")
    path, _, revision = url.path.rpartition("@") if "@" in url.path else (url.path, "", "")
    address = urlunsplit(SplitResult(url.scheme, url.netloc, path, "", ""))
    address = address if scheme != "file" else f"file://{path}"
    return Location(Kind.GIT, address, _checked(revision or "HEAD"), _folder(url.fragment))


def _checked(revision: str) -> str:
    if not _REVISION.fullmatch(revision) or ".." in revision:
        what = f"{revision} is no name of a revision."
        raise LocationError(what, "Name a branch, a tag or a commit.")
    return revision


def _folder(fragment: str) -> str:
    parts = fragment.removeprefix("subdirectory=").strip("/").split("/")
    if ".." in parts:
        what = "The folder inside the repository leaves it."
        raise LocationError(what, "Name a folder of the repository after the #.")
    return "/".join(part for part in parts if part not in ("", "."))
