"""Recordings: what a real API server answered to each request of ours, in order.

A file holds the version of the server, how many objects a page had, and the answers. What
``python -m tests.recorded`` leaves out or replaces is named in it, too.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

HERE = Path(__file__).parent
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One request, and what the server said. Without ``limit``, which the recorder sets."""

    method: str
    path: str
    status: int
    body: Any


@dataclass(slots=True)
class Recording:
    """A conversation with one server about one namespace."""

    server: str
    namespace: str
    limit: int
    changed: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def save(self, name: str) -> None:
        """Keep it beside this module."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (HERE / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")

    def objects(self) -> list[Facts]:
        """Give every object that the server listed, with the kind that its list has."""
        found = []
        for answer in self.answers:
            for item in (answer.body.get("items") or []) if answer.status == 200 else []:
                kind = str(answer.body["kind"]).removesuffix("List")
                found.append({"apiVersion": answer.body["apiVersion"], "kind": kind} | item)
        return found


def recording(name: str) -> Recording:
    """Open a recording."""
    facts = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    facts["answers"] = [Answer(**each) for each in facts["answers"]]
    return Recording(**facts)


def named(target: str, limit: int = 0) -> str:
    """Write the target of a request in one way: without a limit, or with this one."""
    url = urlsplit(target)
    query = [pair for pair in parse_qsl(url.query) if pair[0] != "limit"]
    if limit and len(query) != len(parse_qsl(url.query)):
        query.append(("limit", str(limit)))
    return f"{url.path}?{urlencode(query)}" if query else url.path
