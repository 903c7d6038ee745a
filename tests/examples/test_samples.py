"""Each sample platform is what its pages say, by the word of the programs that will read it."""

import ast
import os
import re
import sys
from pathlib import Path

import pytest

from tasks.domain.limits import RESOURCE_PRICES
from tasks.domain.platform.entries import choose, discover
from tasks.domain.settings import Settings
from tasks.domain.verification.sizing import Prices, Size, month
from tasks.tools.scenarios import scenarios_of
from tasks.tools.settings import settings_beside
from tasks.tools.sources import read_source
from tests.examples.samples import EXAMPLES, SAMPLES, places, resolved, rows

SOURCES = sorted(path for name in SAMPLES for path in (EXAMPLES / name).glob("services/**/*.py"))
PROGRAMS = sorted({path.parent for path in SOURCES if (path.parent / "Dockerfile").is_file()})
INSTALL = re.compile(r"apt-get install -y (?:--no-install-recommends )?([^&\\\n]+)")
# Packages whose programs are services, one a kind.
KINDS = {
    *("nginx-light", "haproxy", "python3-fastapi", "gunicorn", "amqp-tools"),
    *("postgresql-15", "mariadb-server", "redis-server", "memcached", "rabbitmq-server"),
}
# What a package of Debian brings beside the module that it is called by.
BROUGHT = {"python3-fastapi": {"fastapi", "pydantic"}}


def _settings(name: str) -> Settings:
    return settings_beside([EXAMPLES / name])[0]


def _packages(dockerfile: Path) -> set[str]:
    return {
        word
        for match in INSTALL.finditer(dockerfile.read_text("utf-8"))
        for word in match[1].split()
    }


@pytest.mark.parametrize("name", SAMPLES)
def test_compose_accepts_a_sample_and_sees_its_services(name: str) -> None:
    assert set(resolved(EXAMPLES / name)) == SAMPLES[name]


def test_together_they_have_twelve_services_of_eight_kinds() -> None:
    installed = {p for name in SAMPLES for d in _dockerfiles(name) for p in _packages(d)}

    assert sum(map(len, SAMPLES.values())) >= 12
    assert installed >= KINDS
    assert len(KINDS) >= 8


def _dockerfiles(name: str) -> list[Path]:
    return sorted((EXAMPLES / name).rglob("Dockerfile"))


@pytest.mark.parametrize("name", SAMPLES)
def test_sizes_of_a_sample_have_a_price(name: str) -> None:
    told = _settings(name).resource_prices
    box = Size(memory_request=1 << 30, memory_limit=1 << 30, cpu_request=1.0, cpu_limit=None)

    assert set(told) == set(RESOURCE_PRICES)
    assert 20 < month(box, Prices(told["core-hour"], told["gibibyte-hour"])) < 50


@pytest.mark.parametrize("name", SAMPLES)
def test_every_image_is_built_from_a_folder_of_the_sample(name: str) -> None:
    for service, each in resolved(EXAMPLES / name, "--profile", "*").items():
        context = Path(each["build"]["context"])
        assert context.is_relative_to(EXAMPLES / name), service
        assert (context / each["build"]["dockerfile"]).is_file(), service
        assert each["image"].startswith(f"{name}/"), service


@pytest.mark.parametrize("name", SAMPLES)
def test_images_are_based_on_one_local_name(name: str) -> None:
    bases = {
        line.split()[1].partition(":")[0]
        for dockerfile in _dockerfiles(name)
        for line in dockerfile.read_text("utf-8").splitlines()
        if line.startswith("FROM ")
    }

    assert bases == {"base.local/debian"}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_page_begins_with_the_base_that_all_samples_share(name: str) -> None:
    page = (EXAMPLES / name / "README.md").read_text("utf-8")
    (script,) = re.findall(r"^sudo (\S+)$", page, re.MULTILINE)

    assert (EXAMPLES / name / script).resolve() == EXAMPLES / "base" / "build.sh"
    assert os.access(EXAMPLES / "base" / "build.sh", os.X_OK)


def test_the_samples_can_run_beside_each_other() -> None:
    ports = [
        port["published"]
        for name in SAMPLES
        for each in resolved(EXAMPLES / name).values()
        for port in each.get("ports", ())
    ]

    assert len(set(ports)) == len(ports)


@pytest.mark.parametrize("name", SAMPLES)
def test_no_file_names_a_mirror_or_a_machine(name: str) -> None:
    own = re.compile(rf"https?://(127\.0\.0\.1|localhost|\{{|{'|'.join(SAMPLES[name])})")
    outside = {
        f"{path.name}: {match}"
        for path in (EXAMPLES / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
        for match in re.findall(
            r"https?://[^/\s\"':;$`]+|/(?:root|home|work)/\S*", path.read_text("utf-8")
        )
        if not own.match(match)
    }

    assert outside == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"), path.name, feature_version=(3, 11))

    assert ast.get_docstring(tree)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_the_services_are_python_that_their_image_can_run(path: Path) -> None:
    known = {each.stem for each in path.parent.iterdir()}
    needed, waiting = set[str](), sorted(path.glob("*.py"))
    while waiting:
        imported = _imported(ast.parse(waiting.pop().read_text("utf-8")))
        new = {path.parent / f"{each}.py" for each in (imported & known) - needed}
        waiting += [each for each in new if each.is_file()]
        needed |= imported
    installed = {
        module
        for package in _packages(path / "Dockerfile")
        for module in BROUGHT.get(package, {package.removeprefix("python3-")})
    }

    assert needed - known <= installed | sys.stdlib_module_names


def _imported(tree: ast.Module) -> set[str]:
    """List the packages that a module imports."""
    nodes = list(ast.walk(tree))
    names = {each.name for node in nodes if isinstance(node, ast.Import) for each in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("name", SAMPLES)
def test_defects_are_told_of_files_that_exist(name: str) -> None:
    told = {file for row in rows(EXAMPLES / name) for _, file in places(row)}

    assert {file for file in told if not (EXAMPLES / name / file).is_file()} == set()


@pytest.mark.parametrize("name", SAMPLES)
def test_one_id_is_one_defect_in_each_packaging(name: str) -> None:
    table = rows(EXAMPLES / name)
    told = {row["id"]: (row["check"], row["what"]) for row in table}

    assert all(told[row["id"]] == (row["check"], row["what"]) for row in table)
    assert len({tuple(row.values()) for row in table}) == len(table)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_programme_reads_the_settings(name: str) -> None:
    settings = _settings(name)
    entry = choose(discover(read_source([EXAMPLES / name])), settings.entry)

    assert entry is not None
    assert entry.paths[0] == "compose.yaml"
    assert all(settings.allows("build", each) for each in SAMPLES[name])
    assert not any(settings.allows("pull", each) for each in SAMPLES[name])
    assert settings.probes
    assert {probe.service for probe in settings.probes} <= SAMPLES[name]


@pytest.mark.parametrize("name", SAMPLES)
def test_the_programme_reads_the_scenarios_and_they_are_about_the_sample(name: str) -> None:
    scenarios = scenarios_of(read_source([EXAMPLES / name]))
    steps = [step for each in scenarios for step in (*each.given, *each.when)]

    assert len(scenarios) >= 5
    assert {step.service for step in steps if step.service} <= SAMPLES[name]


def test_the_pipelines_services_wait_over_four_levels() -> None:
    services = resolved(EXAMPLES / "pipeline")
    gates = [
        each["healthcheck"]["interval"]
        for name, each in services.items()
        if any(name in other.get("depends_on", {}) for other in services.values())
        and "healthcheck" in each
    ]

    assert _depth("front", services) == 4
    assert set(gates) == {"5s", "10s"}


def _depth(name: str, services: dict[str, dict[str, dict[str, object]]]) -> int:
    return 1 + max((_depth(n, services) for n in services[name].get("depends_on", {})), default=0)


def test_the_site_looks_at_once_and_often_while_it_starts() -> None:
    services = resolved(EXAMPLES / "site")
    checks = {name: each["healthcheck"] for name, each in services.items() if "healthcheck" in each}

    assert set(checks) == SAMPLES["site"] - {"migrate", "sitemap"}
    assert {check["start_interval"] for check in checks.values()} == {"250ms"}
    assert {check["start_period"] for check in checks.values()} == {"1m0s"}
    assert services["app"]["deploy"]["replicas"] == 2
