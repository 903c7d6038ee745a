"""Audit of the files: each listed, each present, each with the bytes that its hash names."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tasks.domain.audit import Disagreement
from tasks.domain.reporting import html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.reporting.bundle import Bundle


def audit(bundle: Bundle) -> Iterator[Disagreement]:
    """Compare the list of files with the files."""
    listed = {each["path"]: each for each in bundle.document["files"]}
    if len(listed) != len(bundle.document["files"]):
        yield Disagreement("files", "lists a path twice")
    for path in sorted(set(listed) - set(bundle.files)):
        yield Disagreement(path, "is listed and not there")
    for path in sorted(set(bundle.files) - set(listed)):
        yield Disagreement(path, "is there and not listed")
    for path in sorted(set(bundle.files) & set(listed)):
        data = bundle.files[path]
        found = hashlib.sha256(data).hexdigest()
        if found != listed[path]["sha256"]:
            yield Disagreement(path, f"has the hash {found}, not {listed[path]['sha256']}")
        elif len(data) != listed[path]["bytes"]:
            yield Disagreement(path, f"has {len(data)} bytes, not {listed[path]['bytes']}")
    yield from _evidence(bundle)
    yield from _named(bundle)


def reports(bundle: Bundle) -> Iterator[Disagreement]:
    """Write the reports again from the index: a number changed in one of them is found.

    Only the version that wrote a report can write the same bytes again.
    """
    for path, again in html.reports(bundle).items():
        if path not in bundle.files:
            yield Disagreement(path, "is missing")
        elif bundle.files[path] != again:
            yield Disagreement(path, "is not the report that follows from bundle.json")


def _evidence(bundle: Bundle) -> Iterator[Disagreement]:
    """Evidence is named by its bytes, whatever the list says."""
    for path, data in sorted(bundle.files.items()):
        if path.startswith("evidence/"):
            found = hashlib.sha256(data).hexdigest()
            if PurePosixPath(path).stem != found:
                yield Disagreement(path, f"is not what its name says: its hash is {found}")


def _named(bundle: Bundle) -> Iterator[Disagreement]:
    """Every file that a record names is there."""
    document = bundle.document
    wanted = {}
    for name in ("accepted", "proposed"):
        wanted[name] = document[name]["file"]
        wanted[f"{name}.recipe_file"] = document[name]["recipe_file"]
    for each in document["candidates"]:
        wanted[f"candidates[{each['id']}]"] = each["patch_file"] or each["recipe_file"]
    for where, path in wanted.items():
        if path and path not in bundle.files:
            yield Disagreement(where, f"names {path}, which is not there")
    for each in document["deliverables"]:
        for path in each["files"].values():
            if path not in bundle.files:
                yield Disagreement(f"deliverables[{each['id']}]", f"names {path}: not there")
