"""Tests mirror the tree: whoever reads a module knows where its requirements are."""

import ast
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = ("blocks", "deployments", "flows", "tasks")
# A module without a function or class with behaviour has nothing to require.
MODULES = sorted(
    path
    for name in PACKAGES
    for path in (CHECKOUT / name).rglob("*.py")
    if path.name not in {"__init__.py", "env.py"} and "versions" not in path.parts
)


def _has_behaviour(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree))


@pytest.mark.parametrize(
    "path", [m for m in MODULES if _has_behaviour(m)], ids=lambda p: str(p.relative_to(CHECKOUT))
)
def test_every_module_with_behaviour_has_its_test_module(path: Path) -> None:
    place = path.relative_to(CHECKOUT)
    test = CHECKOUT / "tests" / place.parent / f"test_{place.stem.strip('_')}.py"

    assert test.exists(), f"{place} has no {test.relative_to(CHECKOUT)}"
