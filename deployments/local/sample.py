"""Improve the sample platform once, and show the same answer again while nothing changed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.local.speech import answer, say
from tasks.tools.command import run_attached

if TYPE_CHECKING:
    from deployments.local.layout import Layout
    from deployments.local.stack import Stack

PLATFORM = "examples/shop"
_MEMORY = "sample.json"
# Whatever can change the answer: the platform, and what judges it.
_SOURCES = (PLATFORM, "tasks", "flows", "knowledge", "deployments/cli")
_NEXT = """
Next:
  ./start-project.sh check PATH     your own platform: findings and fixes in seconds
  ./start-project.sh run PATH       the whole programme over it
  ./start-project.sh status         services and runs
"""
_SIGN_IN = """The page asks for a password once; this prints it:
  (eval "$(./start-project.sh env)"; echo "$PREFECT_API_AUTH_STRING")"""


def improve(stack: Stack, layout: Layout) -> int:
    """Run the programme over the sample platform through `cmi run`; return its exit code.

    What `cmi run` answered is kept with a digest of everything that it depended on.
    """
    platform = layout.checkout / PLATFORM
    if not platform.is_dir():
        say(f"There is no sample platform at {platform}.")
        return 0
    digest = _digest(layout.checkout, stack.api_url)
    text = _remembered(layout.state / _MEMORY, digest)
    code = 0
    if text is None:
        say(f"Improving the sample platform: cmi run {PLATFORM}")
        code, text = _run(stack, layout, platform)
        if code == 0:
            document = json.dumps({"digest": digest, "answer": text})
            (layout.state / _MEMORY).write_text(document, encoding="utf-8")
    _show(stack, text)
    return code


def _run(stack: Stack, layout: Layout, platform: Path) -> tuple[int, str]:
    output = layout.state / "sample.txt"
    command = ("-m", "deployments.cli.main", "run", str(platform), "--fail-on", "none")
    environment = dict(os.environ) | stack.environment(layout)
    code = run_attached(sys.executable, *command, env=environment, answer=output)
    text = output.read_text(encoding="utf-8", errors="replace")
    output.unlink()
    return code, text


def _show(stack: Stack, text: str) -> None:
    answer(text.rstrip())
    if stack.ui_url not in text:
        answer(f"Prefect: {stack.ui_url}")
    answer(_SIGN_IN)
    answer(_NEXT.rstrip())


def _remembered(path: Path, digest: str) -> str | None:
    """Return the kept answer if nothing changed and the files it names are still there."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    if document.get("digest") != digest:
        return None
    text = str(document["answer"])
    named = re.findall(r"(?<![\w/:])/\S+\.html", text)
    return text if all(Path(name).exists() for name in named) else None


def _digest(checkout: Path, api_url: str) -> str:
    digest = hashlib.sha256(api_url.encode())
    for source in _SOURCES:
        for place, folders, names in os.walk(checkout / source):
            folders[:] = sorted(folder for folder in folders if folder != "__pycache__")
            for name in sorted(names):
                path = Path(place, name)
                digest.update(f"\0{path.relative_to(checkout)}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
