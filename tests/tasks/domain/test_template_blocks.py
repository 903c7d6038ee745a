"""New lines leave conditions that end before them, and stay in loops."""

from __future__ import annotations

from tasks.domain.alignment import Template
from tasks.domain.template_blocks import behind, depth, opened

TEXT = """\
{{- range .Values.all }}
kind: A
spec:
  {{- if .x }}
  inner:
    {{- with .y }}
    a: 1
    {{- end }}
  {{- end }}
{{- end }}
"""


def test_open_blocks_are_listed_from_the_outermost() -> None:
    assert opened(TEXT.split("\n")[:7]) == [("range", 0), ("if", 3), ("with", 5)]
    assert opened(TEXT.split("\n")) == []


def test_new_lines_go_as_far_out_as_what_holds_them() -> None:
    template = Template(TEXT)

    assert behind(template, 6, column=6) == 7  # below `a`: inside
    assert behind(template, 6, column=4) == 8  # beside `a`: without its condition
    assert behind(template, 6, column=2) == 9  # beside `inner`: in the loop's body


def test_a_block_on_one_line_is_closed_there() -> None:
    assert opened(["a: {{ if .x }}1{{ end }}"]) == []


def test_depth_counts_blanks() -> None:
    assert depth("   a b") == 3
