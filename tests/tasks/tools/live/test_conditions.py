from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING, Any

from tasks.tools.live.conditions import conditions

if TYPE_CHECKING:
    from pathlib import Path


def engine() -> Any:
    """An engine with two replicas of one service, and one of another."""
    listed = [
        {"Labels": {"com.docker.compose.service": name}, "ImageID": image}
        for name, image in (("web", "sha256:1"), ("web", "sha256:1"), ("db", "sha256:2"))
    ]

    class Client:
        def containers(self, **_: Any) -> list[dict[str, Any]]:
            return listed

    return type("E", (), {"client": Client(), "version": "26.1.5"})()


def test_engine_machine_and_images_are_named(tmp_path: Path) -> None:
    about = tmp_path / "cpuinfo"
    about.write_text("processor\t: 0\nmodel name\t: Fast (TM) 3: 2 GHz\n\nmodel name\t: other\n")

    found = conditions(engine(), "cmi-p", about)

    assert found == {
        "protocol": "1",
        "engine": "26.1.5",
        "processor": "Fast (TM) 3: 2 GHz",
        "processors": os.cpu_count(),
        "images": {"db": "sha256:2", "web": "sha256:1"},
    }


def test_where_the_kernel_names_no_processor_its_architecture_tells(tmp_path: Path) -> None:
    found = conditions(engine(), processors=tmp_path / "none")

    assert found["processor"] == platform.machine()
    assert "images" not in found
