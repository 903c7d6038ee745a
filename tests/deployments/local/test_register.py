import pytest

from deployments.local.errors import StackError
from deployments.local.layout import Layout
from deployments.local.register import register
from deployments.local.stack import Stack


@pytest.mark.stack
@pytest.mark.timeout(200)
def test_a_server_that_is_not_there_is_named_and_not_started_by_accident(
    own_layout: Layout,
) -> None:
    nowhere = Stack("http://127.0.0.1:1/api", "cmi:x", "postgresql://postgres@/x?host=/x")

    with pytest.raises(StackError, match="Registering with Prefect's server failed"):
        register(nowhere, own_layout)
