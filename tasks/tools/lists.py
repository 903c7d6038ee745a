"""Lists of a cluster's objects, asked for page by page. No other verb is ever used."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasks.tools.errors import PermanentToolError, TemporaryToolError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubernetes.client import ApiClient

    from tasks.domain.platform.live.usual import Facts

PAGE = 250  # objects of one answer
TIMEOUT = (10, 60)  # seconds to connect, and for one answer
DONE, FORBIDDEN, UNKNOWN, ABSENT, EXPIRED = 200, 403, 401, 404, 410
_BUSY = 429


class ClusterUnreachableError(TemporaryToolError):
    """No cluster answers where one should be."""


class ClusterBusyError(ClusterUnreachableError):
    """The cluster is there, and cannot answer now."""


class ClusterRefusedError(PermanentToolError):
    """The cluster is there and will not talk to us."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A client, and how errors name the cluster that it reaches."""

    client: ApiClient
    text: str

    def listed(self, path: str) -> tuple[int, list[Facts]]:
        """Go through the pages of a list; give the status of the last answer, and the objects.

        A list that changed too much between two pages is asked for anew, as a whole: pages
        of two moments would miss objects, or have them twice.

        Raises:
            ClusterUnreachableError: nobody answers; ClusterBusyError: not now.
            ClusterRefusedError: nobody knows us there.
        """
        items: list[Facts] = []
        query: dict[str, str] = {"limit": str(PAGE)}
        while True:
            status, answer = self.ask(path, query)
            if status == EXPIRED:
                if not query:  # nothing can be over in a list that is asked for as a whole
                    raise self._busy(status)
                items, query = [], {}
                continue
            if status != DONE:
                return status, []
            items += answer.get("items") or []
            token = str((answer.get("metadata") or {}).get("continue") or "")
            if not token:
                return status, items
            query = {"limit": str(PAGE), "continue": token}

    def ask(self, path: str, query: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Ask once; what was refused, is not there or is over has no content.

        Raises:
            ClusterUnreachableError: nobody answers; ClusterBusyError: not now.
            ClusterRefusedError: nobody knows us there, or it is no cluster.
        """
        status, data = self._get(path, query)
        if status == UNKNOWN:
            what = f"The cluster of {self.text} does not know who asks."
            raise ClusterRefusedError(what, "Sign in again; the built-in role `view` is enough.")
        if status == _BUSY or status >= 500:  # noqa: PLR2004  # what HTTP calls the server's fault
            raise self._busy(status)
        if status in (FORBIDDEN, ABSENT, EXPIRED):
            return status, {}
        try:
            answer = json.loads(data)
        except ValueError as error:
            raise self._odd() from error
        if status != DONE or not isinstance(answer, dict):
            raise self._odd()
        return status, answer

    def _get(self, path: str, query: Mapping[str, str]) -> tuple[int, bytes]:
        from urllib3.exceptions import HTTPError, MaxRetryError, SSLError  # noqa: PLC0415  # slow

        asked = self.client.param_serialize(
            "GET",
            path,
            query_params=list(query.items()),
            header_params={"Accept": "application/json"},
            auth_settings=["BearerToken"],
        )
        try:
            response = self.client.call_api(*asked, _request_timeout=TIMEOUT)
            data: bytes = response.read()  # type: ignore[no-untyped-call]
        except (HTTPError, OSError) as error:
            if isinstance(error, MaxRetryError) and isinstance(error.reason, SSLError):
                what = f"The certificate of the cluster of {self.text} is not trusted."
                remedy = "Correct its certificate-authority in the settings of kubectl."
                raise ClusterRefusedError(what, remedy) from error
            what = f"Nobody answers as the cluster of {self.text}."
            remedy = "Check that the cluster runs and that this machine reaches it."
            raise ClusterUnreachableError(what, remedy) from error
        return int(response.status), data

    def _busy(self, status: int) -> ClusterBusyError:
        what = f"The cluster of {self.text} cannot answer now (HTTP {status})."
        return ClusterBusyError(what, "Give the same command again a little later.")

    def _odd(self) -> ClusterRefusedError:
        what = f"The cluster of {self.text} gave an answer that is none."
        return ClusterRefusedError(what, "Check the address in the settings of kubectl.")
