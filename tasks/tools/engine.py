"""The Docker engine: where it is, and a connection to it.

Asked are, in this order, ``DOCKER_HOST``, the docker context, the usual socket, and the
engine that ``cmi doctor --install-engine`` set up.
The version of the API is negotiated, so that engines of any age answer; whoever
needs something that an old one drops in silence asks `Engine.serves`.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.tools.errors import PermanentToolError, TemporaryToolError
from tasks.tools.installed.engine import Installed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docker import APIClient

_USUAL_SOCKET = Path("/var/run/docker.sock")
USUAL = f"unix://{_USUAL_SOCKET}"
TIMEOUT = 30  # seconds for one answer; what streams sets its own
_START = "Start the engine, or name another in DOCKER_HOST; `cmi doctor` says what is here."
_SPOKEN = ("unix://", "http+unix://", "tcp://", "http://", "https://", "npipe://")


class EngineUnreachableError(TemporaryToolError):
    """No engine answers where one should be."""


class EngineRefusedError(PermanentToolError):
    """The engine is there and will not talk to us, or we cannot talk to it."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an engine listens, who said so, and the folder of certificates, if any."""

    url: str
    said_by: str
    certificates: Path | None = None
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that answered, and the client that speaks its version of the API."""

    client: APIClient
    address: Address
    version: str  # of the engine, e.g. 26.1.5
    api: tuple[int, int]  # spoken with it, e.g. (1, 45)

    def serves(self, api: str) -> bool:
        """Tell whether the engine has what came with this version of the API."""
        return self.api >= _numbers(api)


def find_address(environment: Mapping[str, str] | None = None) -> Address:
    """Find out which engine the user means, as his own ``docker`` command would.

    Raises:
        EngineRefusedError: a context is chosen that is not there or cannot be used.
    """
    env = os.environ if environment is None else environment
    if url := env.get("DOCKER_HOST", ""):
        folder = env.get("DOCKER_CERT_PATH", "")
        verified = bool(env.get("DOCKER_TLS_VERIFY", ""))
        return Address(url, "DOCKER_HOST", Path(folder) if folder else None, verified)
    settings = Path(env.get("DOCKER_CONFIG") or Path(env.get("HOME") or "~", ".docker"))
    settings = settings.expanduser()
    chosen = env.get("DOCKER_CONTEXT") or _document(settings / "config.json").get("currentContext")
    if not chosen or chosen == "default":
        ours = Installed()
        if not _USUAL_SOCKET.exists() and ours.process() is not None:
            return Address(ours.url, "cmi doctor --install-engine")
        return Address(USUAL, "the usual socket")
    return _of_context(settings / "contexts", str(chosen))


@contextmanager
def connected(address: Address | None = None, timeout: int = TIMEOUT) -> Iterator[Engine]:
    """Talk to the engine at ``address``, or to the one that the user means.

    Raises:
        EngineUnreachableError: nobody answers there.
        EngineRefusedError: it refuses us, or speaks in a way that we do not.
    """
    from docker import APIClient  # noqa: PLC0415  # takes a while, and most commands need none
    from docker.errors import DockerException  # noqa: PLC0415
    from requests.exceptions import RequestException  # noqa: PLC0415

    where = address or find_address()
    _refuse_unspoken(where)
    client = None
    try:
        client = APIClient(where.url, version="auto", timeout=timeout, tls=_certificates(where))
        about: dict[str, Any] = client.version()
    except (DockerException, RequestException, OSError, ValueError) as error:
        if client is not None:
            client.close()
        raise _unanswered(where, error) from error
    try:
        yield Engine(client, where, str(about.get("Version", "")), _numbers(client.api_version))
    finally:
        client.close()


def _refuse_unspoken(where: Address) -> None:
    if where.url.startswith(_SPOKEN):
        return
    scheme = where.url.partition("://")[0]
    what = f"The engine of {where.said_by} is reached by {scheme}, which we do not speak."
    raise EngineRefusedError(
        what,
        "Forward its socket (ssh -L /tmp/engine.sock:/var/run/docker.sock HOST), "
        "and set DOCKER_HOST=unix:///tmp/engine.sock.",
    )


def _certificates(where: Address) -> Any:
    from docker.tls import TLSConfig  # noqa: PLC0415  # as above

    if where.certificates is None:
        return False
    folder = where.certificates
    pair = (str(folder / "cert.pem"), str(folder / "key.pem"))
    authority = str(folder / "ca.pem") if where.verified else None
    return TLSConfig(client_cert=pair, ca_cert=authority, verify=where.verified)


def _unanswered(
    where: Address, error: BaseException
) -> EngineUnreachableError | EngineRefusedError:
    """Say why nobody answered; what the client's library says holds no secret, but much noise."""
    said = str(error)
    url, by = _shown(where.url), where.said_by
    if "Permission denied" in said:
        what = f"This user may not talk to the Docker engine at {url} ({by})."
        return EngineRefusedError(what, "Join the group that owns the socket, or ask its owner.")
    if "too old" in said or "too new" in said:
        what = f"No common version of the API with the Docker engine at {url} ({by})."
        return EngineRefusedError(what, "Update the engine.")
    if "certificate" in said.lower() or "TLS" in said:
        what = f"The certificates for the Docker engine at {url} ({by}) do not fit."
        return EngineRefusedError(what, "Correct DOCKER_CERT_PATH, or the docker context.")
    what = f"Nobody answers as the Docker engine at {url} ({by})."
    return EngineUnreachableError(what, _START)


def _shown(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}"


def _of_context(contexts: Path, name: str) -> Address:
    """Read a context from where ``docker context create`` keeps it: named by its hash."""
    key = hashlib.sha256(name.encode()).hexdigest()
    endpoint = _document(contexts / "meta" / key / "meta.json").get("Endpoints", {})
    docker = endpoint.get("docker", {}) if isinstance(endpoint, dict) else {}
    url = docker.get("Host") if isinstance(docker, dict) else None
    if not url:
        what = f"The docker context {name} is not there, or names no engine."
        raise EngineRefusedError(what, "`docker context ls` lists those that there are.")
    folder = contexts / "tls" / key / "docker"
    verified = not docker.get("SkipTLSVerify", False)
    return Address(url, f"docker context {name}", folder if folder.is_dir() else None, verified)


def _document(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _numbers(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor)
