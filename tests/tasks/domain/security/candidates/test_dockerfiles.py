"""How images are built: each change is small, and comments and continuations stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]
    Built = Callable[..., Any]

COMPOSE = "services:\n  web:\n    build: .\n    image: me/web:1\n"


@pytest.fixture
def built(attempt: Attempt) -> Built:
    def run(kind: str, dockerfile: str, compose: str = COMPOSE) -> Any:
        return attempt(kind, compose, dockerfile, names=("compose.yaml", "Dockerfile"))

    return run


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("CMD python app.py", 'CMD ["python", "app.py"]'),
        ("CMD  java -jar  /app.jar ", 'CMD  ["java", "-jar", "/app.jar"] '),
        ("entrypoint python -m app", 'entrypoint ["python", "-m", "app"]'),
        ("CMD gunicorn -b :$PORT app:app", "CMD exec gunicorn -b :$PORT app:app"),
        ("CMD nginx -g 'daemon off; app'", 'CMD ["nginx", "-g", "daemon off; app"]'),
        ('CMD say  "a; app" \'$b\' ""', 'CMD ["say", "a; app", "$b", ""]'),
    ],
)
def test_a_program_is_started_without_a_shell(built: Built, before: str, after: str) -> None:
    text = f"FROM python:3.11\n{before}\n"
    outcome = built("exec-form", text)

    assert outcome.texts["Dockerfile"] == text.replace(before, after)
    assert "app" not in str(outcome.candidates[0].recipe.removed)


@pytest.mark.parametrize(
    "command",
    [
        "CMD cd /app && python app.py",
        "CMD python app.py | tee log",
        "CMD A=1 python app.py",
        "CMD python *.py",
        "CMD exec_ 'a 'b",
        "CMD exec_ 'a",
        'CMD exec_ "a $B"',
        "CMD exec_ 'a\\b'",
        "CMD exec_ 'a \"b\"'",
        "CMD 'cd' /app",
        "CMD . /env",
        "ENTRYPOINT python\nCMD app.py",
    ],
)
def test_what_needs_the_shell_keeps_it(built: Built, command: str) -> None:
    outcome = built("exec-form", f"FROM python:3.11\n{command}\n")

    assert outcome.candidates == ()
    assert len(outcome.reasons) == 1


def test_an_entrypoint_keeps_its_shell_while_a_service_gives_arguments(built: Built) -> None:
    outcome = built("exec-form", "FROM a:1\nENTRYPOINT python\n", COMPOSE + "    command: [x]\n")

    assert "ignored until now" in outcome.reasons[0]


def test_a_local_file_is_copied(built: Built) -> None:
    text = "# escape=`\nFROM a:1\nADD --chown=1:1 src /src # not a comment\nADD x.tar /\nUSER 1\n"

    assert built("copy-not-add", text).texts["Dockerfile"] == text.replace("ADD --", "COPY --")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("MAINTAINER Ann B", 'LABEL org.opencontainers.image.authors="Ann B"'),
        ('MAINTAINER "Ann"', 'LABEL org.opencontainers.image.authors="Ann"'),
    ],
)
def test_an_author_is_named_by_a_label(built: Built, before: str, after: str) -> None:
    outcome = built("author-label", f"FROM a:1\n{before}\nUSER 1\n")

    assert outcome.texts["Dockerfile"] == f"FROM a:1\n{after}\nUSER 1\n"
    assert "Ann" not in repr(outcome.candidates[0].recipe)


def test_each_installation_is_without_recommendations(built: Built) -> None:
    text = (
        "FROM debian:12\nRUN apt-get update && apt-get -y \\\n    install curl && \\\n"
        "    # tools\n    apt install -y git\nUSER 1\n"
    )

    assert built("no-recommends", text).candidates == ()  # broken over lines: not ours to guess
    plain = text.replace("-y \\\n    install", "-y install")
    assert built("no-recommends", plain).texts["Dockerfile"] == plain.replace(
        "install", "install --no-install-recommends"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "RUN apt-get update && apt-get install -y curl\n",
            "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
        ),
        (
            "RUN apt-get update \\\n  # why\n  && apt-get install -y curl\n",
            (
                "RUN apt-get update \\\n  # why\n  && apt-get install -y curl \\\n"
                "  && rm -rf /var/lib/apt/lists/*\n"
            ),
        ),
        (
            "RUN apk update && apk add curl\n",
            "RUN apk update && apk add curl && rm -rf /var/cache/apk/*\n",
        ),
    ],
)
def test_the_index_goes_in_the_layer_that_fetched_it(built: Built, before: str, after: str) -> None:
    outcome = built("remove-package-index", f"FROM debian:12\n{before}USER 1\n")

    assert outcome.texts["Dockerfile"] == f"FROM debian:12\n{after}USER 1\n"


def test_an_index_that_is_used_later_stays(built: Built) -> None:
    text = (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n"
        "RUN apt-get install -y git\nUSER 1\n"
    )

    assert "a later instruction" in built("remove-package-index", text).reasons[0]


def test_an_update_alone_joins_the_installation_behind_it(built: Built) -> None:
    text = "FROM debian:12\r\nRUN apt-get update\r\n\r\nRUN apt-get install -y curl\r\nUSER 1\r\n"

    outcome = built("join-index-update", text)

    assert outcome.texts["Dockerfile"] == (
        "FROM debian:12\r\nRUN apt-get update \\\r\n    && apt-get install -y curl\r\nUSER 1\r\n"
    )
    assert outcome.candidates[0].patch


@pytest.mark.parametrize(
    "follower",
    [
        "COPY a /a",
        "# why\nRUN apt-get install -y curl",
        "RUN pip install x",
        "RUN --mount=type=cache,target=/x apt-get install -y curl",
    ],
)
def test_an_update_alone_stays_before_anything_else(built: Built, follower: str) -> None:
    text = f"FROM debian:12\nRUN apt-get update\n{follower}\nUSER 1\n"
    outcome = built("join-index-update", text)

    assert outcome.candidates == ()
    assert len(outcome.reasons) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RUN chmod -R 777 /app", "RUN chmod -R 775 /app"),
        ("RUN chmod 0666 /a && chmod 755 /b", "RUN chmod 0664 /a && chmod 755 /b"),
        ("COPY --chmod=777 a /a", "COPY --chmod=775 a /a"),
    ],
)
def test_others_may_not_write(built: Built, before: str, after: str) -> None:
    outcome = built("tighter-mode", f"FROM a:1\n{before}\nUSER 1\n")

    assert outcome.texts["Dockerfile"] == f"FROM a:1\n{after}\nUSER 1\n"


def test_a_mode_in_letters_is_left_to_people(built: Built) -> None:
    outcome = built("tighter-mode", "FROM a:1\nRUN chmod a+w /app\nUSER 1\n")

    assert outcome.reasons == ("the mode is not written as a number",)


def test_all_changes_of_one_dockerfile_fit_together(built: Built) -> None:
    text = "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nUSER 1\n"
    index, recommends = (built(k, text) for k in ("remove-package-index", "no-recommends"))

    assert index.candidates[0].patch
    assert recommends.candidates[0].patch
    assert "\n-RUN apt-get update" in index.candidates[0].patch


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RUN pip install flask", "RUN pip install --no-cache-dir flask"),
        (
            "RUN pip3 install a && \\\n    pip3 install -r b.txt",
            "RUN pip3 install --no-cache-dir a && \\\n    pip3 install --no-cache-dir -r b.txt",
        ),
    ],
)
def test_pip_keeps_no_archives(built: Built, before: str, after: str) -> None:
    text = f'FROM python:3.11\n{before}\nCMD ["a"]\n'

    assert built("no-package-cache", text).texts["Dockerfile"] == text.replace(before, after)


@pytest.mark.parametrize(
    "command",
    ["RUN dnf install -y nginx", 'RUN ["pip", "install", "a"]', "RUN <<E\npip install a\nE"],
)
def test_what_is_no_plain_pip_is_left_to_people(built: Built, command: str) -> None:
    outcome = built("no-package-cache", f"FROM fedora:42\n{command}\n")

    assert outcome.candidates == ()
    assert "pip" in outcome.reasons[0]
