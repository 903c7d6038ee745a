"""Rows about YAML itself and about files: bombs, depth, encodings, links, templates."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tasks.domain.exits import Exit
from tests.robustness.case import ASSESSED, POD, WEB, Case

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BAD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: bad\n spec: {}\n"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: big}\ndata:\n"
CANARY = "canary-7f3a9c51"


def laughs(levels: int = 8, width: int = 9) -> str:
    """Give lists of lists of lists, nine times each: 43 million values from ten lines."""
    lines = ["x0: &x0 [lol]"]
    for level in range(1, levels + 1):
        names = ", ".join([f"*x{level - 1}"] * width)
        lines.append(f"x{level}: &x{level} [{names}]")
    return "\n".join(lines) + "\n"


def merge_bomb(levels: int = 25) -> str:
    """Give mappings that each merge the one before twice."""
    lines = ["x-a0: &a0 {k: v}"]
    lines += [f"x-a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, levels + 1)]
    return "\n".join(lines) + "\n"


def _beside(bad: str, text: str | bytes) -> dict[str, str | bytes]:
    return {bad: text, "good.yaml": POD}


def _large_map(folder: Path) -> None:
    with (folder / "big.yaml").open("w", encoding="ascii") as file:
        file.write(MAP)
        file.writelines(f"  key-{n:07d}: {'v' * 80}\n" for n in range(1_000_000))
    (folder / "good.yaml").write_text(POD, encoding="ascii")


def _with(name: str, text: str, make: Callable[[Path], None]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).write_text(text, encoding="utf-8")
        make(folder)

    return write


def _links(folder: Path) -> None:
    (folder / "round.yaml").symlink_to("round.yaml")
    (folder / "outside.yaml").symlink_to("/etc/hostname")
    (folder / "dangling.yaml").symlink_to("nowhere.yaml")
    (folder / "again").symlink_to(".")


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")


def _folder(folder: Path) -> None:
    (folder / "compose.yaml").mkdir()


_NOTHING = r"unread \S+:1: nothing is defined in it"

YAML = (
    Case(
        "01-broken-indentation",
        "broken indentation in one of many files",
        _beside("bad.yaml", BAD) | {"other.yaml": POD.replace("good", "other")},
        Exit.INPUT_UNREAD,
        (r"^unread bad\.yaml:5: is not YAML", f"{ASSESSED}good", f"{ASSESSED}other"),
    ),
    Case(
        "02-billion-laughs-compose",
        "8 levels of 9 aliases in a Compose file",
        _beside("compose.yaml", f"x-bomb:\n  {laughs().replace(chr(10), chr(10) + '  ')}\n{WEB}"),
        Exit.INPUT_UNREAD,
        (r"^unread compose\.yaml:\d+: expands to over", f"{ASSESSED}good"),
        beyond=1.0,
        megabytes=300,
    ),
    Case(
        "02-billion-laughs-manifest",
        "8 levels of 9 aliases in a manifest",
        _beside("bomb.yaml", f"{MAP}  {laughs().replace(chr(10), chr(10) + '  ')}\n"),
        Exit.INPUT_UNREAD,
        (r"^unread bomb\.yaml:\d+: expands to over", f"{ASSESSED}good"),
        beyond=1.0,
        megabytes=300,
    ),
    Case(
        "02-laughs-within-the-budget",
        "5 levels of 9 aliases, 60 000 values: as large as allowed",
        {"compose.yaml": laughs(5).replace("x", "x-") + WEB},
        Exit.DONE,
        (ASSESSED,),
        megabytes=1000,
    ),
    Case(
        "03-merge-bomb-compose",
        "merge keys, doubled 25 times, in a Compose file",
        _beside("compose.yaml", merge_bomb() + WEB),
        Exit.INPUT_UNREAD,
        (r"^unread compose\.yaml:\d+: expands to over", f"{ASSESSED}good"),
        beyond=1.0,
        megabytes=300,
    ),
    Case(
        "03-merge-bomb-manifest",
        "merge keys, doubled 25 times, in a manifest",
        _beside("bomb.yaml", merge_bomb() + MAP + "  a: b\n"),
        Exit.INPUT_UNREAD,
        (r"^unread bomb\.yaml:\d+: expands to over", f"{ASSESSED}good"),
        beyond=1.0,
        megabytes=300,
    ),
    Case(
        "03-merge-bomb-below-the-budget",
        "merge keys, doubled 12 times, each with a key of its own",
        _beside(
            "bomb.yaml",
            "\n".join(
                ["a0: &a0 {k: v}"]
                + [f"a{n}: &a{n} {{k{n}: v, <<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 13)]
            )
            + "\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, <<: *a12}\n",
        ),
        Exit.DONE,
        (f"{ASSESSED}good",),
        beyond=1.0,
    ),
    Case(
        "04-alias-to-itself",
        "a list that contains itself",
        _beside("loop.yaml", f"{MAP}  a: &a [*a]\n"),
        Exit.INPUT_UNREAD,
        (r"^unread loop\.yaml:5: alias \*a contains itself", f"{ASSESSED}good"),
    ),
    Case(
        "04-alias-to-itself-compose",
        "a Compose service that contains itself",
        {"compose.yaml": f"{WEB}  loop: &a\n    image: a\n    labels: *a\n"},
        Exit.NO_PLATFORM,
        (r"^unread compose\.yaml:7: alias \*a contains itself",),
    ),
    Case(
        "08-map-of-a-million-keys",
        "a ConfigMap of 96 MB with a million keys",
        _large_map,
        Exit.DONE,
        (f"{ASSESSED}good",),
        seconds=90,
        megabytes=1216,  # what is promised: 300, and ten times the input
    ),
    Case(
        "09-twenty-thousand-brackets",
        "20 000 nested lists",
        _beside("deep.yaml", f"{MAP}  a: {'[' * 20_000}{']' * 20_000}\n"),
        Exit.INPUT_UNREAD,
        (r"^unread deep\.yaml:5: is nested deeper than \d+", f"{ASSESSED}good"),
    ),
    Case(
        "09-twenty-thousand-brackets-json",
        "20 000 nested lists in a JSON file",
        _beside("deep.json", '{"apiVersion": "v1", "data": ' + "[" * 20_000 + "]" * 20_000 + "}"),
        Exit.INPUT_UNREAD,
        (r"^unread deep\.json:1: is nested deeper than \d+", f"{ASSESSED}good"),
    ),
    Case(
        "10-empty-documents",
        "100 000 empty documents",
        {"empty.yaml": "---\n" * 100_000},
        Exit.NO_PLATFORM,
        (_NOTHING,),
        asks="empty.yaml",
    ),
    Case(
        "10-zero-bytes",
        "a file of no bytes",
        {"zero.yaml": ""},
        Exit.NO_PLATFORM,
        (_NOTHING,),
        asks="zero.yaml",
    ),
    Case(
        "10-zero-bytes-compose",
        "a Compose file of no bytes",
        {"compose.yaml": ""},
        Exit.NO_PLATFORM,
        (_NOTHING,),
    ),
    Case(
        "10-only-comments",
        "a file of comments",
        {"note.yaml": "# nothing\n# at all\n"},
        Exit.NO_PLATFORM,
        (_NOTHING,),
        asks="note.yaml",
    ),
    Case(
        "10-a-list",
        "a list as the document",
        {"list.yaml": "- a\n- b\n"},
        Exit.NO_PLATFORM,
        (_NOTHING,),
        asks="list.yaml",
    ),
    Case(
        "10-a-string",
        "a string as the document",
        {"text.yaml": "just words\n"},
        Exit.NO_PLATFORM,
        (_NOTHING,),
        asks="text.yaml",
    ),
    Case(
        "10-nothing-beside-a-platform",
        "an empty file asked for together with a good one",
        _beside("zero.yaml", ""),
        Exit.INPUT_UNREAD,
        (_NOTHING, f"{ASSESSED}good"),
        asks="zero.yaml good.yaml",
    ),
    Case(
        "11-tabs",
        "tabs for indentation",
        _beside("tabs.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n\tname: bad\n"),
        Exit.INPUT_UNREAD,
        (r"^unread tabs\.yaml:4: .*tab", f"{ASSESSED}good"),
    ),
    Case(
        "11-tabs-compose",
        "tabs for indentation in a Compose file",
        _beside("compose.yaml", "services:\n\tweb:\n\t\timage: a\n"),
        Exit.INPUT_UNREAD,
        (r"^unread compose\.yaml:2: .*tab", f"{ASSESSED}good"),
    ),
    Case(
        "16-links",
        "links that loop, dangle and leave",
        _with("good.yaml", POD, _links),
        Exit.INPUT_UNREAD,
        (
            r"^unread round\.yaml:1: is a link that leads to itself",
            r"^unread outside\.yaml:1: is a link that leaves the source",
            r"^unread dangling\.yaml:1: .*leads nowhere",
            f"{ASSESSED}good",
        ),
    ),
    Case(
        "16-pipe",
        "a pipe named x.yaml",
        _with("good.yaml", POD, _pipe),
        Exit.INPUT_UNREAD,
        (r"^unread pipe\.yaml:1: is a pipe", f"{ASSESSED}good"),
    ),
    Case(
        "16-folder-named-compose",
        "a folder named compose.yaml",
        _with("good.yaml", POD, _folder),
        Exit.INPUT_UNREAD,
        (r"^unread compose\.yaml:1: is a folder", f"{ASSESSED}good"),
    ),
    Case(
        "17-invalid-utf8",
        "bytes that are not UTF-8",
        _beside("bad.yaml", b"apiVersion: v1\nkind: Pod\nmetadata: {name: \xff\xfe\xfa}\n"),
        Exit.INPUT_UNREAD,
        (r"^unread bad\.yaml:3: is not UTF-8", f"{ASSESSED}good"),
    ),
    Case(
        "17-utf16",
        "UTF-16 with its mark",
        {"wide.yaml": POD.encode("utf-16")},
        Exit.DONE,
        (f"{ASSESSED}wide.yaml:8:",),
    ),
    Case(
        "17-nul",
        "a NUL byte",
        _beside("nul.yaml", f"{MAP}  a: 'b\0c'\n"),
        Exit.INPUT_UNREAD,
        (r"^unread nul\.yaml:5: holds a character that YAML forbids", f"{ASSESSED}good"),
    ),
    Case(
        "17-byte-order-mark",
        "a byte order mark",
        {"mark.yaml": "\ufeff" + POD},
        Exit.DONE,
        (f"{ASSESSED}mark.yaml:8:",),
    ),
    Case(
        "17-line-ends",
        "line ends of Windows",
        {"crlf.yaml": POD.replace("\n", "\r\n")},
        Exit.DONE,
        (f"{ASSESSED}crlf.yaml:8:",),
    ),
    Case(
        "17-control-character",
        "an escape sequence for a terminal",
        _beside("esc.yaml", f"{MAP}  a: '\x1b[2J'\n"),
        Exit.INPUT_UNREAD,
        (r"^unread esc\.yaml:5: holds a character that YAML forbids", f"{ASSESSED}good"),
        ("\x1b[2J",),
    ),
    Case(
        "22-impossible-date",
        "30 February as a time stamp",
        {"date.yaml": POD.replace("{name: good}", "{name: good, creationTimestamp: 2024-02-30}")},
        Exit.DONE,
        (ASSESSED,),
    ),
    Case(
        "22-long-number",
        "replicas with 6000 digits",
        _beside(
            "long.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: long}\n"
            f"spec:\n  replicas: {'9' * 6000}\n  template:\n    spec:\n"
            "      containers: [{name: a, image: 'a:1'}]\n",
        ),
        Exit.INPUT_UNREAD,
        (r"long\.yaml:5\b.*(number|digits)", f"{ASSESSED}good"),
    ),
    Case(
        "23-python-object",
        "a tag that makes Python run a program",
        _beside("tag.yaml", f"{MAP}  a: !!python/object/apply:os.system ['touch pwned']\n"),
        Exit.INPUT_UNREAD,
        (r"^unread tag\.yaml:5: .*python/object/apply", f"{ASSESSED}good"),
    ),
    Case(
        "23-python-object-compose",
        "the same in a Compose file",
        {"compose.yaml": f"{WEB}    user: !!python/object/apply:os.getcwd []\n"},
        Exit.INPUT_UNREAD,
        (r"compose\.yaml:5.*python/object/apply",),
    ),
    Case(
        "23-equals-sign",
        "a scalar that is an equals sign",
        {"crd.yaml": f"{POD}---\n{MAP}  operator: =\n"},
        Exit.DONE,
        (ASSESSED,),
    ),
)
