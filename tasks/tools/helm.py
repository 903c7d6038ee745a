"""Helm charts rendered by the Helm library of a wheel, without cluster or network.

A template may loop for ever or fill the memory, so it is rendered in a process
of its own, with a limit on both, from a private copy of the chart.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tasks.domain.platform.documents import Document, DocumentError, Repeated, parse
from tasks.domain.platform.entries import files_of
from tasks.domain.platform.kubernetes.origins import line_mover, moved
from tasks.domain.platform.kubernetes.rendered import Rendered
from tasks.domain.platform.model import NotAssessed, Unread
from tasks.tools.command import base_environment, run
from tasks.tools.copies import private_copy
from tasks.tools.errors import ProgramFailedError, ProgramMissingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.platform.model import Entry
    from tasks.domain.platform.sources import Source

LIMIT = timedelta(seconds=30)  # 19 public charts took 0.04 s or less each
MEMORY = 2 * 1024**3  # address space; the library's run time reserves most of it
# Our own interpreter, isolated: nothing of the chart's folder can be imported.
_PROGRAM = """
import json, sys
from helm_python.chart import Chart
from helm_python.errors import HelmError
try:
    chart = Chart.load(sys.argv[1])
    rendered = chart.render({}, name=sys.argv[2], namespace=sys.argv[2], is_install=True)
    crds = [crd["filename"] for crd in chart.crds]
except HelmError as error:
    sys.exit(str(error))
print(json.dumps({"name": chart.name, "rendered": rendered, "crds": crds}))
"""
_MAPPED = NotAssessed(
    "exact lines of the chart's templates",
    "rendered objects have no line in a template: the one given is the nearest that matches",
    "Trust the file and the field; look for the line near by.",
)


def render(source: Source, entry: Entry) -> Rendered:
    """Render the chart of ``entry`` with its default values; objects keep their template.

    Raises:
        ToolError: The library is missing, or the chart does not render.
    """
    if importlib.util.find_spec("helm_python") is None:
        what = "The library that renders Helm charts is not installed."
        raise ProgramMissingError(what, "Install the extra `tools`: pip install '.[tools]'.")
    files = files_of(source, entry)
    with private_copy(source, files) as copy:
        chart = copy / entry.paths[0]
        release = release_name(source, entry)
        options = ("-I", "-c", _PROGRAM, str(chart), release)
        done = _render(options, str(chart))
    return place(source, entry, json.loads(done))


def _render(options: tuple[str, ...], shown: str) -> bytes:
    try:
        return run(
            sys.executable, *options, timeout=LIMIT, max_memory=MEMORY, env=base_environment()
        ).stdout
    except ProgramFailedError as error:
        said = error.stderr.strip().replace(f"{shown}/", "").splitlines()
        what = f"The chart does not render: {said[-1][:500] if said else 'no reason given'}"
        remedy = "Check it with `helm template`; charts that it depends on must lie in charts/."
        raise ProgramFailedError(what, remedy, error.exit_code, error.stderr) from error


def release_name(source: Source, entry: Entry) -> str:
    """Name the release after the chart's folder, within the rules for such names."""
    path = entry.paths[0] if entry.paths[0] != "." else source.name.rstrip("/")
    name = re.sub(r"[^a-z0-9-]+", "-", path.rpartition("/")[2].lower()).strip("-")
    return name[:40].strip("-") or "release"


def place(source: Source, entry: Entry, answer: Mapping[str, Mapping[str, str]]) -> Rendered:
    """Parse what was rendered, and place it in the templates that it came from."""
    documents: list[Document] = []
    unread: list[Unread] = []
    texts: dict[str, str] = {}
    folder = "" if entry.paths[0] == "." else f"{entry.paths[0]}/"
    for name, text in sorted(answer["rendered"].items()):
        if not name.endswith((".yaml", ".yml", ".json")) or not text.strip():
            continue
        file = f"{folder}{name.partition('/')[2]}"
        try:
            documents += _placed(source, file, text, f"{folder}Chart.yaml")
            texts[file] = text
        except DocumentError as error:
            unread.append(Unread(file, 1, f"its rendered form {error.reason}"))
    read = tuple(p for p in files_of(source, entry) if p.endswith((".yaml", ".yml", ".tpl")))
    return Rendered(tuple(documents), read, tuple(unread), (_MAPPED,), texts)


def _placed(source: Source, file: str, text: str, chart: str) -> list[Document]:
    known = file in source.files
    move = line_mover(text, source.text(file) if known else "", file if known else chart)
    return [
        replace(
            each,
            file=file,
            root=moved(each.root, move) if each.root else None,
            repeated=tuple(Repeated(r.key, move(r.place), move(r.first)) for r in each.repeated),
        )
        for each in parse(file, text)
    ]
