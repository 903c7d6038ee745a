"""Ceilings: what a reader can hold in mind."""

import ast
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = ("blocks", "deployments", "flows", "knowledge", "tasks")
MODULES = sorted(path for name in PACKAGES for path in (CHECKOUT / name).rglob("*.py"))
MODULE_LINES, FUNCTION_LINES = 300, 40


def _name(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_has_at_most_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MODULE_LINES


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_function_has_at_most_40_lines_after_its_docstring(path: Path) -> None:
    if "versions" in path.parts:
        pytest.skip("a migration is a list of statements and is never changed afterwards")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {function.name: _length(function) for function in functions}

    assert {name: length for name, length in lengths.items() if length > FUNCTION_LINES} == {}


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Signature and docstring are for reading; the ceiling is for the code."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0
