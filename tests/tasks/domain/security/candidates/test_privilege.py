from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

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
