"""Kustomizations built by ``kubectl kustomize``, offline and from a private copy.

Everything that a kustomization builds upon must be in the source: a remote base
would be code from elsewhere, and is refused before anything runs.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from tasks.domain.platform.documents import Document, DocumentError, parse
from tasks.domain.platform.entries import joined
from tasks.domain.platform.kubernetes.fields import Field
from tasks.domain.platform.kubernetes.objects import Manifest, manifests
from tasks.domain.platform.kubernetes.origins import like, without
from tasks.domain.platform.kubernetes.rendered import Rendered
from tasks.domain.platform.model import NotAssessed
from tasks.domain.platform.nodes import Mapping, Node, Place, Scalar, Sequence, target
from tasks.domain.platform.survey import KUSTOMIZATIONS
from tasks.tools.command import base_environment, run
from tasks.tools.copies import private_copy
from tasks.tools.errors import PermanentToolError, ProgramFailedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasks.domain.platform.model import Entry
    from tasks.domain.platform.sources import Source

LIMIT = timedelta(seconds=30)  # a real platform takes 0.1 s
MEMORY = 4 * 1024**3  # address space, most of it only reserved
_LONGEST = 500  # characters of a complaint
# How it logs a failure: E1129 08:27:27.816961   17218 run.go:72] "command failed" err="…"
_LOGGED = re.compile(r'^E\d{4} .*\] "command failed" err="(.*)"\s*$', re.DOTALL | re.MULTILINE)
ORIGIN = "config.kubernetes.io/origin"
# Fields whose texts are paths: kustomize loads them from wherever they point.
_PATHS = frozenset(
    [
        "resources",
        "bases",
        "components",
        "crds",
        "configurations",
        "generators",
        "transformers",
        "validators",
        "patchesStrategicMerge",
        "path",
        "files",
        "envs",
        "env",
        "valuesFile",
        "additionalValuesFiles",
        "chartHome",
    ]
)
_MUST_EXIST = frozenset(("resources", "bases", "components"))
_PATCHED = NotAssessed(
    "exact lines of patched fields",
    "a field that a patch or a generator set is shown at its object's own file",
    "Look into the kustomization's patches for the value.",
)


def render(source: Source, entry: Entry) -> Rendered:
    """Build the kustomization of ``entry``; each object keeps the file that it came from.

    Raises:
        ToolError: kubectl is missing, something remote is asked for, or it does not build.
    """
    folder = entry.paths[0]
    needed = tuple(closure(source, folder))
    with private_copy(source, needed) as copy:
        _ask_for_origins(copy / _kustomization(source, folder))
        # No PATH and no way out: neither git nor a download could start if we missed one.
        nowhere = "http://127.0.0.1:9"
        env = base_environment(PATH="", HTTP_PROXY=nowhere, HTTPS_PROXY=nowhere, HOME=str(copy))
        try:
            done = run(
                "kubectl", "kustomize", folder, cwd=copy, timeout=LIMIT, max_memory=MEMORY, env=env
            )
        except ProgramFailedError as error:
            what = f"The kustomization does not build: {_complaint(error.stderr, copy)}"
            remedy = f"Check it with `kubectl kustomize {folder}`."
            raise ProgramFailedError(what, remedy, error.exit_code, error.stderr) from error
    return place(source, folder, done.stdout.decode(), needed)


def _complaint(said: str, copy: Path) -> str:
    """Give kubectl's complaint without time, process and private folder: the same every time."""
    logged = _LOGGED.search(said)
    told = logged[1].replace('\\"', '"') if logged else said.strip().removeprefix("error: ")
    return told.replace(f"{copy}/", "").replace(str(copy), ".")[:_LONGEST]


def _ask_for_origins(path: Path) -> None:
    """Let kustomize note where each object comes from; the copy is ours to change."""
    text = path.read_text(encoding="utf-8-sig")
    if "buildMetadata" not in text:
        path.write_text(f"{text}\nbuildMetadata: [originAnnotations]\n", encoding="utf-8")


def _kustomization(source: Source, folder: str) -> str:
    prefix = "" if folder == "." else f"{folder}/"
    for name in KUSTOMIZATIONS:
        if f"{prefix}{name}" in source.files:
            return f"{prefix}{name}"
    return ""


def closure(source: Source, folder: str) -> Iterator[str]:
    """List the files that a kustomization builds upon, itself included.

    Raises:
        PermanentToolError: Something that it names is not in the source.
    """
    seen, waiting = {folder}, [folder]
    while waiting:
        here = waiting.pop()
        file = _kustomization(source, here)
        yield file
        for key, text in _referred(source, file):
            path = joined(here, text)
            if path in source.files:
                yield path
            elif path and _kustomization(source, path):
                if path not in seen:
                    seen.add(path)
                    waiting.append(path)
            elif key in _MUST_EXIST or "://" in text or text.startswith("git@"):
                what = f"{file} builds upon {_shown(text)}, which is not in the source."
                raise PermanentToolError(what, "Nothing remote is loaded: copy it into the source.")


def _shown(text: str) -> str:
    """Show a reference without a login that may be in it."""
    return text.rpartition("@")[2] if "@" in text and "://" in text else text


def _referred(source: Source, file: str) -> Iterator[tuple[str, str]]:
    """Give (field, text) for every path in a kustomization; inline patches are no paths."""
    waiting: list[tuple[str, Node]] = [("", d.root) for d in _documents(source, file) if d.root]
    while waiting:
        key, node = waiting.pop()
        node = target(node)
        if isinstance(node, Mapping):
            waiting += [
                (p.key.text, p.value) for p in reversed(node.pairs) if isinstance(p.key, Scalar)
            ]
        elif isinstance(node, Sequence):
            waiting += [(key, item) for item in reversed(node.items)]
        elif key in _PATHS and node.text and "\n" not in node.text:
            yield key, node.text.partition("=")[2] or node.text


def _documents(source: Source, file: str) -> tuple[Document, ...]:
    try:
        return parse(file, source.text(file))
    except DocumentError as error:
        msg = f"{error}."
        raise PermanentToolError(msg, "Repair the kustomization.") from error


def place(source: Source, folder: str, text: str, files: tuple[str, ...]) -> Rendered:
    """Parse what was built, and give each field the place that it has in the source."""
    documents = []
    fallback = Place(_kustomization(source, folder), 1, 1)
    known: dict[str, list[Manifest]] = {}
    for each in parse("kustomize", text):
        if not isinstance(each.root, Mapping):
            continue
        root = without(each.root, "metadata", "annotations", ORIGIN)
        origin = _origin(source, folder, each.root, known)
        placed = like(root, origin.field.node if origin else None, fallback)
        documents.append(Document(placed.place.file, each.index, placed))
    return Rendered(tuple(documents), tuple(sorted(set(files))), (), (_PATCHED,))


def _origin(
    source: Source, folder: str, root: Mapping, known: dict[str, list[Manifest]]
) -> Manifest | None:
    """Find the object that kustomize started from; names may have got prefixes and suffixes."""
    field = Field(root, root.place, "")
    metadata = field.get("metadata")
    note = metadata.get("annotations", ORIGIN).text()
    lines = (line.partition(":") for line in note.splitlines())
    path = next((value.strip() for key, _, value in lines if key == "path"), "")
    file = joined(folder, path) if path else ""
    if file not in source.files:
        return None
    if file not in known:
        known[file] = [m for d in _documents(source, file) for m in manifests(d)]
    kind, name = field.get("kind").text(), metadata.get("name").text()
    same = [m for m in known[file] if m.kind == kind and m.name and m.name in name]
    return max(same, key=lambda m: len(m.name), default=None)
