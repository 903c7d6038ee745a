"""Record starts of a platform with nothing changed between them: noise, and nothing else.

    .venv/bin/python -m tests.accuracy.recording FOLDER SECONDS > tests/accuracy/traces/NAME.json

Each start is a fresh copy, brought up, asked and removed as the product does it while it
compares. What the host did besides stands beside each start.
"""

from __future__ import annotations

import argparse
import json
import os
import platform as machine
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tasks.domain.verification.experiments.plans import Arm
from tasks.tools.engine import connected
from tasks.tools.live.copying import prepare
from tasks.tools.live.images import provide
from tasks.tools.live.sampling import Place, sample
from tasks.tools.live.standing import Standing
from tasks.tools.live.usage import busy

_PLATFORM = "0" * 16


def record(folder: Path, seconds: float) -> dict[str, Any]:
    """Start the platform again and again, until the time is up."""
    with connected() as engine:
        ready = prepare(engine, str(folder), "compose.yaml", "trace", _PLATFORM)
        ready = ready.without(provide(engine, ready.wanted_images(), ready.source, ready.platform))
        deadline = time.monotonic() + seconds
        starts: list[dict[str, Any]] = []
        while time.monotonic() < deadline:
            standing = Standing(engine, ready)
            before, at = busy(), time.time()
            try:
                standing.apply()
                taken = sample(standing, Place("trace", len(starts) + 1, Arm.BEFORE), before, at)
            finally:
                standing.undo()
            if taken.raw["whole"]:
                starts.append({**taken.measures, "at": at, "host": taken.raw["host"]})
        about = f"{os.cpu_count()} cores, {machine.machine()}, engine {engine.version}"
    name = f"{folder.name} ({len(ready.copy.services)} services)"
    day = datetime.now(UTC).date().isoformat()
    return {"platform": name, "machine": about, "recorded": day, "starts": starts}


def main() -> None:
    """Record, and print the trace."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("seconds", type=float)
    asked = parser.parse_args()
    json.dump(record(asked.folder, asked.seconds), sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
