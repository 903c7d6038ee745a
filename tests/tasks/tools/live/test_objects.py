from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain.verification.copy_request import LABEL, PLATFORM_LABEL
from tasks.tools.live import objects

if TYPE_CHECKING:
    from tasks.tools.engine import Engine

pytestmark = pytest.mark.engine
OURS = {LABEL: "cmi-test-objects", PLATFORM_LABEL: "p1"}


def test_what_carries_the_label_goes_and_everything_else_stays(engine: Engine, tiny: str) -> None:
    client = engine.client
    made = client.create_container(tiny, ["sleep", "60"], labels=OURS, name="cmi-test-ours")
    client.start(made["Id"])
    client.create_network("cmi-test-ours", labels=OURS)
    client.create_volume("cmi-test-ours", labels=OURS)
    stranger = client.create_volume("cmi-test-stranger", labels={LABEL: "another"})
    try:
        assert objects.counts(engine, "cmi-test-objects") == {
            "containers": 1,
            "networks": 1,
            "volumes": 1,
        }
        assert objects.projects(engine)["cmi-test-objects"] == "p1"

        objects.remove(engine, "cmi-test-objects")
        objects.remove(engine, "cmi-test-objects")

        assert not any(objects.counts(engine, "cmi-test-objects").values())
        assert objects.counts(engine, "another")["volumes"] == 1
    finally:
        client.remove_volume(stranger["Name"])
