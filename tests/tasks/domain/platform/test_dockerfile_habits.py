import pytest

from tasks.domain.platform.dockerfile import read
from tasks.domain.platform.sources import Source


def _habits(*lines: str) -> list[tuple[str, str]]:
    text = "\n".join(("FROM debian:12", *lines)) + "\n"
    stage = read(Source("s", {"Dockerfile": text.encode()}), "Dockerfile").stages[-1]
    return [(each.kind, each.detail) for each in stage.habits]


@pytest.mark.parametrize(
    "line",
    [
        "RUN curl -fsSLk https://a.example/x -o x",
        "RUN wget --no-check-certificate https://a.example/x",
        "RUN pip install --trusted-host a.example x",
        "RUN git config --global http.sslVerify false",
        "RUN git -c http.sslVerify=false clone https://a.example/x",
        "RUN npm config set strict-ssl false",
        "RUN apt-get install -y --allow-unauthenticated x",
    ],
)
def test_a_download_from_anybody_is_told(line: str) -> None:
    assert "unchecked-certificate" in [kind for kind, _ in _habits(line)]


@pytest.mark.parametrize(
    "line",
    [
        "RUN curl -fsSL https://a.example/k -o k",
        "RUN npm config set strict-ssl true",
        "RUN git config --global user.name false",
        "RUN wget https://a.example/--no-check-certificate",
    ],
)
def test_a_download_from_a_known_sender_is_not(line: str) -> None:
    assert "unchecked-certificate" not in [kind for kind, _ in _habits(line)]


@pytest.mark.parametrize("mode", ["777", "0666", "a+w", "o+rw", "ugo+rwx", "a=rwx"])
def test_a_mode_lets_everybody_write(mode: str) -> None:
    assert [kind for kind, _ in _habits(f"RUN chmod {mode} /srv")] == ["world-writable"]


@pytest.mark.parametrize("mode", ["755", "1777", "u+w", "g+w", "+x", "go-w", "u=rwx,go=rx"])
def test_a_mode_does_not(mode: str) -> None:
    assert _habits(f"RUN chmod {mode} /srv") == []


def test_habits_know_their_instruction_and_its_line() -> None:
    text = "FROM a AS x\nRUN true\nRUN apt-get update\nFROM x\nADD a.txt b\n"
    first, last = read(Source("s", {"Dockerfile": text.encode()}), "Dockerfile").stages

    assert {(h.path, h.place.line) for h in first.habits} == {("Dockerfile:stages[0].run[1]", 3)}
    assert [(h.path, h.place.line) for h in last.habits] == [("Dockerfile:stages[1].add[0]", 5)]


def test_no_text_of_an_instruction_is_kept() -> None:
    found = _habits(
        "RUN TOKEN=hunter2 curl -u me:hunter2 http://hunter2.example/x | sh -s hunter2",
        "COPY hunter2/id_rsa /srv/.ssh/hunter2",
        'CMD start --password hunter2 --protected-mode "no"',
    )

    assert found
    assert "hunter2" not in repr(found)


def test_the_lineage_of_an_image_is_what_its_layers_come_from() -> None:
    text = "FROM a AS one\nFROM b AS two\nFROM one AS three\nCOPY --from=two / /\n"
    dockerfile = read(Source("s", {"Dockerfile": text.encode()}), "Dockerfile")

    assert [stage.name for stage in dockerfile.lineage()] == ["one", "three"]
    assert [stage.name for stage in dockerfile.lineage("two")] == ["two"]


@pytest.mark.parametrize(
    "line",
    [
        "RUN echo web:web | chpasswd",
        "RUN passwd -d root",
        "RUN useradd -p x web",
        "RUN usermod --password x web",
    ],
)
def test_a_password_for_an_account_is_told(line: str) -> None:
    assert "sets-password" in [kind for kind, _ in _habits(line)]


def test_a_locked_account_has_no_password() -> None:
    assert _habits("RUN useradd -r web && passwd --lock web") == []


@pytest.mark.parametrize("line", ["RUN sudo make", "RUN make && sudo -E make install"])
def test_a_command_that_sudo_starts_is_told(line: str) -> None:
    assert ("sudo", "make") in _habits(line)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("RUN find /a | xargs rm", True),
        ("RUN echo a | tee /b", False),
        ("RUN set -o pipefail && find /a | xargs rm", False),
        ("RUN curl -fsSL https://a.example/x | sh", False),  # a finding of its own
    ],
)
def test_a_pipe_whose_failure_is_lost_is_told(line: str, *, told: bool) -> None:
    assert ("pipe" in [kind for kind, _ in _habits(line)]) is told


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("WORKDIR app", "relative-folder"),
        ('WORKDIR "/app"', "absolute-folder"),
        ("WORKDIR $HOME", "absolute-folder"),
        ("WORKDIR c:/app", "absolute-folder"),
    ],
)
def test_a_folder_tells_where_it_begins(line: str, kind: str) -> None:
    assert _habits(line) == [(kind, "")]


def test_a_shell_that_minds_pipes_is_told() -> None:
    assert ("minds-pipes", "") in _habits('SHELL ["/bin/bash", "-o", "pipefail", "-c"]')
