"""Rows about crowds: few lines that mean millions of ports, thousands of one thing in one file.

Also what else lies in a repository, and is nobody's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.exits import Exit
from tests.robustness.case import ASSESSED, POD, WEB, Case

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1 << 20


def _ports(spec: str, services: int) -> dict[str, str]:
    more = (f"  s{n}: {{image: 'a:1', ports: ['{spec}']}}\n" for n in range(services))
    return {"compose.yaml": WEB + "".join(more)}


def _beside(folder: Path) -> None:
    """Write a platform among files that no reader needs; those take no room on the disk."""
    (folder / "compose.yaml").write_text(WEB)
    (folder / ".env").write_text("TAG=1\n")
    (folder / "pod.yaml").write_text(POD)
    for name, size in {"dump.sql": 300, "a.bin": 120, "b.bin": 120, "c.bin": 120}.items():
        with (folder / name).open("wb") as file:
            file.truncate(size * MIB)
    (folder / "assets").mkdir()
    for number in range(12):
        with (folder / f"assets/{number}.pack").open("wb") as file:
            file.truncate(100 * MIB)


def _containers(count: int) -> dict[str, str]:
    more = (f"  - {{name: c{n}, image: 'a:1'}}\n" for n in range(count))
    return {"pod.yaml": POD + "".join(more)}


def _services(count: int) -> dict[str, str]:
    """Write each object on one line, where a patch would show what may be a secret."""
    box = "containers: [{name: c, image: 'a:1'}]"
    pairs = (
        f"---\n{{apiVersion: v1, kind: Service, metadata: {{name: s{n}}}, "
        f"spec: {{selector: {{app: a{n}}}, ports: [{{port: 80}}]}}}}\n"
        f"---\n{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: d{n}}}, "
        f"spec: {{selector: {{matchLabels: {{app: a{n}}}}}, "
        f"template: {{metadata: {{labels: {{app: a{n}}}}}, spec: {{{box}}}}}}}}}\n"
        for n in range(count)
    )
    return {"all.yaml": POD + "".join(pairs)}


CROWDS: tuple[Case, ...] = (
    Case(
        "odd-ports-of-sixty",
        "60 services with all ports of a host each",
        _ports("1-65535:1-65535", 60),
        Exit.INPUT_UNREAD,
        (r"^unread compose\.yaml:6: .*more than 65536 ports", ASSESSED),
    ),
    Case(
        "odd-ports-chosen-late",
        "60 000 ports whose numbers on the host are chosen when it starts",
        _ports("1-60000", 1),
        Exit.DONE,
        (ASSESSED,),
    ),
    Case(
        "odd-containers-of-one-pod",
        "2 000 containers in one pod",
        _containers(2000),
        Exit.DONE,
        (ASSESSED,),
    ),
    Case(
        "odd-services-on-a-line",
        "2 000 Services and 2 000 Deployments in one file, each on one line",
        _services(2000),
        Exit.DONE,
        (ASSESSED,),
    ),
    Case(
        "odd-large-files-beside",
        "1.8 GB of other files beside a Compose file, one larger than any that is read",
        _beside,
        Exit.DONE,
        (rf"{ASSESSED}compose\.yaml:4",),
        asks="compose.yaml",
        megabytes=300,
    ),
)
