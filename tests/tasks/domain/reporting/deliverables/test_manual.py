from __future__ import annotations

from dataclasses import replace

from tasks.domain.findings import Severity
from tasks.domain.platform.containers import Sited
from tasks.domain.platform.model import NotAssessed
from tasks.domain.reporting.deliverables.manual import user_manual
from tests.bundles import CANDIDATES, PLATFORM, finding, place, service

_FOUND = (
    finding("floating-image-tag", Severity.HIGH, 3),
    replace(finding("privileged-container", Severity.CRITICAL, 12, subject="db"), theory=()),
    finding("no-memory-limit", Severity.LOW, 5, waived="ada"),
)
FOUND = tuple(replace(each, facts={}) for each in _FOUND)
MISSING = (NotAssessed("known vulnerabilities", "no feed was given", "`cmi doctor`"),)


def test_what_breaks_when_something_stops_is_computed_from_the_graph() -> None:
    text = user_manual(PLATFORM, (), CANDIDATES).texts["en"]

    assert "| `db` | `orders`, `web` | 2 |" in text
    assert "`db` stops. What do users notice?" in text
    assert "| `orders` | `db` | `web` |" in text


def test_each_replica_is_a_container() -> None:
    web, *others = PLATFORM.services
    twice = replace(web, replicas=Sited(2, place(3), "services.web.deploy.replicas"))
    text = user_manual(replace(PLATFORM, services=(twice, *others)), (), ()).texts["en"]

    assert "3 services in 4 containers" in text


def test_training_asks_about_the_worst_finding_at_its_place() -> None:
    text = user_manual(PLATFORM, FOUND[1:], CANDIDATES).texts["en"]

    assert "`compose.yaml:12`" in text
    assert "git apply -R BUNDLE/patches/pin-image-web.patch" in text


def test_the_hand_over_names_what_needs_an_owner() -> None:
    text = user_manual(PLATFORM, FOUND, CANDIDATES, MISSING).texts["en"]

    assert "- 2 open findings of high or critical severity" in text
    assert "- 1 waiver, which expires" in text
    assert "- known vulnerabilities: not assessed, because no feed was given. `cmi doctor`" in text


def test_the_first_change_is_taken_back_as_it_was_made() -> None:
    patch, recipe = (user_manual(PLATFORM, FOUND, [each]).texts["en"] for each in CANDIDATES)

    assert "git apply -R BUNDLE/patches/pin-image-web.patch" in patch
    assert "cmi apply --reverse BUNDLE drop-privileged-db" in recipe
    assert "git apply" not in recipe


def test_a_single_calm_service_has_a_manual_too() -> None:
    alone = replace(PLATFORM, services=(service("db", 1),), edges=())
    made = user_manual(alone, (), ())

    assert "No service takes another one down." in made.texts["en"]
    assert "目前没有提出更改" in made.texts["zh"]
    assert made.title("zh") == "compose 用户手册"


def test_an_empty_platform_has_a_manual_without_commands() -> None:
    assert "docker compose" not in user_manual(replace(PLATFORM, services=()), (), ()).texts["en"]
