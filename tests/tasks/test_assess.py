import shutil
from pathlib import Path

from tasks.assess import assess_platform, waive
from tasks.ownership import identify
from tasks.tools.found import platform_of
from tests.tasks.platforms import RUN, SHOP, shop


def test_findings_come_worst_first() -> None:
    ranks = [each.severity.rank for each in assess_platform.fn(RUN, platform_of(shop()))]

    assert ranks
    assert ranks == sorted(ranks)


def test_a_waiver_holds_until_its_day_and_no_longer(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(SHOP, tmp_path / "shop"))
    findings = assess_platform.fn(RUN, platform_of(shop()))
    (copy / "cmi.yaml").write_text(
        "waivers:\n"
        f"  - check: {findings[0].check}\n"
        f"    place: {findings[0].subject}\n"
        "    owner: kim\n    reason: known\n    expires: 2030-01-01\n",
        encoding="utf-8",
    )
    content = identify(str(copy), "").content

    def waived(today: str) -> int:
        return sum(bool(each.waived) for each in waive.fn(RUN, findings, str(copy), content, today))

    assert waived("2029-12-31") > waived("2030-01-02") == 0
