"""Commands as a user types them: the real program, its two streams and its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema

from tasks.domain.exits import Exit
from tasks.domain.reporting.schemas import schema

ROOT = Path(__file__).parents[1]
Answer = subprocess.CompletedProcess[str]


def cmi(place: Path, *arguments: str, **how: Any) -> Answer:
    """Run `cmi` in the folder ``place``; words in capitals are variables of its environment."""
    environment = {name: how.pop(name) for name in list(how) if name.isupper()}
    before = how.pop("before", ())
    return subprocess.run(
        [*before, sys.executable, "-m", "deployments.cli.main", *arguments],
        stdout=how.pop("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=how.pop("timeout", 60),
        cwd=place,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LC_ALL": "C.UTF-8",
            **environment,
        },
        **how,
    )


def one_document(answer: Answer, name: str, code: Exit) -> dict[str, Any]:
    """Check that standard output is one document of the schema ``name`` that ends with ``code``."""
    document: dict[str, Any] = json.loads(answer.stdout)
    jsonschema.validate(document, schema(name))
    assert answer.returncode == code, answer.stderr
    assert document["exit"]["code"] == code
    assert bool(document["exit"]["reasons"]) is (code is not Exit.DONE)
    return document


def no_traceback(answer: Answer) -> None:
    """Check that nobody is shown how our code is made."""
    assert "Traceback" not in answer.stderr
    assert "our fault" not in answer.stderr


def one_sentence(answer: Answer, *parts: str) -> None:
    """Check that one line says what happened and what to do."""
    no_traceback(answer)
    assert len(answer.stderr.splitlines()) == 1, answer.stderr
    for part in parts:
        assert part in answer.stderr
