"""The engine's programs from Debian packages, unpacked into a folder and never installed.

The mirror and the keys are those of the machine's own apt; its state is left alone,
because apt gets lists and a cache inside our folder. Debian 12 lends its runc to the
engine of Debian 13: the engine needs only glibc 2.34, Debian 13's runc needs a later one.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tasks.tools.command import base_environment, find_program, run
from tasks.tools.errors import PermanentToolError

if TYPE_CHECKING:
    from pathlib import Path

# 60 MB of packages; slow mirrors exist.
_LIMIT = timedelta(minutes=15)
_ENGINE = "trixie"  # the release whose engine knows health checks' start_interval (API 1.44)
_PACKAGES = ("docker.io", "containerd", "tini")
# What the engine calls, and what comes with it: programs that are found, or installed by apt.
_HOST = {"iptables": "iptables", "ip": "iproute2", "mmdebstrap": "mmdebstrap"}
_RELEASES = ("bookworm", _ENGINE)


class NoMirrorError(PermanentToolError):
    """This machine's apt does not say where Debian packages come from."""


@dataclass(frozen=True, slots=True)
class Mirror:
    """Where packages come from, and whose signature they carry."""

    site: str
    keys: str = ""

    def line(self, release: str) -> str:
        """Give the line of a list of sources for one release."""
        option = f"[signed-by={self.keys}] " if self.keys else ""
        return f"deb {option}{self.site} {release} main\n"


def codename(text: str) -> str:
    """Read the code name of the release from /etc/os-release."""
    fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    return fields.get("VERSION_CODENAME", "").strip('"')


def mirror(release: str) -> Mirror:
    """Ask apt where the packages of ``release`` come from.

    Raises:
        NoMirrorError: this is no Debian that we know, or apt has no sources.
    """
    if release not in _RELEASES or find_program("apt-get") is None:
        what = "An engine can be installed on Debian 12 and 13 only."
        raise NoMirrorError(what, "Install Docker as your distribution does, or set DOCKER_HOST.")
    form = "$(RELEASE)\t$(SITE)\t$(SIGNED_BY)"
    question = ("indextargets", "--format", form, "Created-By: Packages")
    answer = run("apt-get", *question, timeout=timedelta(seconds=30)).stdout.decode()
    found = choose(answer, release)
    if found is None:
        what = "The apt of this machine names no mirror of Debian packages."
        raise NoMirrorError(what, "Add one to /etc/apt/sources.list.d, then try again.")
    return found


def choose(answer: str, release: str) -> Mirror | None:
    """Pick the first index of ``release`` itself; updates and security are other archives."""
    for line in answer.splitlines():
        name, _, rest = line.partition("\t")
        site, _, keys = rest.partition("\t")
        if name == release and site:
            return Mirror(site, keys.strip() if keys.strip().startswith("/") else "")
    return None


def missing() -> tuple[str, ...]:
    """List the packages that apt must install for good, because the engine calls their programs."""
    return tuple(package for name, package in _HOST.items() if find_program(name) is None)


def install(packages: tuple[str, ...]) -> None:
    """Let apt install ``packages`` on the machine."""
    if packages:
        env = base_environment(DEBIAN_FRONTEND="noninteractive")
        run("apt-get", "update", "-qq", timeout=_LIMIT, env=env)
        options = ("install", "-y", "-qq", "--no-install-recommends")
        run("apt-get", *options, *packages, timeout=_LIMIT, env=env)


def unpack(folder: Path, release: str, source: Mirror, engine: str = _ENGINE) -> None:
    """Fetch the packages of the ``engine`` of a release and unpack them below ``folder``/root."""
    fetched, root = folder / "packages", folder / "unpacked"
    for each in (fetched, root):
        shutil.rmtree(each, ignore_errors=True)
    for part in ("lists/partial", "cache/archives/partial", "packages", "unpacked"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    env = base_environment(APT_CONFIG=str(_configure(folder, (release, engine), source)))
    run("apt-get", "update", "-qq", timeout=_LIMIT, env=env)
    wanted = [f"{name}/{engine}" for name in _PACKAGES] + [f"runc/{release}"]
    run("apt-get", "download", "-qq", *wanted, timeout=_LIMIT, env=env, cwd=fetched)
    for archive in sorted(fetched.glob("*.deb")):
        run("dpkg", "-x", str(archive), str(root), timeout=_LIMIT)
    for part in ("packages", "lists", "cache"):
        shutil.rmtree(folder / part)
    root.rename(folder / "root")  # under this name it is whole


def _configure(folder: Path, releases: tuple[str, ...], source: Mirror) -> Path:
    """Write an apt of our own: the same mirror, these releases, nothing of the machine's state."""
    lines = folder / "sources.list"
    lines.write_text("".join(source.line(each) for each in dict.fromkeys(releases)))
    file = folder / "apt.conf"
    file.write_text(
        f'Dir::Etc::sourcelist "{lines}";\nDir::Etc::sourceparts "-";\n'
        f'Dir::State::lists "{folder / "lists"}";\nDir::Cache "{folder / "cache"}";\n'
        'APT::Sandbox::User "root";\n'
    )
    return file
