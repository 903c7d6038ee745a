from __future__ import annotations

import re

import pytest

from tasks.domain.verification.complaints import complaints


@pytest.mark.parametrize(
    "line",
    [
        "2026/11/29 10:00:00 [error] 7#7: *1 connect() failed (111: Connection refused)",
        "ERROR:    Application startup failed. Exiting.",
        "Traceback (most recent call last):",
        "sqlalchemy.exc.OperationalError: could not connect",
        'FATAL:  password authentication failed for user "shop"',
        '{"level":"error","msg":"no upstream"}',
        "java.lang.NullPointerException",
        "panic: runtime error: index out of range",
    ],
)
def test_a_line_that_complains_is_noticed(line: str) -> None:
    assert len(complaints(f"all is well\n{line}\n")) == 1


@pytest.mark.parametrize(
    "line",
    [
        "started with 0 errors",
        "no error",
        '{"msg": "asked", "error": null}',
        "error=nil",
        "GET /errors_of_yesterday 200",
        "mirror is ready",
        "",
    ],
)
def test_a_line_that_only_names_errors_is_none(line: str) -> None:
    assert complaints(line) == frozenset()


def test_the_same_complaint_at_another_time_is_the_same() -> None:
    log = "10:00:00 error: try 1 of 5, worker 17\n10:00:01 error: try 2 of 5, worker 4\n"

    assert len(complaints(log)) == 1
    assert complaints("11:30:00 error: try 9 of 9, worker 3") == complaints(log)
    assert complaints("11:30:00 error: gave up after try 9") != complaints(log)


def test_nothing_of_the_text_is_kept() -> None:
    (found,) = complaints("error: password teapot-and-tray was refused")

    assert re.fullmatch(r"[0-9a-f]{8}", found)
