from tasks.theory import analyse_distributed, describe_distributed
from tasks.tools.found import platform_of
from tests.tasks.platforms import RUN, shop


def test_theory_looks_at_every_service_and_says_so_in_both_languages() -> None:
    platform = platform_of(shop())
    figures = analyse_distributed.fn(RUN, platform)

    assert figures.services == len(platform.services)
    assert set(describe_distributed.fn(RUN, "shop", figures).texts) == {"en", "zh"}
