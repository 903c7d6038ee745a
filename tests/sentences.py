"""The sentences that our code can say when something goes wrong, read from the code itself."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.tools.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
_FOLDERS = ("deployments", "tasks", "flows")
# Functions that speak to a person: their text is said as it stands.
_SPEAKERS = {"say", "answer"}


def spoken_templates() -> dict[str, str]:
    """Map each template, `{}` for every value in it, to the place where it is written."""
    found: dict[str, str] = {}
    for folder in _FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" in path.parts:  # scripts of the migration tool, run by it alone
                continue
            if path.is_relative_to(ROOT / "tasks/domain"):  # says nothing to anybody itself
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for template, line in _of_module(tree, name):
                found.setdefault(template, f"{path.relative_to(ROOT)}:{line}")
    return found


def _of_module(tree: ast.Module, name: str) -> Iterator[tuple[str, int]]:
    ours = _errors(name)
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        texts = _assigned(function)
        for argument in _arguments(function, ours):
            for node in _sources(argument, texts):
                for template in _templates(node):
                    yield template, node.lineno


def _arguments(function: ast.FunctionDef, ours: set[str]) -> Iterator[ast.expr]:
    """Yield what errors say, and what a person is told."""
    for call in _calls(function):
        if _called(call) in ours:
            yield from call.args[:2]
        elif isinstance(call.func, ast.Name) and call.func.id in _SPEAKERS:
            yield from call.args[:1]


def _errors(name: str) -> set[str]:
    """Name the errors in reach of a module that carry a sentence and a remedy."""
    module = importlib.import_module(name)
    return {
        each
        for each, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, ToolError)
    }


def _calls(function: ast.FunctionDef) -> Iterator[ast.Call]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Call))


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _assigned(function: ast.FunctionDef) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def _sources(node: ast.expr, texts: dict[str, list[ast.expr]]) -> list[ast.expr]:
    return texts.get(node.id, []) if isinstance(node, ast.Name) else [node]


def _templates(node: ast.expr) -> Iterator[str]:
    """Write a text with `{}` for each of its values; what is no text has no template."""
    if isinstance(node, ast.IfExp):
        yield from _templates(node.body)
        yield from _templates(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _templates(value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = (str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
        yield "".join(parts)
