from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics import exposition as openmetrics

from tasks.domain.sentences import known
from tasks.domain.verification.exposition import judge

HTML = "<!DOCTYPE html>\n<html><body>Metrics are at <a href='/stats'>stats</a></body></html>\n"
WRITTEN = """\
# HELP http_requests_total All of them.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000

msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="not \\"}{\\" found"} 1.45e9
metric_without_timestamp_and_labels 12.47
something_weird{problem="division by zero"} +Inf -3982045
# TYPE rpc_duration_seconds summary
rpc_duration_seconds{quantile="0.01",} NaN
{"my.dotted.name", unit="s"} .5
spaced { a = "b" } 1
"""


def test_the_example_of_the_format_is_metrics() -> None:
    assert judge(WRITTEN) == (True, "7 samples")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HTML, "line 1 is no metric"),
        ('{"status": "ok"}', "line 1 is no metric"),
        ("OK", "line 1 is no metric"),
        ("", "no metric in it"),
        ("# just a remark\n\n", "no metric in it"),
        (WRITTEN + HTML, "line 12 is no metric"),
        ("up 1\nup{job=} one\n", "line 2 is no metric"),
        ('up{job="a} 1\n', "line 1 is no metric"),
        ("9lives 1\n", "line 1 is no metric"),
        ("up\n", "line 1 is no metric"),
        ("up1\n", "line 1 is no metric"),
    ],
)
def test_what_is_no_metric_is_told_by_its_line(text: str, reason: str) -> None:
    assert judge(text) == (False, reason)
    assert known(reason)


def test_a_line_that_was_cut_does_not_count() -> None:
    assert judge("up 1\nhalf{of=", whole=False) == (True, "1 samples")
    assert judge("half{of=", whole=False) == (False, "no metric in it")


@given(
    st.dictionaries(st.sampled_from(["code", "path", "reason"]), st.text(max_size=30), max_size=3),
    st.floats(),
)
def test_whatever_the_client_library_writes_is_metrics(
    labels: dict[str, str], value: float
) -> None:
    registry = CollectorRegistry()
    gauge = Gauge("level", "What\nit is.", list(labels), registry=registry)
    (gauge.labels(**labels) if labels else gauge).set(value)
    Counter("asked", "How often.", registry=registry).inc(exemplar={"trace": "a1"})
    Histogram("took", "How long.", registry=registry).observe(0.2, {"trace": "b2"})
    Info("build", "Which.", registry=registry).info(labels)

    for text in (generate_latest(registry), openmetrics.generate_latest(registry)):  # type: ignore[no-untyped-call]
        assert judge(text.decode())[0], text


@pytest.mark.parametrize("piece", ["1", "a", " ", '{"', '\\"', "{a=", "up ", ",", '"}'])
def test_a_megabyte_on_one_line_is_judged_at_once(piece: str) -> None:
    for start in ("", "up{", "up 1"):
        text = start + piece * ((1 << 20) // len(piece))
        begun = time.monotonic()
        judge(text)

        assert time.monotonic() - begun < 2
