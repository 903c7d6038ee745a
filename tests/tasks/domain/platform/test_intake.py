import json

import pytest

from tasks.domain.canonical import plain
from tasks.domain.exits import Exit
from tasks.domain.platform.counts import Counts
from tasks.domain.platform.intake import EntrySummary, Intake, exit_of, to_json
from tasks.domain.platform.model import (
    Entry,
    EntryKind,
    NotAssessed,
    Platform,
    Unread,
)
from tasks.domain.platform.sources import Source

CHART = Entry("chart", EntryKind.HELM, ("chart",), default=True)


def intake(*unread: Unread, missing: tuple[NotAssessed, ...] = ()) -> Intake:
    return Intake(
        Source("shop", {}),
        Counts(),
        (EntrySummary(CHART, Counts()),),
        CHART,
        Platform(CHART),
        unread,
        missing,
    )


@pytest.mark.parametrize(
    ("unread", "code"),
    [
        pytest.param((), Exit.DONE, id="all read"),
        pytest.param(
            (Unread("chart/templates/a.yaml", 1, "template: render it first"),),
            Exit.DONE,
            id="a template that its chart renders",
        ),
        pytest.param(
            (Unread("k8s/a.yaml", 1, "template: render it first"),),
            Exit.INPUT_UNREAD,
            id="a template of no chart",
        ),
        pytest.param(
            (Unread("chart/values.yaml", 3, "is not YAML"),), Exit.INPUT_UNREAD, id="broken file"
        ),
    ],
)
def test_what_could_not_be_read_shows_in_the_exit_code(
    unread: tuple[Unread, ...], code: Exit
) -> None:
    assert exit_of(intake(*unread))[0] is code


@pytest.mark.parametrize(("is_input", "code"), [(True, Exit.INPUT_UNREAD), (False, Exit.DONE)])
def test_only_missing_input_counts_as_unread(is_input: bool, code: Exit) -> None:
    missing = NotAssessed("chart", "no renderer", "install it", input=is_input)

    assert exit_of(intake(missing=(missing,)))[0] is code


def test_no_platform_outranks_an_unread_file() -> None:
    nothing = Intake(Source("shop", {}), Counts(), unread=(Unread("a.yaml", 1, "is not YAML"),))

    code, reasons = exit_of(nothing)

    assert code is Exit.NO_PLATFORM
    assert reasons == ("no platform definition in shop", "a.yaml:1: is not YAML")


def test_the_document_has_the_keys_that_scripts_rely_on() -> None:
    document = json.loads(json.dumps(plain(to_json(intake()))))

    assert set(document) == {
        "version", "source", "written", "entries", "entry", "platform", "unread",
        "not_assessed", "exit",
    }  # fmt: skip
    assert {"id", "kind", "paths", "default", "counts", "resolved"} <= set(document["entries"][0])
    assert {"services", "edges"} <= set(document["platform"])
    assert document["exit"] == {"code": 0, "reasons": []}
