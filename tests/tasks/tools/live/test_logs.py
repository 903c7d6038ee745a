from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain.verification.complaints import complaints
from tasks.domain.verification.copy_request import LABEL
from tasks.tools.live.logs import complained
from tasks.tools.live.watching import SERVICE_LABEL

if TYPE_CHECKING:
    from tasks.tools.engine import Engine

pytestmark = pytest.mark.engine


def test_complaints_are_those_of_all_containers_of_a_service(engine: Engine, tiny: str) -> None:
    project = "cmi-test-logs"
    made = []
    try:
        for service, said in (
            ("web", "echo ERROR one; echo ready"),
            ("web", "echo ERROR two >&2"),
            ("store", "echo ERROR three"),
            ("calm", "echo ready"),
        ):
            labels = {LABEL: project, SERVICE_LABEL: service}
            words = ["sh", "-c", said]
            made.append(engine.client.create_container(tiny, words, labels=labels)["Id"])
            engine.client.start(made[-1])
            engine.client.wait(made[-1])

        web = complaints("ERROR one\nERROR two")
        assert complained(engine, project, ["web"]) == {"web": web}
        assert complained(engine, project) == {
            "web": web,
            "store": complaints("ERROR three"),
            "calm": frozenset(),
        }
    finally:
        for each in made:
            engine.client.remove_container(each, force=True, v=True)
