"""Contexts of ``kubectl``: which cluster is meant, and a client that reaches it."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.domain.exits import Exit
from tasks.tools.errors import ProgramMissingError
from tasks.tools.sources import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubernetes.client import ApiClient

    from tasks.domain.platform.locations import Location

_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@contextmanager
def client_of(location: Location) -> Iterator[tuple[ApiClient, str]]:
    """Give a client as kubectl's settings make it, and the namespace that is meant.

    Raises:
        ProgramMissingError: the library is not installed.
        SourceError: the settings, the context or the namespace is wrong.
    """
    try:
        from kubernetes import config  # noqa: PLC0415  # takes a second, and few commands need it
        from kubernetes.client import Configuration  # noqa: PLC0415
    except ImportError as error:
        what = "The library that talks to clusters is not installed here."
        raise ProgramMissingError(what, "./start-project.sh installs it.") from error

    context = _context(config, location.address)
    namespace = location.inside or str(context["context"].get("namespace") or "default")
    if not _NAMESPACE.fullmatch(namespace):
        what = f"{namespace} is no name of a namespace."
        raise SourceError(what, "Write k8s://CONTEXT/NAMESPACE.", Exit.USAGE)
    settings = Configuration()
    settings.retries = 1
    try:
        client = config.new_client_from_config(  # type: ignore[no-untyped-call]
            config_file=_settings_file(),
            context=context["name"],
            persist_config=False,
            client_configuration=settings,
        )
    except Exception as error:  # whatever is wrong in somebody's settings, or in a plug-in of his
        raise _unusable() from error
    try:
        yield client, namespace
    finally:
        client.close()


def _context(config: Any, wanted: str) -> dict[str, Any]:
    try:
        known, current = config.list_kube_config_contexts(config_file=_settings_file())
    except Exception as error:  # its own errors, YAML's, the system's
        raise _unusable() from error
    by_name = {str(each["name"]): dict(each) for each in known}
    found = by_name.get(wanted) if wanted else current and dict(current)
    if found is None:
        what = f"There is no context {wanted or '(current)'} in the settings of kubectl."
        raise SourceError(
            what, "`kubectl config get-contexts` lists those that there are.", Exit.USAGE
        )
    return found


def _settings_file() -> str:
    """Name kubectl's settings as they are now: the library read them when it was imported."""
    return os.environ.get("KUBECONFIG") or str(Path("~/.kube/config").expanduser())


def _unusable() -> SourceError:
    what = "The settings of kubectl cannot be read."
    remedy = "Correct the file that KUBECONFIG names, or ~/.kube/config."
    return SourceError(what, remedy, Exit.USAGE)
