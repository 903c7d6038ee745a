"""The platform of an intake, or the sentence that says that there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.exits import Exit
from tasks.tools.errors import PermanentToolError

if TYPE_CHECKING:
    from tasks.domain.platform.intake import Intake
    from tasks.domain.platform.model import Platform


class NoPlatformError(PermanentToolError):
    """There is nothing to improve."""

    exit = Exit.NO_PLATFORM


def platform_of(intake: Intake) -> Platform:
    """Return the platform of an intake that found one.

    Raises:
        NoPlatformError: it found none.
    """
    if intake.platform is None:
        what = f"No platform definition found in {intake.source.name}."
        raise NoPlatformError(what, "`cmi intake` lists what was looked at.")
    return intake.platform
