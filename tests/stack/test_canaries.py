"""No secret of a platform gets anywhere: bundle, results, logs, databases, process list."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from deployments.local.database import url
from deployments.local.layout import Layout
from tests.stack.canaries import Eyes, Watch, forms, write
from tests.stack.rig import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.stack.rig import Platforms

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]

EYES = Eyes()
_PLATFORMS = ("compose", "manifests", "chart", "refused", "broken")
_TABLES = """
    select quote_ident(table_schema) || '.' || quote_ident(table_name)
    from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
"""


def rows(layout: Layout) -> Iterator[tuple[str, bytes]]:
    """Give every row of every table of every database, as text."""
    address = url(layout).replace("postgresql://", "postgresql+psycopg://")
    with create_engine(address).connect() as connection:
        names = connection.execute(text("select datname from pg_database where datallowconn"))
        databases = [name for (name,) in names if name != "template1"]
    for database in databases:
        engine = create_engine(address.replace("/postgres?", f"/{database}?"))
        with engine.connect() as connection:
            for (table,) in connection.execute(text(_TABLES)).all():
                query = f"select t::text from {table} t"  # noqa: S608  # its name is quoted
                for (row,) in connection.execute(text(query)):
                    yield f"{database}.{table}", str(row).encode()
        engine.dispose()


def in_databases(layout: Layout) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, row in rows(layout):
        if hit := EYES.find(row):
            found.setdefault(table, set()).update(hit)
    return found


def _run(stack: Platforms, platform: Path, out: Path) -> tuple[int, str]:
    process = stack.cmi("run", str(platform), "--foreground", "--json", "--out", str(out))
    said, complained = process.communicate(timeout=300)
    assert "Traceback" not in complained
    return process.returncode, said + complained


def _sent(stack: Platforms, platform: Path, out: Path) -> tuple[int, str]:
    """Let the worker do it: its logs and results are others than those of a foreground run."""
    process = stack.cmi("run", str(platform), "--fresh", "--recompute", "--json", "--out", str(out))
    said, complained = process.communicate(timeout=300)
    return process.returncode, said + complained


def test_no_secret_of_a_platform_gets_anywhere(
    stack: Platforms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = write(tmp_path / "given")
    private = tmp_path / "tmp"
    private.mkdir()
    monkeypatch.setenv("TMPDIR", str(private))
    outputs: dict[str, str] = {}
    codes: dict[str, int] = {}
    with Watch(EYES) as watch:
        for name in _PLATFORMS:
            codes[name], outputs[name] = _run(stack, written[name], tmp_path / "out" / name)
        codes["sent"], outputs["sent"] = _sent(stack, written["compose"], tmp_path / "out/sent")
    layout = Layout(CHECKOUT, stack.state)

    assert codes == {"compose": 0, "manifests": 0, "chart": 0, "sent": 0, "refused": 3, "broken": 4}
    assert {name: hit for name, said in outputs.items() if (hit := EYES.find(said.encode()))} == {}
    bundles = list((tmp_path / "out").rglob("bundle.json"))
    assert len(bundles) >= 4
    assert all(json.loads(each.read_text())["findings"] for each in bundles)
    assert EYES.in_files(tmp_path, [tmp_path / "given"]) == {}
    assert EYES.in_files(stack.state) == {}
    assert in_databases(layout) == {}
    assert watch.samples > 20
    assert watch.found == {}


@pytest.mark.parametrize("form", range(len(list(forms("x" * 20)))))
def test_the_search_sees_a_canary_in_every_store_and_form(
    stack: Platforms, tmp_path: Path, form: int
) -> None:
    canary = EYES.canaries[form % len(EYES.canaries)]
    planted = list(forms(canary))[form]
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "evidence.bin").write_bytes(b"\0before" + planted + b"after\0")

    assert EYES.in_files(tmp_path) == {str(tmp_path / "deep/evidence.bin"): {canary}}
    if form:
        return
    with Watch(EYES) as watch:
        subprocess.run(
            [sys.executable, "-c", "import time; time.sleep(2)", planted.decode()], check=True
        )
    assert set().union(*watch.found.values()) == {canary}
    layout = Layout(CHECKOUT, stack.state)
    address = url(layout).replace("postgresql://", "postgresql+psycopg://")
    for database in ("prefect", "cmi_ledger"):
        engine = create_engine(address.replace("/postgres?", f"/{database}?"))
        with engine.begin() as connection:
            connection.execute(text("create table planted (a bytea, b text)"))
            connection.execute(
                text("insert into planted values (:a, :b)"),
                {"a": canary.encode(), "b": planted.decode()},
            )
        try:
            assert in_databases(layout) == {f"{database}.public.planted": {canary}}
        finally:
            with engine.begin() as connection:
                connection.execute(text("drop table planted"))
            engine.dispose()
