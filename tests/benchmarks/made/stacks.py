"""Draw a stack: which services, who waits for whom, how each is checked and started.

Habits follow what a census of public Compose files showed: an interval of 5 s in the middle and
30 s at most, nearly no check with an interval of its own for the start, checks that answer
before the service does, commands behind a shell, waits for services that nobody calls. The
images are those of the samples, so no registry is needed. At least three levels wait
for each other's health, each checked every 5 s or less often.
"""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

CHECKOUT = Path(__file__).resolve().parents[3]
EXAMPLES = CHECKOUT / "examples"
APP_PORT, EDGE_PORT = 8000, 80
_INTERVALS = (5, 5, 5, 5, 5, 10, 10, 10, 15, 30)
_NAMES = (
    *("accounts", "basket", "billing", "booking", "claims", "feed", "ledger", "mailer"),
    *("notes", "offers", "parcels", "prices", "ratings", "routes", "search", "stock"),
)
_PAGE = """\
worker_processes auto;
error_log /dev/stderr warn;
pid /run/nginx.pid;
events {{ worker_connections 256; }}
http {{
    access_log off;
    server {{
        listen 80;
        location = /health {{ return 200 "fine\\n"; }}
{places}
    }}
}}
"""
_PLACE = "        location /{name}/ {{ proxy_pass http://{name}:8000; }}"


@dataclass(frozen=True, slots=True)
class Store:
    """A store of the samples. ``early`` is a check that may answer before the store does."""

    name: str
    image: str  # folder under examples
    port: int
    honest: list[str]
    early: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    data: str = ""


def _shell(command: str) -> list[str]:
    return ["CMD-SHELL", command]


_GREETING = (
    r"exec 3<>/dev/tcp/127.0.0.1/5672; printf 'AMQP\x00\x00\x09\x01' >&3; read -t2 -N1 answer <&3"
)
STORES = (
    Store(
        "postgres",
        "shop/images/postgres",
        5432,
        _shell("pg_isready -q -h 127.0.0.1 -U app -d app"),
        _shell("pg_isready -U app"),
        {"POSTGRES_USER": "app", "POSTGRES_DB": "app", "POSTGRES_PASSWORD": "made-up"},
        "/var/lib/postgresql/data",
    ),
    Store(
        "redis",
        "shop/images/redis",
        6379,
        ["CMD", "redis-cli", "ping"],
        ["CMD", "redis-cli", "ping"],
        data="/data",
    ),
    Store(
        "rabbitmq",
        "shop/images/rabbitmq",
        5672,
        ["CMD", "bash", "-c", _GREETING],
        ["CMD", "rabbitmq-diagnostics", "-q", "ping"],
        {"RABBITMQ_DEFAULT_USER": "app", "RABBITMQ_DEFAULT_PASS": "made-up"},
    ),
    Store(
        "mysql",
        "pipeline/images/database",
        3306,
        ["CMD", "mysqladmin", "ping", "-h", "127.0.0.1", "--protocol=tcp"],
        ["CMD", "mysqladmin", "ping", "-h", "localhost"],
        {"MYSQL_DATABASE": "app", "MYSQL_USER": "app", "MYSQL_PASSWORD": "made-up"},
        "/var/lib/mysql",
    ),
    Store(
        "memcached",
        "site/images/cache",
        11211,
        _shell("printf 'version\\r\\nquit\\r\\n' | nc -w 1 127.0.0.1 11211 | grep -q VERSION"),
        _shell("pgrep memcached || exit 0"),
    ),
)


def write(folder: Path, seed: int) -> Path:
    """Write the stack of ``seed`` into a folder of its own, and return that."""
    place = folder / f"stack-{seed}"
    draw = random.Random(seed)  # drawn to be drawn again
    stores = draw.sample(STORES, draw.randint(2, 4))
    names = draw.sample(_NAMES, draw.randint(2, 6))
    services = {each.name: _store(each, place, draw) for each in stores}
    ports = {each.name: each.port for each in stores}
    for tier in _tiers(names, draw):
        below = dict(ports)
        for name in tier:
            services[name] = _app(name, below, place, draw)
            ports[name] = APP_PORT
    services["edge"] = _edge(names, place, draw)
    volumes = {f"{each.name}-data": None for each in stores if each.data}
    document = {"services": services, **({"volumes": volumes} if volumes else {})}
    (place / "compose.yaml").write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    told = {"version": 1, "entry": "compose.yaml", "probes": _probes(names)}
    told["permissions"] = {"build": True}
    (place / "cmi.yaml").write_text(yaml.safe_dump(told, sort_keys=False), "utf-8")
    return place


def levels(services: dict[str, Any]) -> int:
    """Count how many services wait for each other's health, one after the other, at most."""

    def depth(name: str) -> int:
        gates = services[name].get("depends_on", {})
        healthy = [n for n, each in gates.items() if each["condition"] == "service_healthy"]
        return max((1 + depth(each) for each in healthy), default=0)

    return max(map(depth, services))


def _tiers(names: list[str], draw: random.Random) -> list[list[str]]:
    """Split services into those that need stores only, and those that need others too."""
    cut = draw.randint(1, len(names) - 1)
    return [names[:cut], names[cut:]]


def _check(test: list[str], draw: random.Random) -> dict[str, Any]:
    return {"test": test, "interval": f"{draw.choice(_INTERVALS)}s", "timeout": "5s", "retries": 20}


def _store(store: Store, place: Path, draw: random.Random) -> dict[str, Any]:
    shutil.copytree(EXAMPLES / store.image, place / "stores" / store.name)
    test = store.early if draw.random() < 0.4 else store.honest  # a share
    return {
        "image": f"made/{store.name}:latest",
        "build": f"./stores/{store.name}",
        **({"environment": dict(store.environment)} if store.environment else {}),
        **({"volumes": [f"{store.name}-data:{store.data}"]} if store.data else {}),
        "healthcheck": _check(test, draw),
    }


def _app(name: str, below: dict[str, int], place: Path, draw: random.Random) -> dict[str, Any]:
    """Make a service that needs some of what is below it, the newest of that among them."""
    context = place / "apps" / name
    shutil.copytree(Path(__file__).parent / "app", context)
    shell = draw.random() < 0.5  # a share
    command = "python3 /srv/main.py" if shell else '["python3", "/srv/main.py"]'
    lines = (
        "FROM base.local/debian:12",
        "RUN apt-get update && apt-get install -y python3 curl procps",
        "COPY main.py /srv/main.py",
        f"EXPOSE {APP_PORT}",
        f"CMD {command}",
    )
    (context / "Dockerfile").write_text("\n".join(lines) + "\n", "utf-8")
    *others, newest = below
    needs = [*draw.sample(others, min(len(others), draw.randint(0, 2))), newest]
    idle = [each for each in below if each not in needs and draw.random() < 0.3]
    path = draw.choice(("health", "ready"))
    test = ["CMD", "curl", "-fsS", f"http://127.0.0.1:{APP_PORT}/{path}"]
    return {
        "image": f"made/{'shell' if shell else 'exec'}-{name}:latest",
        "build": f"./apps/{name}",
        "environment": {
            "NEEDS": " ".join(f"{each}:{below[each]}" for each in needs),
            "WARM": str(draw.choice((0.2, 0.5, 1.0))),
            "RETRIES": str(draw.choice((0, 0, 40))),
        },
        "healthcheck": _check(test, draw),
        "depends_on": {each: {"condition": "service_healthy"} for each in (*needs, *idle)},
    }


def _edge(names: list[str], place: Path, draw: random.Random) -> dict[str, Any]:
    shutil.copytree(EXAMPLES / "site/images/front", place / "edge")
    places = "\n".join(_PLACE.format(name=each) for each in names)
    (place / "edge" / "nginx.conf").write_text(_PAGE.format(places=places), "utf-8")
    test = ["CMD", "curl", "-fsS", f"http://127.0.0.1:{EDGE_PORT}/health"]
    return {
        "image": "made/edge:latest",
        "build": "./edge",
        "ports": [f"127.0.0.1:${{EDGE_PORT:-8060}}:{EDGE_PORT}"],
        "healthcheck": _check(test, draw),
        "depends_on": {each: {"condition": "service_healthy"} for each in names},
    }


def _probes(names: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "name": f"{each} works",
            "service": "edge",
            "port": EDGE_PORT,
            "path": f"/{each}/work",
            "contains": "fine",
        }
        for each in names
    ]
