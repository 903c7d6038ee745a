"""A small platform with everything that a bundle can say of one, for several tests."""

from __future__ import annotations

from dataclasses import replace

from tasks.domain.candidates import Candidate, CandidateState, Edit, Proof, ProofState, Recipe
from tasks.domain.evidence import Evidence
from tasks.domain.findings import Finding, Severity
from tasks.domain.kpis import applicable_controls
from tasks.domain.platform.containers import Container, Port, Sited
from tasks.domain.platform.model import (
    Edge,
    Entry,
    EntryKind,
    NotAssessed,
    Platform,
    Service,
    Unread,
)
from tasks.domain.platform.nodes import Place, Span
from tasks.domain.programme import CELLS
from tasks.domain.reporting.bundle import Bundle, CellResult, Combination, Contents, Run, assemble
from tasks.domain.reporting.deliverables import Deliverable
from tasks.domain.reporting.records import Text

FILE = "compose.yaml"
AT = "2026-03-01T12:00:00Z"
PATCH = """\
--- a/compose.yaml
+++ b/compose.yaml
@@ -2,4 +2,4 @@
   web:
-    image: shop/web:latest
+    image: shop/web:1.4.2
     ports:
       - "80:8080"
"""
WEB = "services.web"


def place(line: int) -> Place:
    return Place(FILE, line, 5)


def service(name: str, line: int, *, host: int | None = None) -> Service:
    where = place(line)
    path = f"services.{name}"
    box = Container(
        name,
        where,
        path,
        image=Sited(f"shop/{name}:1", where, f"{path}.image"),
        ports=(Port(8080, where, f"{path}.ports[0]", host=host),),
    )
    return Service(name, "Compose", where, path, (box,))


PLATFORM = Platform(
    Entry("compose", EntryKind.COMPOSE, (FILE,), default=True),
    services=(service("web", 2, host=80), service("orders", 7), service("db", 11)),
    edges=(
        Edge("web", "orders", "depends_on", place(5), "service_started"),
        Edge("orders", "db", "reference", place(9)),
    ),
    files=(FILE,),
)


def finding(check: str, severity: Severity, line: int, **more: object) -> Finding:
    subject = str(more.pop("subject", "web"))
    base = Finding(
        f"{check}-0000000001",
        check,
        severity,
        subject,
        place(line),
        f"services.{subject}.image",
        controls=(f"control:{check}",),
        theory=("blast-radius",),
    )
    return replace(base, **more)  # type: ignore[arg-type]  # fields by name, checked at run time


CONTROL, OTHER = list(applicable_controls(["compose"]))[:2]
FINDINGS = (
    finding("image-floating", Severity.HIGH, 3, controls=(CONTROL,)),
    finding("privileged", Severity.CRITICAL, 12, subject="db"),
    finding("port-open", Severity.LOW, 5, waived="public by design (owner: ada)"),
)
CANDIDATES = (
    Candidate(
        "pin-image-web",
        "pin-image",
        (FINDINGS[0].id,),
        "web",
        (Edit(FILE, Span(30, 44), "shop/web:1.4.2"),),
        patch=PATCH,
        measure="same bytes at each start",
    ),
    Candidate(
        "drop-privileged-db",
        "drop-privileged",
        (FINDINGS[1].id,),
        "db",
        (),
        recipe=Recipe(FILE, "0" * 64, (Edit(FILE, Span(1, 2), "x"),)),
    ),
)


def text(title: str) -> dict[str, Text]:
    return {
        "en": Text(title, f"{title} here", f"why {title}", f"remedy {title}"),
        "zh": Text(f"{title} 中文", f"这里 {title}", f"原因 {title}", f"补救 {title}"),
    }


def deliverable(name: str = "user-manual") -> Deliverable:
    texts = {"en": "# Manual\n\n## Start\n\nOne | two\n", "zh": "# 手册\n\n## 启动\n\n一\n"}
    return Deliverable(name, texts)


def cells() -> tuple[CellResult, ...]:
    built = {"theory/distributed", "build/security", "optimise/training"}
    return tuple(
        CellResult(
            cell.id,
            cell.workstream.value,
            "done" if cell.id in built else "not built",
            cell.owes,
        )
        for cell in CELLS
    )


def contents(**changes: object) -> Contents:
    """Everything, with ``changes`` by field."""
    whole = Contents(
        version="0.1.0",
        run=Run("run-1", "night-1", "shop", "ab" * 32),
        platform=PLATFORM,
        written={"compose_services": 3, "kinds": {"Deployment": 0}},
        texts={each.id: text(each.check) for each in FINDINGS}
        | {each.id: text(each.kind) for each in CANDIDATES},
        unread=(Unread("old.yaml", 4, "is not YAML"),),
        not_assessed=(
            NotAssessed("old.yaml", "is not YAML", "correct line 4", input=True),
            NotAssessed("known vulnerabilities", "no feed", "`cmi doctor`"),
        ),
        findings=FINDINGS,
        candidates=CANDIDATES,
        proposed=Combination(PATCH, ("pin-image-web",), {"drop-privileged-db": "is a recipe"}),
        cells=cells(),
        at=AT,
        deliverables=(deliverable(),),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # fields by name


def accepted() -> Candidate:
    """Return a candidate that has its four proofs."""
    proofs = {
        part: Proof(ProofState.PASSED, evidence=(proof_evidence().digest,))
        for part in ("finding", "probe", "ab", "rollback")
    }
    return replace(CANDIDATES[0], state=CandidateState.ACCEPTED, proofs=proofs)


def proof_evidence() -> Evidence:
    return Evidence(b'{"samples": [1, 2]}', "json")


def bundle(**changes: object) -> Bundle:
    """Assemble `contents`."""
    return assemble(contents(**changes))
