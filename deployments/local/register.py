"""Tell the server about our pool, blocks, deployments and automations, in a process of its own.

Importing Prefect takes a second and settles its settings for good; a process of its own
gets exactly the stack's settings, and ours stays light.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from deployments.local import worker
from deployments.local.errors import StackError
from deployments.local.server import service_environment
from tasks.tools import command
from tasks.tools.errors import ToolError

if TYPE_CHECKING:
    from deployments.local.layout import Layout
    from deployments.local.stack import Stack

_TIMEOUT = timedelta(minutes=3)


def register(stack: Stack, layout: Layout) -> None:
    """Register everything; doing it again changes nothing.

    Raises:
        StackError: the server or a file of ours refuses.
    """
    environment = service_environment(stack, layout) | {"CMI_CHECKOUT": str(layout.checkout)}
    call = ("-m", "deployments.local.registration", worker.POOL)
    try:
        command.run(sys.executable, *call, timeout=_TIMEOUT, env=environment, cwd=layout.checkout)
    except ToolError as error:
        what = f"Registering with Prefect's server failed: {error.what}"
        raise StackError(what, "Correct the file it names and start again.") from error
