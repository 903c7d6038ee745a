"""A namespace of a live cluster as a source: listed page by page, never changed.

The settings of ``kubectl`` say how to reach it. Only the verb ``list`` is used, and Secrets
are not asked for at all: the built-in role ``view`` is enough.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.domain.exits import Exit
from tasks.domain.platform.live import objects
from tasks.domain.platform.model import NotAssessed
from tasks.domain.platform.sources import Source
from tasks.tools.errors import PermanentToolError, ProgramMissingError, TemporaryToolError
from tasks.tools.sources import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubernetes.client import ApiClient

    from tasks.domain.platform.locations import Location

PAGE = 250  # objects of one answer
MOST = 50_000
TIMEOUT = (10, 60)  # seconds to connect, and for one answer
_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_DONE, _FORBIDDEN, _UNKNOWN, _ABSENT, _EXPIRED = 200, 403, 401, 404, 410


class ClusterUnreachableError(TemporaryToolError):
    """No cluster answers where one should be."""


class ClusterRefusedError(PermanentToolError):
    """The cluster is there and will not talk to us."""


def read_cluster(location: Location) -> Source:
    """List what somebody made in one namespace.

    Raises:
        ClusterUnreachableError: nobody answers.
        ClusterRefusedError: nobody knows us there, or nothing may be listed.
        SourceError: the context or the namespace is wrong, or nothing is in it.
    """
    missing: list[NotAssessed] = []
    with _client(location) as (client, namespace):
        items = list(_everything(client, namespace, location, missing))
    if len(missing) == len(objects.KINDS):
        what = f"The cluster of {location.text} does not know who asks, or lets nothing be listed."
        raise ClusterRefusedError(what, "Sign in again; the built-in role `view` is enough.")
    files, entry = objects.write(items, namespace)
    if not files:
        what = f"Nothing that somebody made is in {location.text}."
        remedy = "`kubectl get namespaces` lists those that there are."
        raise SourceError(what, remedy, Exit.NO_PLATFORM)
    return Source(
        location.text,
        files,
        tuple(files),
        place=location.text,
        not_assessed=(*objects.unknown(namespace), *missing),
        entries=(entry,),
        live=True,
    )


@contextmanager
def _client(location: Location) -> Iterator[tuple[ApiClient, str]]:
    """Give a client as kubectl's settings make it, and the namespace that is meant."""
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


def _everything(
    client: ApiClient, namespace: str, location: Location, missing: list[NotAssessed]
) -> Iterator[objects.Facts]:
    """List all kinds; what the cluster refuses is noted and the others go on."""
    count = 0
    for version, plural, kind in objects.KINDS:
        start = "/api" if version == "v1" else "/apis"
        path = f"{start}/{version}/namespaces/{namespace}/{plural}"
        for item in _listed(client, path, (kind, namespace), location, missing):
            count += 1
            if count > MOST:
                what = f"The namespace of {location.text} holds more than {MOST} objects."
                remedy = "Check the files that they were applied from."
                raise SourceError(what, remedy, Exit.INPUT_UNREAD)
            yield {"apiVersion": version, "kind": kind} | item


def _listed(
    client: ApiClient,
    path: str,
    named: tuple[str, str],
    location: Location,
    missing: list[NotAssessed],
) -> Iterator[objects.Facts]:
    """Go through the pages of one kind; a list that changed meanwhile begins anew, once."""
    kind, namespace = named
    items: list[objects.Facts] = []
    token, again = "", True
    while True:
        status, answer = _get(client, path, token, location)
        if status == _EXPIRED and again:
            items, token, again = [], "", False
            continue
        if status in (_FORBIDDEN, _UNKNOWN):
            remedy = "Ask for the right to list them; the built-in role `view` has it."
            reason = "the cluster does not let this user list them"
            missing.append(NotAssessed(f"{kind}s of {namespace}", reason, remedy))
            return
        if status == _ABSENT:
            reason = f"the cluster does not serve {path.rpartition('/namespaces/')[0]}"
            remedy = "Update the cluster, or check the files."
            missing.append(NotAssessed(f"{kind}s of {namespace}", reason, remedy))
            return
        items += answer.get("items") or []
        token = str((answer.get("metadata") or {}).get("continue") or "")
        if not token:
            yield from items
            return


def _get(
    client: ApiClient, path: str, token: str, location: Location
) -> tuple[int, dict[str, Any]]:
    from urllib3.exceptions import HTTPError  # noqa: PLC0415  # as above

    query = [("limit", str(PAGE)), *([("continue", token)] if token else [])]
    asked = client.param_serialize(
        "GET",
        path,
        query_params=query,
        header_params={"Accept": "application/json"},
        auth_settings=["BearerToken"],
    )
    try:
        response = client.call_api(*asked, _request_timeout=TIMEOUT)
        data = response.read()  # type: ignore[no-untyped-call]
    except (HTTPError, OSError) as error:
        what = f"Nobody answers as the cluster of {location.text}."
        remedy = "Check that the cluster runs and that this machine reaches it."
        raise ClusterUnreachableError(what, remedy) from error
    status = int(response.status)
    if status in (_FORBIDDEN, _UNKNOWN, _ABSENT, _EXPIRED):
        return status, {}
    try:
        answer = json.loads(data)
    except ValueError as error:
        raise _odd(location) from error
    if status != _DONE or not isinstance(answer, dict):
        raise _odd(location)
    return status, answer


def _odd(location: Location) -> ClusterRefusedError:
    what = f"The cluster of {location.text} gave an answer that is none."
    return ClusterRefusedError(what, "Check the address in the settings of kubectl.")
