"""The deployment document: order, commands, checks and rollback of exactly this platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.reporting import commands
from tasks.domain.reporting.deliverables import LANGUAGES, Deliverable
from tasks.domain.reporting.deliverables.phrases import columns, doors_text, names
from tasks.domain.reporting.markdown import block, bullets, code, document, escape, table
from tasks.domain.reporting.orders import needed_by, start_order
from tasks.domain.reporting.texts import Wording, wording
from tasks.domain.theory.distributed.needs import ending

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.model import Platform, Service

_KEEPS = {"volume", "claim", "bind"}
_MOST_NAMES = 6  # in a heading; the table above has all
_HEALTH = {"health", "readiness", "liveness", "startup"}


def deployment_document(platform: Platform, *, patched: bool) -> Deliverable:
    """Write the deliverable ``deployment-document``; ``patched`` when there are changes to undo."""
    document_of = _Document(platform, patched=patched)
    return Deliverable("deployment-document", {e: document_of.text(e) for e in LANGUAGES})


class _Document:
    def __init__(self, platform: Platform, *, patched: bool) -> None:
        self.platform = platform
        self.patched = patched
        self.steps = start_order(platform)
        self.needs, _ = needed_by(platform)
        self.ending = ending(platform)
        self.services: dict[str, list[Service]] = {}
        for service in platform.services:  # one name may stand in several namespaces
            self.services.setdefault(service.name, []).append(service)

    def text(self, language: str) -> str:
        say = wording(language, "deliverables")
        title = say("deployment.title", entry=escape(self.platform.entry.id))
        intro = say("deployment.intro", len(self.services), steps=len(self.steps))
        parts = [f"{intro} {say('deployment.static')}", self._before(say), self._order(say)]
        return document(title, *parts, *self._steps(say), self._after(say), self._back(say))

    def _before(self, say: Wording) -> str:
        boxes = [box for service in self.platform.services for box in service.containers]
        pulled = {box.image.value for box in boxes if box.image and not box.build}
        built = sorted({s.name for s in self.platform.services if any(_built(s))})
        ports = sorted({p.host for box in boxes for p in box.ports if p.host and p.host > 0})
        lines = []
        if pulled:
            lines.append(say("deployment.pulled", len(pulled)))
        if built:
            lines.append(say("deployment.built", names=names(built, say)))
        if ports:
            lines.append(say("deployment.ports", ports=names([str(p) for p in ports], say)))
        if self.platform.unread:
            lines.append(say("deployment.unread", len(self.platform.unread)))
        rows = [[code(s.name), names(kept, say)] for s, kept in self._keeping()]
        if rows:
            lines.append(say("deployment.state"))
        headings = columns(say("deployment.state_table"))
        kept_table = table(headings, rows) if rows else ""
        return f"## {say('deployment.before')}\n\n{bullets(lines)}\n{kept_table}" if lines else ""

    def _keeping(self) -> Iterator[tuple[Service, list[str]]]:
        for service in self.platform.services:
            kept = dict.fromkeys(
                mount.source or mount.target
                for box in service.containers
                for mount in box.mounts
                if mount.kind in _KEEPS and not mount.read_only
            )
            if kept:
                yield service, list(kept)

    def _order(self, say: Wording) -> str:
        rows = []
        for number, step in enumerate(self.steps, start=1):
            needed = sorted({n for name in step for n in self.needs[name]} - set(step))
            rows.append([str(number), names(step, say), names(needed, say) or say("none")])
        circles = [
            say("deployment.circle", names=names(inner, say))
            for step in self.steps
            if (inner := [n for n in step if set(self.needs[n]) & set(step)])
        ]
        parts = [f"## {say('deployment.order')}", *circles]
        return "\n\n".join([*parts, table(columns(say("deployment.order_table")), rows)])

    def _steps(self, say: Wording) -> Iterator[str]:
        stepwise = commands.by_step(self.platform)
        first = commands.without_workloads(self.platform) if stepwise else []
        if not stepwise:
            lines = "\n".join(commands.bring_in(self.platform))
            yield f"## {say('deployment.whole')}\n\n{block(lines, 'sh')}"
        elif first and self.platform.entry.kind != "compose":
            yield f"## {say('deployment.first')}\n\n{block(commands.apply(first), 'sh')}"
        for number, step in enumerate(self.steps, start=1):
            services = [each for name in step for each in self.services[name]]
            typed = [commands.start(self.platform, services)] if stepwise else []
            typed += [line for each in services if (line := commands.wait(each))]
            if self.platform.entry.kind == "compose":
                typed += commands.wait_for_end(self.platform, sorted(self.ending & {*step}))
            shown = names(step, say, _MOST_NAMES)
            heading = f"## {say('deployment.step', step=number, names=shown)}"
            checks = bullets(check for each in services for check in self._checks(each, say))
            yield "\n\n".join(
                [
                    heading,
                    *([block("\n".join(typed), "sh").rstrip()] if typed else []),
                    f"{say('deployment.check')}{say('colon').rstrip()}",
                    checks,
                ]
            )

    def _checks(self, service: Service, say: Wording) -> Iterator[str]:
        name = code(service.name)
        probes = {p.kind for box in service.containers for p in box.probes if not p.disabled}
        if service.kind in ("Job", "CronJob") or service.name in self.ending:
            yield say("deployment.check_done", name=name)
        elif service.kind in commands.ROLLED_OUT and probes & {"readiness"}:
            yield say("deployment.check_ready", name=name)
        elif probes & _HEALTH:
            yield say("deployment.check_health", name=name)
        else:
            yield say("deployment.check_running", name=name)
        hosts = {p.host for box in service.containers for p in box.ports if p.host and p.host > 0}
        for port in sorted(hosts):
            yield say("deployment.check_port", name=name, port=port)

    def _after(self, say: Wording) -> str:
        doors = doors_text(self.platform, say)
        text = say("deployment.after_text", doors=doors)
        shown = text if doors else say("deployment.no_doors")
        return f"## {say('deployment.after')}\n\n{shown}"

    def _back(self, say: Wording) -> str:
        parts = [f"## {say('deployment.back')}", say("deployment.back_text")]
        if self.patched:
            patch = "git apply -R proposed.patch"
            parts += [say("deployment.back_patch"), block(patch, "sh").rstrip()]
        backwards = [s for step in reversed(self.steps) for n in step for s in self.services[n]]
        lines = commands.undo(self.platform, backwards)
        if lines:
            parts += [say("deployment.back_run"), block("\n".join(lines), "sh").rstrip()]
        return "\n\n".join(parts)


def _built(service: Service) -> Iterator[bool]:
    return (box.build is not None for box in service.containers)
