from __future__ import annotations

from pathlib import Path

from tasks.domain.assess import assess
from tasks.tools.platforms import intake
from tests.benchmarks.distinct import ours, table, theirs

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: main, image: "example/web:1.2"}}]}}
---
"""


def test_what_is_said_once_for_all_counts_for_each_that_it_names(tmp_path: Path) -> None:
    Path(tmp_path / "all.yaml").write_text("".join(WEB.format(name=n) for n in "abc"))
    platform = intake([tmp_path]).platform
    assert platform is not None

    found = ours(assess(platform))

    assert found["no-network-policy"] == 3
    assert found["image-without-digest"] == 3
    assert found["runs-as-root"] == 3


def test_rules_that_fail_for_one_reason_count_once_at_an_object() -> None:
    rules = ("CKV_K8S_28", "CKV_K8S_37", "CKV_K8S_29", "CKV_K8S_30", "CKV_K8S_23", "CKV_K8S_40")
    failed = [{"check_id": rule, "resource": name} for rule in rules for name in ("a", "b")]
    failed += [{"check_id": "CKV_K8S_999", "resource": "a"}]

    found = theirs([*failed, *failed])

    assert found == {"capabilities-not-dropped": 2, "runs-as-root": 2, "CKV_K8S_999": 1}


def test_both_counts_stand_beside_each_other() -> None:
    lines = list(table({"runs-as-root": 2, "literal-secret": 1}, {"runs-as-root": 3}))

    assert "| literal-secret | 1 | 0 |" in lines
    assert lines[-1] == "| together | 3 of 2 kinds | 3 of 1 kinds |"
