"""What runs is what its files say: on a real engine, with a stack of our own."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import tarfile
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasks.domain.assess import assess
from tasks.domain.exits import Exit
from tasks.domain.platform.locations import locate
from tasks.domain.propose import propose_with_reasons
from tasks.tools.command import find_program
from tasks.tools.engine import EngineUnreachableError, connected
from tasks.tools.opening import open_source
from tasks.tools.platforms import intake
from tasks.tools.running import read_engine
from tasks.tools.sources import SourceError
from tests.commands import cmi, one_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.containers import Container
    from tasks.domain.platform.model import Platform

CANARY = "hunter2-CANARY-9f3a"
IMAGE = "base.local/busybox:cmi-test"
COMPOSE = f"""
services:
  web:
    image: {IMAGE}
    command: ["httpd", "-f", "-p", "8080"]
    ports: ["127.0.0.1:18080:8080", "19000:9000/udp"]
    environment: {{MODE: debug, DB_PASSWORD: {CANARY}, DB_HOST: db, PRICE: "a$$b"}}
    labels: {{team: {CANARY}}}
    healthcheck: {{test: ["CMD", "true"], interval: 5s, timeout: 2s, retries: 3}}
    depends_on: {{db: {{condition: service_healthy}}, cache: {{condition: service_started}}}}
    mem_limit: 64m
    cpus: 0.5
    pids_limit: 50
    cap_drop: [ALL]
    cap_add: [NET_ADMIN]
    read_only: true
    security_opt: ["no-new-privileges:true"]
    tmpfs: ["/tmp:size=1m"]
    user: "1000:1000"
    restart: unless-stopped
    networks: [front, default]
    stop_grace_period: 3s
  db:
    image: {IMAGE}
    command: ["sleep", "3600"]
    init: true
    healthcheck: {{test: ["CMD", "true"], interval: 1s}}
    volumes: ["data:/data", "./conf:/conf:ro", "/var/run:/hostrun"]
    privileged: true
    deploy: {{replicas: 2}}
  cache:
    image: {IMAGE}
    command: ["sleep", "3600"]
    init: true
    pid: host
    network_mode: host
    logging: {{driver: json-file, options: {{max-size: 1m}}}}
networks:
  front: {{internal: true}}
volumes:
  data: {{}}
"""


@pytest.fixture(scope="module")
def engine() -> Iterator[str]:
    """Give the address of an engine that tests may use, with a small image on it."""
    address = os.environ.get("CMI_TEST_ENGINE", "")
    if not address:
        pytest.skip("CMI_TEST_ENGINE names no Docker engine that tests may use")
    if find_program("docker-compose") is None:
        pytest.skip("Docker Compose is not installed here")
    program = os.environ.get("CMI_TEST_BUSYBOX") or shutil.which("busybox")
    if program is None:
        pytest.skip("there is no static busybox here (Debian: busybox-static)")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", address)
        with connected() as found:
            found.client.import_image_from_data(_filesystem(Path(program)), *IMAGE.rsplit(":", 1))
        yield address


def _filesystem(program: Path) -> bytes:
    data, out = program.read_bytes(), io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("bin/busybox")
        member.size, member.mode = len(data), 0o755
        archive.addfile(member, io.BytesIO(data))
        for name in ("httpd", "sleep", "true", "sh"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
    return out.getvalue()


@pytest.fixture(scope="module")
def stack(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Run the stack; give its folder and its project."""
    folder, project = tmp_path_factory.mktemp("stack"), f"cmi-test-{uuid.uuid4().hex[:8]}"
    (folder / "conf").mkdir()
    (folder / "compose.yaml").write_text(COMPOSE)

    def compose(*words: str) -> None:
        subprocess.run(
            [str(find_program("docker-compose")), "-p", project, *words],
            cwd=folder, check=True, capture_output=True, timeout=60,
            env={**os.environ, "DOCKER_HOST": engine},
        )  # fmt: skip

    try:
        compose("up", "-d", "--wait")
        yield folder, project
    finally:
        compose("down", "-v", "--timeout", "1")


def _said(platform: Platform | None) -> set[tuple[str, str, str]]:
    assert platform is not None
    return {(f.check, f.subject, f.severity) for f in assess(platform)}


@pytest.mark.engine
def test_what_runs_has_the_findings_of_its_files(stack: tuple[Path, str]) -> None:
    folder, project = stack
    files, live = intake([folder]), intake([f"docker://{project}"])

    assert len(_said(files.platform)) > 15
    assert _said(live.platform) == _said(files.platform)


@pytest.mark.engine
def test_what_runs_has_the_services_edges_limits_and_ports_of_its_files(
    stack: tuple[Path, str],
) -> None:
    folder, project = stack
    files, live = intake([folder]).platform, intake([f"docker://{project}"]).platform
    assert files is not None
    assert live is not None

    def edges(platform: Platform) -> list[tuple[str, ...]]:
        return sorted((e.source, e.target, e.kind, e.condition) for e in platform.edges)

    assert edges(live) == edges(files)
    assert [s.name for s in live.services] == sorted(s.name for s in files.services)
    assert _plain(_model(live)) == _plain(_model(files))


def _model(platform: Platform) -> list[tuple[object, ...]]:
    return sorted(
        (
            s.name,
            s.replicas.value if s.replicas else None,
            s.restart.value if s.restart else None,
            s.grace.value if s.grace else None,
            sorted(n.value for n in s.networks),
            sorted((d.target, d.condition) for d in s.depends_on),
            [_inside(c) for c in s.containers],
        )
        for s in platform.services
    )


def _inside(container: Container) -> tuple[object, ...]:
    limits = container.resources
    return (
        container.image.value if container.image else "",
        limits.memory_limit and limits.memory_limit.value,
        limits.cpu_limit and limits.cpu_limit.value,
        limits.pids_limit and limits.pids_limit.value,
        sorted((p.container, p.host, p.host_ip, p.protocol) for p in container.ports),
        sorted((m.kind, m.target, m.read_only) for m in container.mounts),
        sorted((v.name, str(v.features)) for v in container.environment),
        [replace(p, place=container.place, path="") for p in container.probes],
    )


def _plain(model: object) -> str:
    """Places are the one thing that differs."""
    return re.sub(r"Place\([^)]*\)", "P", str(model))


@pytest.mark.engine
def test_places_name_the_object_and_changes_say_why_there_are_none(
    stack: tuple[Path, str],
) -> None:
    _, project = stack
    found = intake([f"docker://{project}"])
    assert found.platform is not None
    findings = assess(found.platform)
    proposed = propose_with_reasons(found.platform, findings, found.source)

    assert {f.place.file for f in findings} == {f"{project}/{n}" for n in ("web", "db", "cache")}
    assert proposed.candidates == ()
    assert [each.reason for each in proposed.not_assessed] == ["what runs has no files to change"]
    assert "how the images of" in found.not_assessed[0].what


@pytest.mark.engine
def test_asking_twice_gives_the_same_bytes(stack: tuple[Path, str]) -> None:
    place = f"docker://{stack[1]}"
    one, other = open_source([place]), open_source([place])

    assert one.digest(one.files) == other.digest(other.files)


@pytest.mark.engine
def test_no_answer_holds_a_value_of_the_environment(engine: str, stack: tuple[Path, str]) -> None:
    for command in ("intake", "check"):
        answer = cmi(stack[0], command, f"docker://{stack[1]}", "--json", DOCKER_HOST=engine)
        assert one_document(answer, command, Exit(answer.returncode))
        assert CANARY not in answer.stdout + answer.stderr


@pytest.mark.engine
def test_a_project_that_does_not_run_is_one_sentence(engine: str) -> None:
    with pytest.raises(SourceError, match=r"docker://gone runs on the engine"):
        read_engine(locate("docker://gone"))


def test_an_engine_that_is_not_there_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("docker", reason="the client of the engine is not installed here")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")

    with pytest.raises(EngineUnreachableError, match="Nobody answers"):
        read_engine(locate("docker://shop"))
