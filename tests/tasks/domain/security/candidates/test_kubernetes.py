from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]

LISTED = """\
apiVersion: v1
kind: List
items:
- apiVersion: batch/v1
  kind: CronJob
  metadata: {name: tick}
  spec:
    schedule: "* * * * *"
    jobTemplate:
      spec:
        template:
          spec:
            restartPolicy: Never
            initContainers:
            - name: before
              image: a:1
            containers:
            - name: main
              image: b:1
"""


def test_pods_in_lists_and_cron_jobs_are_found_with_their_first_containers(
    attempt: Attempt,
) -> None:
    outcome = attempt("no-new-privileges", LISTED)
    (item,) = yaml.safe_load(outcome.text)["items"]
    pod = item["spec"]["jobTemplate"]["spec"]["template"]["spec"]

    assert len(outcome.candidates) == 2
    for key in ("initContainers", "containers"):
        assert pod[key][0]["securityContext"] == {"allowPrivilegeEscalation": False}


def test_a_container_that_an_anchor_shares_is_left_alone(attempt: Attempt) -> None:
    text = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - &one
    name: one
    image: a:1
  - <<: *one
    name: two
"""
    outcome = attempt("unprivileged", text)
    assert outcome.candidates == ()

    outcome = attempt("no-new-privileges", text)
    assert "anchor" in outcome.reasons[0]
