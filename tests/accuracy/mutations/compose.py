"""How each defect is planted in a Compose service."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.accuracy.mutations.plant import (
    Plant,
    add,
    both,
    drop,
    one_of,
    partner,
    put,
    setting,
    to_all,
)
from tests.accuracy.mutations.yamltext import Unfit

if TYPE_CHECKING:
    from tests.accuracy.mutations.places import Site

ON = True
_ASKED = {"test": ["CMD", "wget", "-q", "-O-", "http://localhost:8080/ready"], "interval": "30s"}
_OPEN = ("5432", "3306", "6379", "27017", "5672", "9200")
_DIGEST = "example/site@sha256:" + "0123456789abcdef" * 4
_OLD = ("redis:4.0.6", "mongo:3.4", "python:3.6-slim", "mysql:5.6", "node:12-alpine")
_STORES = ("postgres:17", "mysql:8.4", "mongo:8", "rabbitmq:4", "elasticsearch:9.1.0")
_STORED = re.compile(r"image:.*(mongo|mysql|postgres|rabbitmq)")
_ROTATED = {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}}


def _port(container: str, *, address: str = "") -> Any:
    return lambda site: site.edits.add(site.service, [f"{address}{site.host}:{container}"], "ports")


def _open_store(site: Site) -> None:
    _port(site.chance.choice(_OPEN))(site)


def _port_twice(site: Site) -> None:
    site.edits.add(site.service, [f"{site.host}:{inner}" for inner in (81, 82)], "ports")


def _wait_for(condition: str) -> Any:
    def act(site: Site) -> None:
        needs = {partner(site): {"condition": condition}}
        site.edits.put(site.service, needs, "depends_on")

    return act


def _slow_gate(site: Site) -> None:
    """The place is the gate; the partner waits for it."""
    site.edits.put(site.service, _ASKED, "healthcheck")
    site.edits.drop(site.service, "depends_on")
    needs = {site.name: {"condition": "service_healthy"}}
    partner(site)
    site.edits.put(site.other, needs, "depends_on")


def _quick_gate(site: Site) -> None:
    quick = {**_ASKED, "interval": "1s"}
    site.edits.put(site.service, quick, "healthcheck")
    site.edits.drop(site.service, "depends_on")
    partner(site)
    site.edits.put(site.other, {site.name: {"condition": "service_healthy"}}, "depends_on")


def _early(site: Site) -> None:
    _wait_for("service_started")(site)
    site.edits.put(site.other, _ASKED, "healthcheck")


def _patient(site: Site) -> None:
    _wait_for("service_healthy")(site)
    site.edits.put(site.other, _ASKED, "healthcheck")


def _never_healthy(site: Site) -> None:
    _wait_for("service_healthy")(site)
    site.edits.put(site.other, {"disable": True}, "healthcheck")


def _ring(site: Site) -> None:
    site.edits.put(site.service, [partner(site)], "depends_on")
    site.edits.put(site.other, [site.name], "depends_on")


def _line(site: Site) -> None:
    site.edits.put(site.service, [partner(site)], "depends_on")
    site.edits.drop(site.other, "depends_on")


def _uses_store(site: Site) -> None:
    setting("STORE_ADDRESS", f"{partner(site)}:5432")(site)
    site.edits.put(site.other, "postgres:17", "image")
    drop("restart", "deploy")(site)


def _unawaited(site: Site) -> None:
    _uses_store(site)
    site.edits.drop(site.service, "depends_on")


def _awaited(site: Site) -> None:
    _uses_store(site)
    site.edits.put(site.service, [partner(site)], "depends_on")


def _secret_in_dotenv(site: Site) -> None:
    name = f"PLANTED{site.number}_PASSWORD"
    setting(name, f"${{{name}}}")(site)
    site.edits.beside(".env", f"{name}=correct-horse-{site.number}\n")


def _left_over(site: Site) -> None:
    kind = site.chance.choice(("volumes", "networks"))
    site.edits.put(site.document, {}, kind, f"planted-{site.number}")


def _elsewhere(site: Site) -> None:
    kind = site.chance.choice(("volumes", "networks"))
    site.edits.put(site.document, {"external": True}, kind, f"planted-{site.number}")


def _as_it_is(site: Site) -> None:
    """Leave it: these platforms have one network for everything. Not where nothing is stored."""
    if not _STORED.search(site.edits.text):
        raise Unfit


def _apart(site: Site) -> None:
    site.edits.put(site.service, ["apart"], "networks")
    site.edits.put(site.document, {}, "networks", "apart")


def _version(site: Site) -> None:
    site.edits.put(site.document, "3.8", "version")


def _no_version(site: Site) -> None:
    site.edits.drop(site.document, "version")


_NOT_LIMITED = drop("mem_limit", "deploy")

PLANTS: tuple[Plant, ...] = (
    Plant("privileged-container", put(ON, "privileged")),
    Plant("engine-socket-mounted", add("/var/run/docker.sock:/var/run/docker.sock", "volumes")),
    Plant("host-namespace", one_of(put("host", "pid"), put("host", "ipc"))),
    Plant(
        "host-folder-mounted",
        one_of(add("/etc:/planted/etc:ro", "volumes"), add("/var/lib/docker:/planted", "volumes")),
    ),
    Plant("capability-added", one_of(add("SYS_ADMIN", "cap_add"), add("NET_RAW_ADMIN", "cap_add"))),
    Plant("capabilities-not-dropped", drop("cap_drop"), put(["ALL"], "cap_drop")),
    Plant("runs-as-root", one_of(drop("user"), put("root", "user")), put("10001", "user")),
    Plant(
        "no-new-privileges-unset",
        drop("security_opt"),
        put(["no-new-privileges:true"], "security_opt"),
    ),
    Plant("writable-root-filesystem", drop("read_only"), put(ON, "read_only")),
    Plant(
        "literal-secret",
        one_of(
            setting("BILLING_API_KEY", "kf83hs01hfk2"),
            setting("STORE_URL", "postgres://shop:hunter22@elsewhere:5432/shop"),
            setting("ADMIN_PASSWORD", "correct-horse"),
        ),
    ),
    Plant(
        "floating-image-tag",
        one_of(put("example/site:latest", "image"), put("example/site", "image")),
        put("example/site:1.4.2", "image"),
    ),
    Plant("port-on-all-interfaces", _open_store, _port("5432", address="127.0.0.1:")),
    Plant("port-conflict", _port_twice, _port("81")),
    Plant("no-memory-limit", _NOT_LIMITED, both(drop("deploy"), put("256m", "mem_limit"))),
    Plant("no-cpu-limit", drop("cpus", "deploy"), both(drop("deploy"), put(0.5, "cpus"))),
    Plant(
        "implausible-quantity",
        both(drop("deploy"), one_of(put("4000g", "mem_limit"), put("2m", "mem_limit"))),
        both(drop("deploy"), put("256m", "mem_limit")),
    ),
    Plant("no-health-check", drop("healthcheck"), put(_ASKED, "healthcheck")),
    Plant("slow-start-gate", _slow_gate, _quick_gate),
    Plant("depends-without-health", _early, _patient),
    Plant("dangling-dependency", put(["planted-nowhere"], "depends_on")),
    Plant("dependency-cycle", _ring, _line, alone=True, anywhere=True),
    Plant("obsolete-key", _version, _no_version, alone=True, anywhere=True),
    Plant(
        "no-restart-policy",
        both(drop("restart", "deploy"), _port("9000", address="127.0.0.1:")),
        both(drop("deploy"), put("always", "restart"), _port("9000", address="127.0.0.1:")),
    ),
    Plant("gate-never-opens", _never_healthy, _patient),
    Plant("store-not-waited-for", _unawaited, _awaited),
    Plant("stops-too-soon", one_of(put("1s", "stop_grace_period"), put("SIGKILL", "stop_signal"))),
    Plant(
        "health-check-always-passes",
        one_of(
            put({"test": ["CMD", "true"]}, "healthcheck"),
            put({"test": "exit 0"}, "healthcheck"),
            put({"test": ["CMD-SHELL", "curl -f http://localhost || true"]}, "healthcheck"),
        ),
        put(_ASKED, "healthcheck"),
    ),
    Plant(
        "logs-unbounded",
        to_all(put(_ROTATED, "logging"), but=drop("logging")),
        to_all(put(_ROTATED, "logging")),
        alone=True,
    ),
    Plant("logs-discarded", put({"driver": "none"}, "logging"), put(_ROTATED, "logging")),
    Plant(
        "debug-log-level", one_of(setting("LOG_LEVEL", "debug"), setting("APP_LOGLEVEL", "TRACE"))
    ),
    Plant("debug-mode", one_of(setting("DEBUG", "1"), setting("FLASK_ENV", "development"))),
    Plant(
        "authentication-off",
        one_of(
            setting("ALLOW_ANONYMOUS_LOGIN", "yes"), setting("POSTGRES_HOST_AUTH_METHOD", "trust")
        ),
    ),
    Plant(
        "certificate-check-off",
        one_of(setting("NODE_TLS_REJECT_UNAUTHORIZED", "0"), setting("GIT_SSL_NO_VERIFY", "true")),
    ),
    Plant(
        "store-without-volume",
        both(one_of(*(put(each, "image") for each in _STORES)), drop("volumes")),
        both(put("postgres:17", "image"), put(["./planted:/data"], "volumes")),
    ),
    Plant("unlimited-tmpfs", both(_NOT_LIMITED, add("/planted", "tmpfs")), _NOT_LIMITED),
    Plant("unused-definition", _left_over, alone=True),
    Plant("host-path-needed", add("/srv/planted:/planted", "volumes")),
    Plant("single-architecture", put("linux/amd64", "platform")),
    Plant(
        "fixed-container-name",
        to_all(drop("container_name"), but=put("planted", "container_name")),
        to_all(drop("container_name")),
        alone=True,
    ),
    Plant("external-object-needed", _elsewhere, alone=True),
    Plant(
        "source-mounted",
        both(put("./planted", "build"), add("./planted:/app", "volumes")),
        put("./planted", "build"),
    ),
    Plant("legacy-links", lambda site: site.edits.put(site.service, [partner(site)], "links")),
    Plant("flat-network", _as_it_is, _apart, alone=True, anywhere=True),
    Plant(
        "dead-image",
        both(drop("build"), put("minio/minio:RELEASE.2024-01-01T00-00-00Z", "image")),
    ),
    Plant(
        "unsupported-image",
        both(drop("build"), one_of(*(put(each, "image") for each in _OLD))),
        both(drop("build"), put("example/site:1.4.2", "image")),
    ),
    Plant(
        "low-user-id",
        to_all(put("20002", "user"), but=both(put("1002:1002", "user"), drop("volumes"))),
        to_all(put("20002", "user")),
        alone=True,
    ),
    Plant(
        "image-without-digest",
        to_all(
            both(drop("build"), put(_DIGEST, "image")),
            but=both(drop("build"), put("example/site:1.4.2", "image")),
        ),
        to_all(both(drop("build"), put(_DIGEST, "image"))),
        alone=True,
    ),
    Plant(
        "no-process-limit",
        to_all(put(100, "pids_limit"), but=drop("pids_limit")),
        to_all(put(100, "pids_limit")),
        alone=True,
    ),
    Plant("out-of-memory-killer-off", put(ON, "oom_kill_disable")),
    Plant("secret-in-dotenv", _secret_in_dotenv),
    Plant("ssh-server", _port("22", address="127.0.0.1:")),
    Plant("system-call-filter-off", add("seccomp:unconfined", "security_opt")),
    Plant(
        "confinement-off",
        one_of(add("apparmor:unconfined", "security_opt"), add("label:disable", "security_opt")),
    ),
    Plant("kernel-paths-unmasked", add("systempaths=unconfined", "security_opt")),
    Plant("shared-mount-propagation", add("/srv/planted:/planted:rshared", "volumes")),
    Plant("device-exposed", add("/dev/ttyUSB0:/dev/ttyUSB0", "devices")),
)
