from __future__ import annotations

import datetime as dt

import pytest

from tasks.domain.owners import PLANS
from tasks.domain.programme import Workstream
from tasks.domain.settings import Settings, SettingsError, read_settings

_WHOLE = """\
version: 1
entry: compose.yaml
profiles: [debug]
probes:
  - {name: front page, service: gateway, port: 80, path: /up, contains: ok, timeout: 2s, rate: 2.5}
waivers:
  - check: privileged-container
    place: console
    owner: platform team
    reason: Only started by hand.
    expires: 2027-03-31
baseline: baseline.json
performance-baseline: ../last-night
alarms: {false-alarms: 2, programmes: 52}
margins: {latency-p95: 5%}
resource-prices: {core-hour: 0.04, gibibyte-hour: 0.005}
budgets: {startup: 1.5m, error-rate: 1%, memory: 2Gi}
owners:
  security: {owner: Ada, participants: [Grace], weeks: 2-4, parallelism: high}
permissions:
  build: true
  pull: false
  egress: [gateway]
secrets: stand-ins
"""


def _read(text: str) -> Settings:
    return read_settings("cmi.yaml", text, ["privileged-container", "runs-as-root"])


def _problems(text: str) -> list[str]:
    with pytest.raises(SettingsError) as error:
        _read(text)
    return [str(problem) for problem in error.value.problems]


def test_every_setting_is_read() -> None:
    settings = _read(_WHOLE)

    assert (settings.entry, settings.profiles) == ("compose.yaml", ("debug",))
    assert settings.margins == {"latency-p95": pytest.approx(0.05)}
    assert settings.budgets == {"startup": 90, "error-rate": 0.01, "memory": 2 * 2**30}
    assert settings.resource_prices == {"core-hour": 0.04, "gibibyte-hour": 0.005}
    assert (settings.baseline, settings.performance_baseline) == ("baseline.json", "../last-night")
    assert settings.alarms == {"false-alarms": 2, "programmes": 52}
    (probe,) = settings.probes
    assert (probe.path, probe.status, probe.timeout, probe.rate) == ("/up", 200, 2.0, 2.5)
    (waiver,) = settings.waivers
    assert (waiver.expires, waiver.at.line) == (dt.date(2027, 3, 31), 7)


def test_a_permission_holds_for_the_services_it_names() -> None:
    settings = _read(_WHOLE)

    assert settings.allows("build", "anything")
    assert not settings.allows("pull", "gateway")
    assert settings.allows("egress", "gateway")
    assert not settings.allows("egress", "orders")
    assert not settings.allows("privileged", "gateway")


def test_a_workstream_that_nobody_planned_keeps_its_default() -> None:
    plans = _read(_WHOLE).plans

    assert (plans[Workstream.SECURITY].owner, plans[Workstream.SECURITY].weeks) == ("Ada", (2, 4))
    assert plans[Workstream.EDGE] == PLANS[Workstream.EDGE]


@pytest.mark.parametrize("text", ["", "# nothing decided\n", "---\n"])
def test_an_empty_file_decides_nothing(text: str) -> None:
    assert _read(text) == Settings()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("waiver: []\n", 1, "no key `waiver`. Did you mean `waivers`?"),
        ("version: 2\n", 1, "version must be a whole number. Write one from 1 to 1."),
        ("entry: a\nentry: b\n", 2, "the key `entry` twice"),
        ("entry:\n", 1, "entry must be a text"),
        ("alarms: {programmes: 0}\n", 1, "alarms has a number that is nothing"),
        ("profiles: debug\n", 1, "profiles must be a list"),
        ("- a\n", 1, "cmi.yaml must be a mapping"),
        ("margins: {latency-p95: 5}\n", 1, "Write it as 5%"),
        ("margins: {latncy-p95: 5%}\n", 1, "Did you mean `latency-p95`?"),
        ("budgets: {startup: 60}\n", 1, "Write it as 300ms, 5s, 2m or 1h."),
        ("budgets: {memory: lots}\n", 1, "Write it as 512Mi or 2Gi."),
        ("permissions: {root: true}\n", 1, "no key `root`"),
        ("permissions: {build: maybe}\n", 1, "must be true or false"),
        ("owners: {security: {owner: A, weeks: 4-2}}\n", 1, "Write it as 2-3"),
        ("owners: {security: {weeks: 1-2}}\n", 1, "lacks owner"),
        ("resource-prices: {core-hour: 1}\n", 1, "resource-prices lacks gibibyte-hour."),
        ("secrets: mine\n", 1, "secrets cannot be `mine`"),
        ("probes:\n  - {name: a, service: b, port: 0}\n", 2, "from 1 to 65535"),
        ("probes:\n  - {name: a}\n", 2, "lacks service, port"),
        ("probes:\n  - {name: a, service: b, port: 1, rate: 5000}\n", 2, "up to 1000"),
        ("probes:\n  - {name: a, service: b, port: 1, rate: often}\n", 2, "is no rate"),
        ("waivers:\n  - {check: runs-as-rot}\n", 2, "Did you mean `runs-as-root`?"),
        ("waivers:\n  - expires: tomorrow\n", 2, "Write it as 2027-03-31"),
        ("? [a]\n: b\n", 1, "a key that is no text"),
        ("entry: [\n", 2, "is not YAML"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_remedy(text: str, line: int, said: str) -> None:
    problems = _problems(text)

    assert any(said in problem for problem in problems), problems
    assert all(problem.startswith("cmi.yaml:") for problem in problems)
    assert any(problem.startswith(f"cmi.yaml:{line}: ") for problem in problems)


def test_one_run_names_every_mistake() -> None:
    assert len(_problems("entry:\nprofile: []\nsecrets: mine\n")) == 3
