"""How each defect is planted in a Dockerfile of our own, and what is found there."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.domain.assess import assess
from tasks.domain.platform.sources import Source
from tests.accuracy import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tasks.domain.findings import Finding

FOLDER = Path(__file__).parents[1] / "dockerfiles"
_ENDING = ("CMD", "ENTRYPOINT")
_COUNTING = (*_ENDING, "HEALTHCHECK")
_STAGE = re.compile(r"FROM\s", re.IGNORECASE)
_SSH_SERVER = (
    "RUN apt-get update && apt-get install -y --no-install-recommends openssh-server "
    "&& rm -rf /var/lib/apt/lists/*"
)
_DISTANT = "https://example.com/tool-1.4.2.tar.gz"


@dataclass(frozen=True, slots=True)
class Variant:
    """A Dockerfile with one defect, and the lines that it was planted in."""

    name: str
    check: str
    text: str
    lines: tuple[int, int]


def originals() -> dict[str, str]:
    """Read our Dockerfiles."""
    return {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.Dockerfile"))}


def _last_stage(lines: Sequence[str]) -> int:
    return max(index for index, line in enumerate(lines) if _STAGE.match(line))


def _inside(*ways: tuple[str, ...]) -> Callable[[list[str], random.Random], tuple[int, int]]:
    """Make a plant that writes lines at the top of the last stage."""

    def plant(lines: list[str], chance: random.Random) -> tuple[int, int]:
        at = _last_stage(lines) + 1
        new = chance.choice(ways)
        lines[at:at] = new
        return at + 1, at + len(new)

    return plant


def _before(*bases: str) -> Callable[[list[str], random.Random], tuple[int, int]]:
    """Make a plant that puts a stage of another image before all others."""

    def plant(lines: list[str], chance: random.Random) -> tuple[int, int]:
        at = next(index for index, line in enumerate(lines) if _STAGE.match(line))
        lines[at:at] = [f"FROM {chance.choice(bases)} AS planted"]
        return at + 1, at + 1

    return plant


def _started(*ways: str) -> Callable[[list[str], random.Random], tuple[int, int]]:
    """Make a plant that replaces what is started."""

    def plant(lines: list[str], chance: random.Random) -> tuple[int, int]:
        first = _last_stage(lines)
        kept = [line for line in lines[first:] if not line.startswith((*_ENDING, "SHELL"))]
        lines[first:] = [*kept, chance.choice(ways)]
        return len(lines), len(lines)

    return plant


def _twice(lines: list[str], chance: random.Random) -> tuple[int, int]:
    """Write what is started, or how health is asked, before the one that counts."""
    first = _last_stage(lines)
    counting = [i for i, line in enumerate(lines[first:], first) if line.startswith(_COUNTING)]
    own = chance.choice(counting)
    keyword = lines[own].split(maxsplit=1)[0]
    lines.insert(own, f'{keyword}{" CMD" * (keyword == "HEALTHCHECK")} ["planted"]')
    return own + 1, own + 1


def _cached(lines: list[str], chance: random.Random) -> tuple[int, int]:
    """Install what leaves its archives behind; pip may have been told not to by a variable."""
    ways = ["dnf install -y planted-1.0", "yum install -y planted-1.0"]
    if not any("PIP_NO_CACHE_DIR" in line for line in lines):
        ways.append("pip install planted==1.0")
    return _inside(*((f"RUN {way}",) for way in ways))(lines, chance)


def _same_name(lines: list[str], chance: random.Random) -> tuple[int, int]:
    """Put two stages of one name before all others."""
    at = next(index for index, line in enumerate(lines) if _STAGE.match(line))
    lines[at:at] = ["FROM scratch AS planted", "FROM scratch AS PLANTED"]
    return at + 2, at + 2


def _compiled_again(lines: list[str], chance: random.Random) -> tuple[int, int]:
    """Start a program of Python whose byte-code was taken away, or never made."""
    _started('CMD ["python3", "-m", "planted"]', "CMD exec gunicorn planted:app")(lines, chance)
    ways = (
        ("RUN pip install --no-cache-dir --no-compile planted==1.0",),
        ("RUN python3 -m pip install --no-compile --no-cache-dir planted==1.0",),
        ("RUN find / -type d -name __pycache__ -prune -exec rm -rf {} +",),
        ("RUN rm -rf /usr/lib/python3/dist-packages/*/__pycache__",),
        ("ENV PYTHONDONTWRITEBYTECODE=1", "COPY planted /planted"),
    )
    return _inside(*ways)(lines, chance)


PLANTS: dict[str, Callable[[list[str], random.Random], tuple[int, int]]] = {
    "shell-form-command": _started("CMD python -m shop", "ENTRYPOINT /srv/start --all"),
    "obsolete-instruction": _inside(("MAINTAINER someone@example.com",)),
    "add-instead-of-copy": _inside(("ADD settings.ini /srv/settings.ini",), ("ADD src /srv/",)),
    "world-writable-files": _inside(
        ("RUN chmod -R 777 /srv",), ("RUN mkdir /srv/data && chmod a+w /srv/data",)
    ),
    "index-update-alone": _inside(("RUN apt-get update",)),
    "package-index-kept": _inside(
        ("RUN apt-get update && apt-get install -y --no-install-recommends curl=8.14.1-2",)
    ),
    "recommended-packages": _inside(
        ("RUN apt-get update && apt-get install -y curl=8.14.1-2 && rm -rf /var/lib/apt/lists/*",)
    ),
    "copy-before-install": _inside(
        ("COPY . /planted", "RUN pip install --no-cache-dir -r /planted/requirements.txt"),
        ("COPY . .", "RUN npm ci"),
    ),
    "pipe-to-shell": _inside(
        ("RUN curl -fsSL https://get.example.com/install.sh | sh",),
        ("RUN wget -qO- https://get.example.com/install.sh | bash -s -- --yes",),
    ),
    "unverified-download": _inside(
        (f"ADD {_DISTANT} /opt/tool.tar.gz",),
        ("RUN curl -fsSLo /opt/tool http://example.com/tool",),
    ),
    "secret-file-copied": _inside(
        ("COPY id_rsa /srv/.ssh/id_rsa",), ("COPY .env /srv/.env",), ("COPY tls.key /etc/tls/",)
    ),
    "ssh-server": _inside(
        ("EXPOSE 22",),
        (_SSH_SERVER,),
    ),
    "stops-too-soon": _inside(("STOPSIGNAL SIGKILL",), ("STOPSIGNAL 9",)),
    "health-check-always-passes": _started("HEALTHCHECK CMD exit 0", 'HEALTHCHECK CMD ["true"]'),
    "debug-mode": _inside(("ENV DEBUG=true",), ("ENV FLASK_ENV=development",)),
    "authentication-off": _started('CMD ["redis-server", "--protected-mode", "no"]'),
    "certificate-check-off": _inside(
        ("RUN curl -kfsSLo /opt/tool https://example.com/tool",),
        ("ENV NODE_TLS_REJECT_UNAUTHORIZED=0",),
        ("RUN wget --no-check-certificate -O /opt/tool https://example.com/tool",),
    ),
    "password-in-image": _inside(
        ("RUN echo shop:shop | chpasswd",),
        ("RUN passwd --delete root",),
        ("RUN usermod -p x shop",),
    ),
    "sudo-in-image": _inside(("RUN sudo touch /planted",), ("RUN apk add --no-cache sudo",)),
    "failure-lost-in-pipe": _inside(
        ("RUN curl -fsSL https://example.com/tool.tar.gz | tar xz -C /opt",),
        ("RUN find / -name planted | xargs rm -f",),
    ),
    "overridden-instruction": _twice,
    "relative-working-folder": _inside(("WORKDIR planted",), ("WORKDIR ./planted",)),
    "repeated-stage-name": _same_name,
    "package-cache-kept": _cached,
    "byte-code-missing": _compiled_again,
    "dead-image": _before("minio/minio:RELEASE.2024-01-01T00-00-00Z", "minio/mc:latest"),
    "unsupported-image": _before("python:3.6-slim", "node:12-alpine", "debian:stretch-slim"),
    "floating-image-tag": _before("debian", "node:latest", "nginx"),
}


def variants(seed: int, checks: Sequence[str] = tuple(PLANTS)) -> list[Variant]:
    """Plant each defect in each Dockerfile that does not have it."""
    found = []
    for check in checks:
        plant = PLANTS[check]
        for name, text in originals().items():
            if any(each.check == check for each in look(text)):
                continue
            lines = text.splitlines()
            place = plant(lines, random.Random(f"{seed} {check} {name}"))
            found.append(Variant(name, check, "\n".join(lines) + "\n", place))
    return found


def look(text: str) -> list[Finding]:
    """Find what is wrong with a service that is built from this Dockerfile."""
    stub = b"services:\n  app:\n    build: .\n    image: example/app:1.4.2\n"
    source = Source("copy", {"compose.yaml": stub, "Dockerfile": text.encode()})
    return list(assess(reading.platform(source)))


def is_found(variant: Variant) -> bool:
    """Tell whether the planted defect is found in the lines that it was planted in."""
    first, last = variant.lines
    return any(
        each.check == variant.check
        and each.place.file == "Dockerfile"
        and first <= each.place.line <= last
        for each in look(variant.text)
    )
