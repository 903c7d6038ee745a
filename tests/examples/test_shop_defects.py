"""Each defect that the shop's page lists is there, and no other service has it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tasks.domain.platform.entries import choose, discover
from tasks.domain.settings import read_settings
from tasks.tools.sources import read_source
from tests.examples.shop import SHOP, WORKLOADS, listed, manifests, rendered, resolved, rows


def test_every_service_leads_to_pods_but_the_dangling_one() -> None:
    known = manifests()
    pods = {name for kind, name in known if kind in WORKLOADS}
    asked = {
        item["spec"]["selector"]["app"] for (kind, _), item in known.items() if kind == "Service"
    }

    assert asked - pods == listed("dangling-dependency", "kubernetes") == {"reviews"}


@pytest.mark.parametrize(
    ("check", "has_it"),
    [
        ("runs-as-root", lambda service: "user" not in service),
        ("writable-root-filesystem", lambda service: not service.get("read_only")),
        ("floating-image-tag", lambda service: service["image"].endswith(":latest")),
        ("no-memory-limit", lambda service: "memory" not in _limits(service)),
        ("no-cpu-limit", lambda service: "cpus" not in _limits(service)),
        ("no-health-check", lambda service: "healthcheck" not in service),
        ("privileged-container", lambda service: service.get("privileged", False)),
        ("host-namespace", lambda service: service.get("pid") == "host"),
        ("capability-added", lambda service: "cap_add" in service),
        (
            "capabilities-not-dropped",
            lambda service: not service.get("privileged") and "cap_drop" not in service,
        ),
        (
            "engine-socket-mounted",
            lambda service: any("docker.sock" in m["source"] for m in service.get("volumes", [])),
        ),
        (
            "depends-without-health",
            lambda service: any(
                wait["condition"] == "service_started"
                for wait in service.get("depends_on", {}).values()
            ),
        ),
    ],
)
def test_compose_has_the_defects_that_are_listed(
    check: str, has_it: Callable[[dict[str, Any]], bool]
) -> None:
    services = resolved("--profile", "debug")

    assert listed(check, "compose") == {name for name, each in services.items() if has_it(each)}


def _limits(service: dict[str, Any]) -> dict[str, Any]:
    limits: dict[str, Any] = service.get("deploy", {}).get("resources", {}).get("limits", {})
    return limits


@pytest.mark.parametrize("packaging", ["kubernetes", "helm"])
@pytest.mark.parametrize(
    ("check", "has_it"),
    [
        ("runs-as-root", lambda pod: "runAsNonRoot" not in _context(pod)),
        ("writable-root-filesystem", lambda pod: "readOnlyRootFilesystem" not in _context(pod)),
        ("no-new-privileges-unset", lambda pod: "allowPrivilegeEscalation" not in _context(pod)),
        ("capability-added", lambda pod: "add" in _context(pod).get("capabilities", {})),
        ("no-memory-limit", lambda pod: "resources" not in pod["containers"][0]),
        ("floating-image-tag", lambda pod: pod["containers"][0]["image"].endswith(":latest")),
        ("default-service-account-token", lambda pod: "serviceAccountName" not in pod),
    ],
)
def test_pods_have_the_defects_that_are_listed(
    check: str, packaging: str, has_it: Callable[[dict[str, Any]], bool]
) -> None:
    known = manifests() if packaging == "kubernetes" else rendered()
    pods = {
        name: item["spec"]["template"]["spec"]
        for (kind, name), item in known.items()
        if kind in WORKLOADS
    }

    assert listed(check, packaging) == {name for name, pod in pods.items() if has_it(pod)}


def _context(pod: dict[str, Any]) -> dict[str, Any]:
    context: dict[str, Any] = pod["containers"][0].get("securityContext", {})
    return context


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("MAINTAINER is dead", r"^MAINTAINER "),
        ("The base has no tag", r"^FROM [\w./]+$"),
        ("Files that everybody may write", r"chmod -R 777"),
        ("ADD where COPY would do", r"^ADD "),
        ("CMD in shell form: the shell takes the stop signal", r"^CMD [^\[]"),
        ("The package index in a layer of its own grows stale", r"^RUN apt-get update$"),
        ("COPY . . before installing: each edit installs again", r"^COPY \. \.(?=[\s\S]*install)"),
        ("DEBUG sends tracebacks to clients", r"^ENV DEBUG=1"),
    ],
)
def test_dockerfiles_have_the_defects_that_are_listed(what: str, line: str) -> None:
    found = {
        path.parent.name
        for path in SHOP.rglob("Dockerfile")
        if re.search(line, path.read_text("utf-8"), re.MULTILINE)
    }
    told = {
        subject
        for row in rows()
        if row["what"] == what and row["packaging"] == "dockerfile"
        for subject in row["subject"].split(", ")
    }

    assert told == found


def test_no_dockerfile_sets_a_user() -> None:
    assert not [p for p in SHOP.rglob("Dockerfile") if "\nUSER " in p.read_text("utf-8")]


def test_the_routes_of_the_probes_are_routes_of_the_gateway() -> None:
    settings = yaml.safe_load((SHOP / "cmi.yaml").read_text("utf-8"))
    configuration = (SHOP / "images" / "gateway" / "nginx.conf").read_text("utf-8")
    routes = re.findall(r"location (?:= )?(/\w+)", configuration)

    assert all(probe["path"].startswith(tuple(routes)) for probe in settings["probes"])
    assert {probe["service"] for probe in settings["probes"]} == {"gateway"}


def test_the_programme_reads_the_settings() -> None:
    text = (SHOP / "cmi.yaml").read_text("utf-8")
    settings = read_settings("cmi.yaml", text, {row["check"] for row in rows()})

    entry = choose(discover(read_source([SHOP])), settings.entry)
    assert entry is not None
    assert entry.paths == ("compose.yaml", "compose.override.yaml")
    assert settings.allows("build", "catalog")
    assert not settings.allows("pull", "catalog")


def test_the_waiver_is_for_a_defect_that_is_listed() -> None:
    settings = yaml.safe_load((SHOP / "cmi.yaml").read_text("utf-8"))

    for waiver in settings["waivers"]:
        assert waiver["place"] in listed(waiver["check"], "compose")
