from __future__ import annotations

import pytest

from tasks.domain.reporting.deliverables import Deliverable


def test_a_deliverable_is_titled_by_its_first_line() -> None:
    document = Deliverable("user-manual", {"en": "# Manual\n\ntext", "zh": "# 手册\n"})

    assert (document.title("en"), document.title("zh")) == ("Manual", "手册")


@pytest.mark.parametrize("texts", [{"en": "# Manual"}, {"en": "# Manual", "zh": "手册"}])
def test_a_deliverable_exists_in_both_languages_with_a_title(texts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="'zh'"):
        Deliverable("user-manual", texts)
