import pytest

from deployments.local.errors import StackError
from deployments.local.layout import Layout
from deployments.local.stack import Stack
from deployments.local.start import ensure_stack
from tasks.tools.control_plane import ControlPlane

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


def test_the_worker_serves_the_pool_and_can_be_interrupted(stack: Stack) -> None:
    worker = stack.service("worker")
    assert worker is not None
    pool = ControlPlane(stack.api_url, stack.auth_string).ask("/work_pools/local")
    status = f"/proc/{worker.process.pid}/status"
    ignored = next(line for line in open(status) if line.startswith("SigIgn"))  # noqa: PTH123, SIM115  # one line

    assert pool["type"] == "process"
    assert not int(ignored.split()[1], 16) & 0b10  # SIGINT, whoever started us with `&`


def test_the_worker_knows_the_server_of_its_own_state(stack: Stack) -> None:
    worker = stack.service("worker")
    assert worker is not None
    with open(f"/proc/{worker.process.pid}/environ", "rb") as file:  # noqa: PTH123  # a kernel file
        environment = file.read().decode()

    assert f"PREFECT_API_URL={stack.api_url}\0" in environment
    assert f"CMI_STATE={Layout.find().state}\0" in environment


def test_the_worker_keeps_its_files_in_the_state_and_the_server_knows_it_when_start_ends(
    stack: Stack,
) -> None:
    worker = stack.service("worker")
    assert worker is not None
    with open(f"/proc/{worker.process.pid}/environ", "rb") as file:  # noqa: PTH123  # a kernel file
        environment = file.read().decode()
    plane = ControlPlane(stack.api_url, stack.auth_string)

    assert f"TMPDIR={Layout.find().temporary}\0" in environment
    assert list(Layout.find().temporary.glob("runner_storage/*"))
    assert plane.ask("/work_pools/local/workers/filter", {})


def test_a_worker_that_cannot_start_is_named_with_what_it_says(own_layout: Layout) -> None:
    own_layout.prepare()
    (own_layout.temporary / "runner_storage").write_text("in the way of Prefect's folder")

    with pytest.raises(StackError, match=r"worker does not start[\s\S]*runner_storage"):
        ensure_stack(lambda _: None)
