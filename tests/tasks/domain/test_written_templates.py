"""Which lines of a chart's template a patch may show."""

from __future__ import annotations

import pytest

from tasks.domain.written_templates import is_template, read_template


@pytest.mark.parametrize(
    "line",
    [
        "replicas: {{ .Values.replicas }}",
        "image: {{ .Values.repo }}/web:{{ .Values.tag }}",
        '{{- include "shop.labels" . | nindent 0 }}',
        "{{- if and .Values.a (not .Values.b) }}",
        "kind: Deployment",
    ],
)
def test_schema_fields_and_names_of_values_are_shown(line: str) -> None:
    text = f"kind: A\n{line}\nkind: B\n"

    assert read_template("c/templates/a.yaml", text.encode()).harmless == (True, True, True)


@pytest.mark.parametrize(
    "line",
    [
        'replicas: {{ default "hunter2" .Values.x }}',
        '{{- $password := "hunter2" }}',
        "{{/* hunter2 */}}",
        "{{- /* hunter2\nhunter2 */ -}}",
        "PASSWORD: hunter2",
        "# hunter2",
        "replicas: {{ `hunter2` }}",
    ],
)
def test_text_of_somebodys_own_is_not_shown(line: str) -> None:
    text = f"kind: A\n{line}\nkind: B\n"
    written = read_template("c/templates/a.yaml", text.encode())

    assert [written.line(number) for number, shown in enumerate(written.harmless) if shown] == [
        "kind: A\n",
        "kind: B\n",
    ]


def test_a_template_that_is_no_yaml_even_so_shows_nothing() -> None:
    written = read_template("c/templates/a.yaml", b"{{ if }}\na: [\n")

    assert not any(written.harmless)
    assert written.text == "{{ if }}\na: [\n"


def test_a_template_is_told_by_its_folder_and_its_expressions() -> None:
    assert is_template("c/templates/a.yaml", b"a: {{ .b }}")
    assert not is_template("c/templates/a.yaml", b"a: 1")
    assert not is_template("a.yaml", b"a: {{ .b }}")
