from __future__ import annotations

from tasks.domain.platform.compose.reader import read
from tasks.domain.platform.model import Entry, EntryKind, Platform
from tasks.domain.platform.sources import Source


def _platform(text: str, **files: str) -> Platform:
    named = {"compose.yaml": text, **{k.replace("_", "."): v for k, v in files.items()}}
    source = Source("s", {name: body.encode() for name, body in named.items()})
    return read(source, Entry("compose.yaml", EntryKind.COMPOSE, ("compose.yaml",)))


def test_how_a_service_starts_and_stops_is_read_with_its_place() -> None:
    (web,) = _platform("""\
services:
  web:
    image: example/web:1
    stop_grace_period: 1m30s
    stop_signal: SIGINT
    container_name: web-1
    platform: linux/arm64
    uts: host
    deploy:
      restart_policy:
        condition: on-failure
""").services

    assert web.grace is not None
    assert (web.grace.value, web.grace.place.line) == (90.0, 4)
    assert web.stop_signal is not None
    assert web.stop_signal.value == "SIGINT"
    assert web.fixed_name is not None
    assert web.architecture is not None
    assert web.architecture.value == "linux/arm64"
    assert web.host_uts is not None
    assert web.host_uts.value
    assert web.deploy_restart is not None
    assert web.deploy_restart.value == "on-failure"


def test_output_is_bounded_by_a_size_or_by_a_driver_that_keeps_none() -> None:
    services = _platform("""\
services:
  usual: {image: a, logging: {driver: json-file}}
  sized: {image: a, logging: {options: {max-size: 1m}}}
  sent: {image: a, logging: {driver: syslog}}
  silent: {image: a}
""").services

    found = {each.name: each.logging and each.logging.bounded for each in services}
    assert found == {"usual": False, "sized": True, "sent": True, "silent": None}


def test_isolation_that_is_switched_off_is_read() -> None:
    (web,) = _platform("""\
services:
  web:
    image: a
    security_opt: ["apparmor=unconfined", "seccomp:unconfined", "systempaths=unconfined"]
    devices: ["/dev/ttyUSB0:/dev/ttyUSB0"]
    pids_limit: 100
    oom_kill_disable: true
    tmpfs: ["/a", "/b:size=1m"]
    volumes: [{type: bind, source: /x, target: /x, bind: {propagation: rshared}}]
    healthcheck: {test: "curl x || true"}
""").services
    (container,) = web.containers
    isolation, resources = container.isolation, container.resources

    assert isolation.confinement_off is not None
    assert (isolation.confinement_off.value, isolation.confinement_off.place.line) == (
        "AppArmor",
        4,
    )
    assert isolation.unmasked is not None
    assert isolation.seccomp is not None
    assert [device.place.line for device in isolation.devices] == [5]
    assert resources.pids_limit is not None
    assert resources.oom_killer_off is not None
    assert [(m.target, m.propagation, m.sized) for m in container.mounts] == [
        ("/x", "rshared", False),
        ("/a", "", False),
        ("/b", "", True),
    ]
    assert container.probes[0].vacuous


def test_variables_of_the_project_are_read_without_values_unless_git_leaves_them_alone() -> None:
    text = "services: {web: {image: a}}\n"
    told = _platform(text, _env="A=teapot\n")
    ignored = _platform(text, _env="A=teapot\n", _gitignore="/.env\n")

    assert [(each.name, each.place.line, each.origin) for each in told.variables] == [
        ("A", 1, "dotenv")
    ]
    assert "teapot" not in repr(told)
    assert ignored.variables == ()


def test_what_git_leaves_alone_need_be_no_text() -> None:
    files = {"compose.yaml": b"services: {web: {image: a}}\n", ".env": b"A=teapot\n"}
    entry = Entry("compose.yaml", EntryKind.COMPOSE, ("compose.yaml",))

    for names, known in ((b"caf\xe9\n", 1), (b"\xff\n.env\n", 0), (b"\xef\xbb\xbf.env\n", 0)):
        found = read(Source("s", {**files, ".gitignore": names}), entry)
        assert len(found.variables) == known


def test_what_must_be_there_before_is_read() -> None:
    found = _platform("""\
services: {web: {image: a}}
networks: {outer: {external: true}, own: {}}
volumes: {data: {external: {name: there}}}
""")

    assert [each.path for each in found.external] == ["networks.outer", "volumes.data"]
