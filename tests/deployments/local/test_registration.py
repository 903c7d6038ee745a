from pathlib import Path

import pytest
import yaml

from deployments.local.fingerprint import AUTOMATIONS, DEPLOYMENTS
from deployments.local.layout import Layout
from deployments.local.register import register
from deployments.local.registration import block_types, read_automations
from deployments.local.stack import Stack
from tasks.tools.control_plane import ControlPlane

CHECKOUT = Path(__file__).resolve().parents[3]


def test_automations_are_read_as_prefect_understands_them(tmp_path: Path) -> None:
    path = tmp_path / "automations.yaml"
    path.write_text(
        "automations:\n"
        "  - name: resume\n"
        "    trigger: {type: event, posture: Reactive, expect: [prefect.flow-run.Crashed],"
        " threshold: 1, within: 0}\n"
        "    actions: [{type: do-nothing}]\n"
    )

    assert [automation.name for automation in read_automations(path)] == ["resume"]
    assert read_automations(tmp_path / "none.yaml") == []


def test_blocks_that_are_only_imported_are_not_registered() -> None:
    assert all(kind.__module__.startswith("blocks.") for kind in block_types())


@pytest.mark.stack
@pytest.mark.timeout(300)
def test_everything_is_on_the_server_once_however_often_it_is_registered(stack: Stack) -> None:
    plane = ControlPlane(stack.api_url, stack.auth_string)
    register(stack, Layout.find())

    automations = sorted(entry["name"] for entry in plane.ask("/automations/filter", {}))
    deployments = [entry["entrypoint"] for entry in plane.ask("/deployments/filter", {})]

    wanted = yaml.safe_load((CHECKOUT / DEPLOYMENTS).read_text(encoding="utf-8"))["deployments"]
    triggers = [each["name"] for d in wanted for each in d.get("triggers", ())]
    named = [automation.name for automation in read_automations(CHECKOUT / AUTOMATIONS)]
    assert automations == sorted([*named, *triggers])
    assert sorted(deployments) == sorted(d["entrypoint"] for d in wanted)
