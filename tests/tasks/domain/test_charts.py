"""Edits of what was rendered go to the template or value that made it."""

from __future__ import annotations

import pytest

from tasks.domain.candidates import Edit
from tasks.domain.charts import Chart, changed
from tasks.domain.platform.model import Entry, EntryKind
from tasks.domain.platform.nodes import Span
from tasks.domain.platform.sources import Source
from tasks.domain.security.candidates.ground import NotOfferedError

FILE, VALUES = "c/templates/web.yaml", "c/values.yaml"
TEMPLATE = """\
kind: Deployment
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
      - name: web
        {{- if .Values.debug }}
        tty: true
        {{- end }}
        resources:
          {{- toYaml .Values.resources | nindent 10 }}
        env:
          {{- include "env" . | nindent 10 }}
"""
RENDERED = """\
kind: Deployment
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: web
        tty: true
        resources:
          limits:
            cpu: 1
        env:
          - name: A
"""
SETTINGS = "# ours\nreplicas: 1 # why\ndebug: true\nresources:\n  limits:\n    cpu: 1\n"


def _moved(start: int, end: int, text: str, template: str = TEMPLATE) -> dict[str, str]:
    entry = Entry("c", EntryKind.HELM, ("c",))
    source = Source("t", {FILE: template.encode(), VALUES: SETTINGS.encode()})
    chart = Chart(entry, source, {FILE: RENDERED})
    edits = chart.moved([Edit(FILE, Span(start, end), text)])
    return {file: data.decode() for file, data in changed(source, edits).items()}


def _behind(line: str, text: str, template: str = TEMPLATE) -> dict[str, str]:
    at = RENDERED.index(line) + len(line)
    return _moved(at, at, text, template)


def test_new_lines_stand_behind_the_line_before_them() -> None:
    assert _behind("- name: web\n", "        stdin: true\n") == {
        FILE: TEMPLATE.replace("- name: web\n", "- name: web\n        stdin: true\n")
    }


def test_what_belongs_to_more_than_a_condition_stands_behind_its_end() -> None:
    found = _behind("tty: true\n", "        stdin: true\n")

    assert found[FILE] == TEMPLATE.replace("{{- end }}\n", "{{- end }}\n        stdin: true\n")


def test_line_ends_are_those_of_the_template() -> None:
    template = TEMPLATE.replace("\n", "\r\n")
    found = _behind("- name: web\n", "        stdin: true\n", template)

    assert found[FILE].count("\r\n") == found[FILE].count("\n") == template.count("\n") + 1


def test_a_single_value_is_changed_in_the_values_with_its_comment() -> None:
    at = RENDERED.index("1")

    assert _moved(at, at + 1, "2") == {VALUES: SETTINGS.replace("replicas: 1", "replicas: 2")}


def test_literal_text_is_changed_where_it_stands() -> None:
    at = RENDERED.index("true")

    assert _moved(at, at + 4, "false") == {FILE: TEMPLATE.replace("tty: true", "tty: false")}


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        ("limits:\n            cpu: 1\n", "            memory: 1Gi\n", "    memory: 1Gi\n"),
        (
            "limits:\n            cpu: 1\n",
            "          requests:\n            cpu: 1\n",
            "  requests:\n    cpu: 1\n",
        ),
    ],
)
def test_what_a_value_makes_as_a_whole_is_added_to_the_value(
    line: str, text: str, expected: str
) -> None:
    assert _behind(line, text) == {VALUES: SETTINGS + expected}


def test_what_stands_further_out_follows_what_the_value_makes() -> None:
    found = _behind("            cpu: 1\n", "        stdin: true\n")

    assert found[FILE] == TEMPLATE.replace(
        "indent 10 }}\n", "indent 10 }}\n        stdin: true\n", 1
    )


def test_what_a_helper_makes_is_left_alone() -> None:
    at = RENDERED.index("A\n")

    with pytest.raises(NotOfferedError, match="a helper of the chart"):
        _moved(at, at + 1, "B")


def test_a_chart_that_is_only_used_is_left_alone() -> None:
    source = Source("t", {VALUES: b"a: 1\n"})
    chart = Chart(Entry("c", EntryKind.HELM, ("c",)), source, {FILE: RENDERED})

    with pytest.raises(NotOfferedError, match="only uses"):
        chart.moved([Edit(FILE, Span(0, 0), "a: 1\n")])


def test_whole_objects_stand_behind_everything() -> None:
    text = "---\nkind: A\n"

    assert _behind("kind: Deployment\n", text, TEMPLATE.rstrip("\n")) == {FILE: TEMPLATE + text}
