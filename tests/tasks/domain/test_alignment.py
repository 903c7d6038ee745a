"""Rendered lines find the template lines that made them, through loops and past helpers."""

from __future__ import annotations

from tasks.domain.alignment import Template, align

LOOP = """\
{{- range $name := .Values.names }}
---
kind: Deployment
metadata:
  name: {{ $name }}
  labels:
    {{- include "labels" . | nindent 4 }}
spec:
  replicas: 1
{{- end }}
kind: Service
spec:
  clusterIP: None
"""


def _rendered(*names: str) -> list[str]:
    made = "---\nkind: Deployment\nmetadata:\n  name: {0}\n  labels:\n    app: {0}\n"
    made += "spec:\n  replicas: 1"
    return [line for name in names for line in made.format(name).split("\n")] + [
        "kind: Service",
        "spec:",
        "  clusterIP: None",
    ]


def test_each_round_of_a_loop_has_the_loops_lines() -> None:
    one = [1, 2, 3, 4, 5, None, 7, 8]

    assert align(_rendered("a", "b", "c"), Template(LOOP)) == [*one, *one, *one, 10, 11, 12]


def test_what_a_condition_left_out_is_skipped() -> None:
    text = "a: 1\n{{ if .x }}\nspec:\n  b: 2\n{{ else }}\nspec:\n  c: 3\n{{ end }}\nd: 4"

    assert align(["a: 1", "spec:", "  c: 3", "d: 4"], Template(text)) == [0, 5, 6, 8]


def test_a_line_must_fit_as_a_whole_and_at_its_depth() -> None:
    template = Template("name: {{ .x }}-web\n  port: 1")

    assert align(["name: a-web", " port: 1", "name: a-api"], template) == [0, None, None]


def test_a_file_made_by_a_program_is_not_aligned() -> None:
    assert align(["a: 1"], Template("a: 1\n" * 4000)) == [None]
