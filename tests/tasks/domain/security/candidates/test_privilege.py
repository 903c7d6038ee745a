from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tasks.domain.security.candidates.privilege import SCRATCH

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]

POD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: side   # not this one
        image: a:1
        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
      - name: main
        image: b:1
        imagePullPolicy: Always
"""


def test_privileged_is_switched_off_in_the_overlay_whose_value_wins(attempt: Attempt) -> None:
    base = "services:\n  web:\n    image: a:1\n    privileged: false\n"
    overlay = "services:\n  web:\n    privileged: true # why\n"

    outcome = attempt("unprivileged", base, overlay, names=("compose.yaml", "over.yaml"))

    assert outcome.texts["compose.yaml"] == base
    assert outcome.texts["over.yaml"] == overlay.replace("true", "false")


def test_a_line_with_a_comment_becomes_a_recipe(attempt: Attempt) -> None:
    outcome = attempt(
        "unprivileged", "services:\n  web:\n    image: a:1\n    privileged: true # x\n"
    )

    assert outcome.candidates[0].patch == ""
    assert outcome.candidates[0].recipe is not None


def test_no_new_privileges_joins_the_options_that_are_there(attempt: Attempt) -> None:
    head = "services:\n  web:\n    image: a:1\n    security_opt:\n    - label:disable\n"
    outcome = attempt("no-new-privileges", head + "    restart: always\n")

    assert outcome.text == head + "    - no-new-privileges:true\n    restart: always\n"


def test_no_new_privileges_that_says_false_is_turned_round(attempt: Attempt) -> None:
    text = "services:\n  web:\n    image: a:1\n    security_opt: ['no-new-privileges:false']\n"

    assert "security_opt: ['no-new-privileges:true']" in attempt("no-new-privileges", text).text


def test_only_the_container_that_lacks_it_is_changed(attempt: Attempt) -> None:
    outcome = attempt("no-new-privileges", POD)
    side, main = yaml.safe_load(outcome.text)["spec"]["template"]["spec"]["containers"]

    assert len(outcome.candidates) == 1
    assert side == yaml.safe_load(POD)["spec"]["template"]["spec"]["containers"][0]
    assert main["securityContext"] == {"allowPrivilegeEscalation": False}


def test_root_keeps_what_start_scripts_use_and_another_user_nothing(attempt: Attempt) -> None:
    text = "services:\n  web:\n    image: a:1\n  app:\n    image: b:1\n    user: '1000'\n"
    services = yaml.safe_load(attempt("drop-capabilities", text).text)["services"]

    assert services["web"]["cap_drop"] == services["app"]["cap_drop"] == ["ALL"]
    assert "SETUID" in services["web"]["cap_add"]
    assert "cap_add" not in services["app"]


def test_capabilities_that_were_dropped_do_not_come_back(attempt: Attempt) -> None:
    text = "services:\n  web:\n    image: a:1\n    cap_drop:\n      - CHOWN\n    restart: always\n"
    web = yaml.safe_load(attempt("drop-capabilities", text).text)["services"]["web"]

    assert web["cap_drop"] == ["CHOWN", "ALL"]
    assert "CHOWN" not in web["cap_add"]


def test_a_read_only_root_gets_scratch_folders_that_are_not_mounted_yet(attempt: Attempt) -> None:
    text = "services:\n  web:\n    image: a:1\n    tmpfs:\n      - /run\n    restart: always\n"
    web = yaml.safe_load(attempt("read-only-root", text).text)["services"]["web"]

    assert web["read_only"] is True
    assert sorted(web["tmpfs"]) == ["/run", "/tmp:size=64m"]  # noqa: S108  # paths inside a container


def test_lists_that_end_where_new_keys_begin_keep_their_items(attempt: Attempt) -> None:
    head = "services:\n  web:\n    image: a:1\n"
    text = head + "    cap_add:\n      - NET_ADMIN\n    restart: always\n"
    moved = text.replace("    image: a:1\n", "") + "    image: a:1 # c\n"
    for each in (text, moved):
        web = yaml.safe_load(attempt("drop-capabilities", each).text)["services"]["web"]

        assert web["cap_drop"] == ["ALL"]
        assert {"NET_ADMIN", "CHOWN"} <= set(web["cap_add"])


def test_a_service_that_shows_no_need_of_root_runs_as_nobody(attempt: Attempt) -> None:
    text = "services:\n  web:\n    image: me/web:1\n    restart: always\n"

    assert '    user: "65534:65534"\n' in attempt("other-user", text).text


def test_a_pod_runs_as_nobody_and_says_so(attempt: Attempt) -> None:
    pod = yaml.safe_load(attempt("other-user", POD).text)["spec"]["template"]["spec"]

    assert pod["containers"][1]["securityContext"] == {"runAsNonRoot": True, "runAsUser": 65534}


@pytest.mark.parametrize(
    ("service", "reason"),
    [
        ("image: nginx:1.27", "nginx starts as root"),
        ("image: me/my-postgres:1", "my-postgres starts as root"),
        ("image: a:1\n    user: root", "root is asked for"),
        ("image: a:1\n    cap_add: [NET_ADMIN]", "rights that only root can use"),
        ("image: a:1\n    volumes: [data:/data]", "files that belong to root"),
        ("image: a:1\n    network_mode: host", "network as only root may"),
    ],
)
def test_who_evidently_needs_root_keeps_it(attempt: Attempt, service: str, reason: str) -> None:
    outcome = attempt("other-user", f"services:\n  web:\n    {service}\nvolumes: {{data: {{}}}}\n")

    assert outcome.candidates == ()
    assert reason in outcome.reasons[0]


def test_a_low_port_needs_root_in_a_pod(attempt: Attempt) -> None:
    text = POD + "        ports: [{containerPort: 80}]\n"

    assert any("only root may" in each for each in attempt("other-user", text).reasons)


def test_a_pod_with_a_read_only_root_gets_scratch_folders_of_its_own(attempt: Attempt) -> None:
    pod = yaml.safe_load(attempt("read-only-root", POD).text)["spec"]["template"]["spec"]
    side, main = pod["containers"]

    assert main["securityContext"] == {"readOnlyRootFilesystem": True}
    assert main["volumeMounts"] == [{"name": "main-tmp", "mountPath": SCRATCH[0]}]
    assert side["volumeMounts"] == [{"name": "side-tmp", "mountPath": SCRATCH[0]}]
    assert sorted(each["name"] for each in pod["volumes"]) == ["main-tmp", "side-tmp"]


def test_a_folder_that_is_mounted_already_stays_as_it_is(attempt: Attempt) -> None:
    text = (
        POD + "        volumeMounts:\n        - name: t\n          mountPath: /tmp\n"
        "      volumes:\n      - name: t\n        emptyDir: {}\n"
    )
    pod = yaml.safe_load(attempt("read-only-root", text).text)["spec"]["template"]["spec"]

    assert pod["containers"][1]["volumeMounts"] == [{"name": "t", "mountPath": SCRATCH[0]}]


def test_known_programs_get_the_folders_without_which_they_do_not_start(attempt: Attempt) -> None:
    nginx = attempt("read-only-root", "services:\n  web:\n    image: nginx:1.27\n    tty: true\n")
    rabbit = attempt("read-only-root", "services:\n  mq:\n    image: rabbitmq:3\n    tty: true\n")

    assert "/var/cache/nginx:size=64m" in nginx.text
    assert "writes to its own files" in rabbit.reasons[0]
