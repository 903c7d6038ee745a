"""What a workload says of its pods as a whole."""

import pytest

from tasks.domain.platform.entries import discover
from tasks.domain.platform.kubernetes.reader import read
from tasks.domain.platform.model import Service
from tasks.domain.platform.sources import Source

WEB = """\
apiVersion: apps/v1
kind: {kind}
metadata: {{name: web}}
spec:
  selector: {{matchLabels: {{app: {chosen}}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers: [{{name: web, image: a, imagePullPolicy: Never}}]
{more}"""


def _read(more: str = "", chosen: str = "web", kind: str = "Deployment") -> Service:
    text = WEB.format(more=more, chosen=chosen, kind=kind)
    source = Source("s", {"web.yaml": text.encode()})
    (entry,) = discover(source)
    (service,) = read(source, entry).services
    return service


@pytest.mark.parametrize(
    ("more", "spread"),
    [
        ("", False),
        ("      affinity: {podAffinity: {}}\n", False),
        ("      affinity: {podAntiAffinity: {x: y}}\n", True),
        ("      topologySpreadConstraints: [{maxSkew: 1}]\n", True),
    ],
)
def test_somebody_wrote_how_pods_lie_apart_or_nobody_did(more: str, *, spread: bool) -> None:
    assert _read(more).spread is spread


def test_only_user_ids_of_its_own_are_said_of_a_pod() -> None:
    own = _read("      hostUsers: false\n").host_users

    assert own is not None
    assert not own.value
    assert _read("      hostUsers: true\n").host_users is None


def test_a_selector_that_misses_its_own_pods_names_the_label() -> None:
    unmatched = _read(chosen="site").unmatched

    assert unmatched is not None
    assert (unmatched.value, unmatched.place.line) == ("app", 5)
    assert _read().unmatched is None


def test_a_job_chooses_its_pods_itself() -> None:
    assert _read(chosen="site", kind="Job").unmatched is None


def test_how_an_image_is_fetched_is_kept() -> None:
    (container,) = _read().containers

    assert container.pull_policy is not None
    assert container.pull_policy.value == "Never"
