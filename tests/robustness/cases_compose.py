"""Rows about Compose: references out of the tree, cycles, names, interpolation, ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.exits import Exit
from tests.robustness.case import ASSESSED, WEB, Case

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

CANARY = "canary-2d81f0ce"
_OUTSIDE = r"compose\.yaml:\d+.*leaves the project"


def _compose(text: str, **more: str) -> dict[str, str | bytes]:
    return {"compose.yaml": text, **{name.replace("__", "."): body for name, body in more.items()}}


def _reaching(text: str) -> Callable[[Path], None]:
    """Put a canary beside the project, and a project that refers to it by OUT or by LINK."""

    def write(folder: Path) -> None:
        outside = folder.parent / f"{folder.name}-outside"
        outside.mkdir()
        for name in ("secret.txt", "other.yaml", "Dockerfile", "secret.env"):
            body = {
                "other.yaml": f"services:\n  far:\n    image: {CANARY}\n",
                "Dockerfile": f"FROM {CANARY}\n",
            }.get(name, f"KEY={CANARY}\n")
            (outside / name).write_text(body, encoding="utf-8")
            (folder / f"link-{name}").symlink_to(outside / name)
        filled = text.replace("OUT", f"../{outside.name}").replace("ABS", str(outside))
        (folder / "compose.yaml").write_text(filled, encoding="utf-8")

    return write


def _case(name: str, what: str, text: str, *says: str, code: Exit = Exit.INPUT_UNREAD) -> Case:
    return Case(name, what, _compose(text), code, says)


_REFERENCES = {
    "include": (f"include: [PATH]\n{WEB}", "other.yaml"),
    "env-file": (f"{WEB}    env_file: PATH\n", "secret.env"),
    "extends": (f"{WEB}  far:\n    extends: {{file: PATH, service: far}}\n", "other.yaml"),
    "secrets": (f"secrets: {{s: {{file: PATH}}}}\n{WEB}    secrets: [s]\n", "secret.txt"),
    "configs": (f"configs: {{s: {{file: PATH}}}}\n{WEB}    configs: [s]\n", "secret.txt"),
    "label-file": (f"{WEB}    label_file: PATH\n", "secret.env"),
    "dockerfile": (
        f"{WEB}  built:\n    build: {{context: ., dockerfile: PATH}}\n",
        "Dockerfile",
    ),
}
_WAYS = {"above": "OUT/", "absolute": "ABS/", "by-link": "link-"}


def _references() -> tuple[Case, ...]:
    return tuple(
        Case(
            f"07-{name}-{way}",
            f"`{name}` that leaves the project, {way.replace('-', ' ')}",
            _reaching(text.replace("PATH", f"{prefix}{file}")),
            Exit.INPUT_UNREAD,
            (_OUTSIDE if way != "by-link" else r"leaves the (source|project)", ASSESSED),
            (CANARY,),
        )
        for name, (text, file) in _REFERENCES.items()
        for way, prefix in _WAYS.items()
    )


_SECRETS: Mapping[str, str | bytes] = {
    "compose.yaml": (
        f"{WEB}    environment:\n      DB_PASSWORD: {CANARY}-Zx9\n"
        f"      DB_URL: postgres://admin:{CANARY}-Zx9@db/app\n"
        f"      TOKEN: $SECRET_TOKEN\n    command: [run, --password={CANARY}-Zx9]\n"
        f"    labels: {{key: {CANARY}-Zx9}}\n"
    ),
    ".env": f"SECRET_TOKEN={CANARY}-Zx9\n",
}

COMPOSE = (
    Case(
        "05-cyclic-extends",
        "`extends` in a circle over two files",
        _compose(
            "services:\n  a:\n    extends: {file: other.yaml, service: b}\n" + WEB[10:],
            other__yaml="services:\n  b:\n    extends: {file: compose.yaml, service: a}\n",
        ),
        Exit.INPUT_UNREAD,
        (r"compose\.yaml:\d+.*circular.*compose\.yaml a.*other\.yaml b.*compose\.yaml a", ASSESSED),
    ),
    Case(
        "06-cyclic-include",
        "`include` in a circle",
        _compose(f"include: [other.yaml]\n{WEB}", other__yaml="include: [compose.yaml]\n"),
        Exit.INPUT_UNREAD,
        (r"other\.yaml:1.*cycle.*compose\.yaml -> other\.yaml -> compose\.yaml", ASSESSED),
    ),
    *_references(),
    _case(
        "12-service-twice",
        "a service twice",
        f"{WEB}  web:\n    image: b\n",
        r"compose\.yaml:5.*web.*line 2",
    ),
    _case(
        "12-image-twice", "`image` twice", f"{WEB}    image: b\n", r"compose\.yaml:5.*image.*line 3"
    ),
    Case(
        "15-secrets",
        "passwords in environment, URL, arguments, labels and .env",
        _SECRETS,
        Exit.DONE,
        (
            r"^finding literal-secret compose\.yaml:6:.*DB_PASSWORD",
            r"^finding literal-secret compose\.yaml:7:.*DB_URL",
            ASSESSED,
        ),
        (CANARY,),
    ),
    _case(
        "18-version-1",
        "services at the top level, as before 2016",
        "web:\n  image: nginx:1.27\ndb:\n  image: redis:7\n",
        r"^unread compose\.yaml:1: Compose version 1.*services:",
        code=Exit.NO_PLATFORM,
    ),
    _case(
        "19-cycle",
        "services that wait for each other",
        f"{WEB}    depends_on: [b]\n  b: {{image: 'b:1', depends_on: [web]}}\n",
        r"^finding dependency-cycle compose\.yaml:5:.*web -> b -> web",
        ASSESSED,
    ),
    _case(
        "19-itself",
        "a service that waits for itself",
        f"{WEB}    depends_on: [web]\n",
        r"^finding dependency-cycle .*web -> web",
        ASSESSED,
    ),
    _case(
        "19-unknown",
        "a service that waits for an unknown one",
        f"{WEB}    depends_on: [nobody]\n",
        r"^finding dangling-dependency compose\.yaml:5:.*nobody",
        ASSESSED,
    ),
    _case(
        "19-inactive",
        "a service that waits for one behind a profile",
        f"{WEB}    depends_on: [debug]\n  debug: {{image: 'b:1', profiles: [debug]}}\n",
        r"compose\.yaml:5.*debug",
        ASSESSED,
    ),
    _case(
        "20-same-port",
        "one host port twice",
        f"{WEB}    ports: ['8080:80']\n  b: {{image: 'b:1', ports: ['8080:81']}}\n",
        r"^finding port-conflict compose\.yaml:\d+:.*8080",
        code=Exit.DONE,
    ),
    _case(
        "20-overlapping-ranges",
        "ranges of ports that overlap",
        f"{WEB}    ports: ['8000-8010:8000-8010']\n"
        "  b: {image: 'b:1', ports: ['8005-8015:8005-8015']}\n",
        r"^finding port-conflict compose\.yaml:\d+:.*80",
        code=Exit.DONE,
    ),
    Case(
        "20-no-conflict",
        "the same number with another protocol or address",
        _compose(
            f"{WEB}    ports: ['53:53/tcp', '53:53/udp', '127.0.0.1:81:80']\n"
            "  b: {image: 'b:1', ports: ['127.0.0.2:81:80']}\n"
        ),
        Exit.DONE,
        (ASSESSED, r"^(?!finding port-conflict)"),
    ),
    _case(
        "21-version-number",
        "`version: 3.10`, a number",
        f"version: 3.10\n{WEB}",
        r"compose\.yaml:1.*version must be a string",
        ASSESSED,
    ),
    _case(
        "21-sexagesimal",
        "a port that YAML 1.1 reads in base 60",
        f"{WEB}    ports: [22:22]\n",
        r"^finding ssh-server compose\.yaml:5:.*\b22\b",
        code=Exit.DONE,
    ),
    _case(
        "21-words",
        "NO, on and 0644 as values",
        f"{WEB}    environment: {{COUNTRY: NO, SWITCH: on, MODE: 0644}}\n",
        ASSESSED,
        code=Exit.DONE,
    ),
    _case(
        "23-reset-and-override",
        "`!reset` and `!override`",
        f"{WEB}    ports: !reset []\n    environment: !override {{A: b}}\n",
        ASSESSED,
        code=Exit.DONE,
    ),
    _case(
        "24-unset",
        "a variable that nobody sets",
        f"{WEB}    user: $NOBODY\n",
        r"^not assessed .*NOBODY.*compose\.yaml:5",
        ASSESSED,
        code=Exit.DONE,
    ),
    _case(
        "24-required",
        "a variable that is required with a message",
        f"{WEB}    user: ${{X:?say who}}\n",
        r"compose\.yaml:5.*required variable X",
        ASSESSED,
    ),
    _case(
        "24-nested",
        "a default in a default, and a literal dollar",
        "services:\n  web:\n    image: ${A:-${B:-nginx:1.27}}\n    privileged: true\n"
        "    command: [echo, '$$HOME']\n",
        ASSESSED,
        r"^(?!.*HOME)",
        code=Exit.DONE,
    ),
    _case(
        "24-unclosed",
        "a `${` that is never closed",
        f"{WEB}    user: ${{X\n",
        r"compose\.yaml:5.*interpolation that is not closed",
        ASSESSED,
    ),
    Case(
        "25-names",
        "names that are markup, formulas and paths",
        _compose(
            "services:\n  \"<script>alert(1)</script>\": &a {image: 'a:1', privileged: true}\n"
            '  "=cmd|\' /C calc\'!A0": *a\n  ../../x: *a\n  a|b: *a\n  "\\e[2J": *a\n'
        ),
        Exit.INPUT_UNREAD,
        (ASSESSED, r"compose\.yaml:2.*script", r"compose\.yaml:3.*cmd", r"compose\.yaml:4.*x"),
        ("\x1b[2J",),
    ),
    _case(
        "26-null",
        "a service that is nothing",
        f"{WEB}  none:\n",
        r"compose\.yaml:5.*none",
        ASSESSED,
    ),
    _case(
        "26-list",
        "a service that is a list",
        f"{WEB}  bad: [a]\n",
        r"compose\.yaml:5.*bad.*must be a mapping",
        ASSESSED,
    ),
    _case(
        "26-text",
        "a service that is a text",
        f"{WEB}  bad: words\n",
        r"compose\.yaml:5.*bad.*must be a mapping",
        ASSESSED,
    ),
    _case(
        "26-number-as-key",
        "a service named 1",
        f"{WEB}  1: {{image: a}}\n",
        r"compose\.yaml:5.*non-string key",
        ASSESSED,
    ),
    _case(
        "26-boolean-as-key",
        "a service named true",
        f"{WEB}  true: {{image: a}}\n",
        r"compose\.yaml:5.*non-string key",
        ASSESSED,
    ),
    _case(
        "27-limits-compose",
        "limits that are none: text, negative, 3.8 TiB",
        f"{WEB}    mem_limit: 4189899980800\n  b: {{image: 'b:1', mem_limit: 128 Mi}}\n"
        "  c: {image: 'c:1', mem_limit: -1m}\n",
        r"^finding implausible-quantity compose\.yaml:5:",
        r"compose\.yaml:6.*128 Mi",
        r"compose\.yaml:7.*-1m",
        ASSESSED,
        code=Exit.DONE,
    ),
    Case(
        "30-chain",
        "10 000 services, each waiting for the one before",
        _compose(
            "services:\n  s0: {image: 'a:1', privileged: true}\n"
            + "".join(
                f"  s{n}: {{image: 'a:1', depends_on: [s{n - 1}]}}\n" for n in range(1, 10_000)
            )
        ),
        Exit.DONE,
        (ASSESSED,),
        seconds=60,
        megabytes=1000,
    ),
    Case(
        "30-extends-chain",
        "3 000 services, each extending the one before",
        _compose(
            "services:\n  s0: {image: 'a:1', privileged: true}\n"
            + "".join(f"  s{n}: {{extends: s{n - 1}}}\n" for n in range(1, 3_000))
        ),
        Exit.INPUT_UNREAD,
        (r"extends more than \d+ services", ASSESSED),
        seconds=30,
    ),
)
