from __future__ import annotations

import json
from typing import Any

from tasks.domain.platform.live.containers import LABEL, Engine
from tasks.domain.platform.live.projects import write


def container(name: str, project: str = "shop", service: str = "", **more: Any) -> dict[str, Any]:
    labels = {"project": project, "service": service or name, "container-number": "1"}
    config = {"Image": "img:1", "Labels": {f"{LABEL}{k}": v for k, v in labels.items() if project}}
    return {
        "Id": name * 3,
        "Name": f"/{project}-{name}-1" if project else f"/{name}",
        "Image": "sha256:1",
        "State": {"Running": True},
        "Config": config | more.pop("config", {}),
        "HostConfig": more.pop("host", {}),
        "Mounts": [],
        "NetworkSettings": {"Networks": {}},
        **more,
    }


def service(engine: Engine, project: str, name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(write(engine).files[f"{project}/{name}"])
    found: dict[str, Any] = document["services"][name]
    return found


def test_each_project_is_an_entry_and_each_service_a_file_that_is_named_after_it() -> None:
    engine = Engine((container("web"), container("db"), container("x", "other")))

    written = write(engine)

    assert [(e.id, e.paths) for e in written.entries] == [
        ("other", ("other/x",)),
        ("shop", ("shop/db", "shop/web")),
    ]
    assert [e.id for e in write(engine, "shop").entries] == ["shop"]


def test_copies_of_a_service_are_one_service_with_replicas() -> None:
    engine = Engine((container("web-1", service="web"), container("web-2", service="web")))

    assert list(write(engine).files) == ["shop/web"]
    assert service(engine, "shop", "web")["deploy"] == {"replicas": 2}


def test_what_was_run_once_by_hand_belongs_to_no_platform() -> None:
    once = container("web", config={"Labels": {f"{LABEL}project": "s", f"{LABEL}oneoff": "True"}})
    over = container("old", "", State={"Running": False})

    assert write(Engine((once, over))).entries == ()


def test_containers_of_no_project_are_one_entry_under_their_own_names() -> None:
    written = write(Engine((container("pg", ""), container("cache", ""))))

    assert [(e.id, e.paths) for e in written.entries] == [
        ("containers", ("containers/cache", "containers/pg"))
    ]


def test_what_runs_refers_to_no_variable() -> None:
    engine = Engine(
        (container("web", config={"Image": "i", "Env": ["PRICE=$5 ${X}"], "Labels": {}}),)
    )

    assert service(engine, "containers", "shop-web-1")["environment"] == ["PRICE=$$5 $${X}"]


def test_an_engine_says_what_it_cannot_know_and_names_the_files_that_can() -> None:
    labels = {f"{LABEL}project": "shop", f"{LABEL}project.config_files": "/srv/shop/compose.yaml"}
    written = write(Engine((container("web", config={"Labels": labels}),)))

    assert [each.what for each in written.not_assessed] == [
        "how the images of shop are built",
        "services of shop without a container",
    ]
    assert {each.remedy for each in written.not_assessed} == {"Check /srv/shop/compose.yaml, too."}


def test_the_same_containers_give_the_same_bytes_in_any_order() -> None:
    both = (container("web"), container("db"))

    assert write(Engine(both)).files == write(Engine(both[::-1])).files
