"""Which places a sample strikes: another commit, other places.

What one run of CI does not come by, the next may. CMI_KILL_SEED tells an earlier seed again.
"""

from __future__ import annotations

import os

from tasks.tools.command import SHORT_TIMEOUT, run
from tasks.tools.errors import ToolError
from tests.stack.rig import CHECKOUT

_SEED = int(os.environ.get("CMI_KILL_SEED", "0"))


def seed() -> int:
    """Take the seed from the commit, so that it moves on and can be told again."""
    if _SEED:
        return _SEED
    try:
        told = run("git", "rev-parse", "HEAD", timeout=SHORT_TIMEOUT, cwd=CHECKOUT)
    except ToolError:
        return 1
    return int(told.stdout.decode()[:7], 16)
