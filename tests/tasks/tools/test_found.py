from dataclasses import replace

import pytest

from tasks.domain.exits import Exit
from tasks.tools.found import NoPlatformError, platform_of
from tests.tasks.platforms import shop


def test_an_intake_without_a_platform_ends_with_its_own_code() -> None:
    with pytest.raises(NoPlatformError) as refused:
        platform_of(replace(shop(), platform=None))

    assert refused.value.exit is Exit.NO_PLATFORM
