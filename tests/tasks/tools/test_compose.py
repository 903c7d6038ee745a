from pathlib import Path

import pytest

from tasks.domain.platform.entries import discover
from tasks.domain.platform.model import Entry, EntryKind
from tasks.domain.platform.sources import Source
from tasks.tools import compose
from tasks.tools.compose import Opinion, compare, cross_check
from tasks.tools.sources import read_source

ENTRY = Entry("compose.yaml", EntryKind.COMPOSE, ("compose.yaml",))


def source(text: str, **more: str) -> Source:
    files = {"compose.yaml": text, **{k.replace("__", "."): v for k, v in more.items()}}
    return Source("s", {path: data.encode() for path, data in files.items()})


@pytest.mark.targets
@pytest.mark.parametrize("target", ["edgex", "robot-shop", "sock-shop", "train-ticket"])
def test_docker_compose_agrees_on_each_real_platform(target: str, targets: Path) -> None:
    found = read_source([targets / target])
    entries = [e for e in discover(found) if e.kind is EntryKind.COMPOSE]

    assert entries
    for entry in entries:
        assert cross_check(found, entry) == (), entry.id


def test_variables_and_files_beside_the_entry_are_part_of_the_copy() -> None:
    text = (
        "services:\n  web: {image: 'x:${TAG}', env_file: [web.env]}\n"
        "  db: {image: y, links: [web]}\n"
    )

    assert cross_check(source(text, __env="TAG=1\n", web__env="A=b\n"), ENTRY) == ()


def test_our_environment_does_not_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAG", "from-our-shell")

    assert cross_check(source("services: {web: {image: 'x:${TAG:-none}'}}"), ENTRY) == ()


def test_a_reference_out_of_the_source_is_never_given_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compose, "_ask", lambda *_: pytest.fail("was run"))

    for text in (
        "services: {web: {image: x, env_file: [/etc/passwd]}}",
        "include: [../../outside.yaml]\nservices: {web: {image: x}}",
        "services: {web: {image: x, label_file: /etc/passwd}}",
        "services: {web: {extends: {file: ../../x.yaml, service: y}}}",
    ):
        (found,) = cross_check(source(text), ENTRY)
        assert "was not run" in found.reason


def test_who_needs_more_memory_than_is_given_has_no_opinion(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compose, "MEMORY", 500 * 1024**2)

    (found,) = cross_check(source("services: {web: {image: x}}"), ENTRY)

    assert "broke down before it answered" in found.reason  # and not: refuses what we accept
    assert not found.input


def test_a_missing_program_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "find_program", lambda _: None)

    (found,) = cross_check(source("services: {web: {image: x}}"), ENTRY)

    assert "Install Docker Compose" in found.remedy
    assert not found.input


@pytest.mark.parametrize(
    ("mine", "other", "said"),
    [
        (Opinion({"a": "x"}), Opinion({"a": "x"}), []),
        (Opinion({}, error="one"), Opinion({}, error="two"), []),
        (Opinion({"a": "x"}), Opinion({}, error="no"), ["refuses what we accept"]),
        (Opinion({}, error="no"), Opinion({"a": "x"}), ["accepts what we refuse"]),
        (Opinion({"a": "x"}), Opinion({"b": "x"}), ["only one of us sees: a, b"]),
        (Opinion({"a": "x"}), Opinion({"a": "y"}), ["different images: a"]),
        (
            Opinion({}, frozenset({("a", "b")})),
            Opinion({}, frozenset({("b", "a")})),
            ["a -> b, b -> a"],
        ),
    ],
)
def test_each_disagreement_is_named(mine: Opinion, other: Opinion, said: list[str]) -> None:
    found = list(compare(mine, other))

    assert len(found) == len(said)
    assert all(part in text for part, text in zip(said, found, strict=True))


@pytest.mark.parametrize(
    ("text", "major"),
    [("Docker Compose version v5.6.1", 5), ("docker-compose version 1.29.2, build x", 1), ("", 0)],
)
def test_the_dead_version_1_is_told_apart(text: str, major: int) -> None:
    assert compose._major(text) == major  # noqa: SLF001  # the rule itself
