"""Platforms as plain values: what a file means, before anybody decides how to write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Plain = dict[str, Any]

NAMES = st.sampled_from(("web", "api", "db", "cache", "queue", "worker"))
IMAGES = st.sampled_from(
    ("nginx:1.27", "nginx", "postgres:16", "redis:latest", "example/shop@sha256:" + "0" * 64)
)
# Texts that YAML could take for something else, and that a formatter must quote.
TEXTS = st.sampled_from(
    ("plain", "two words", "", "yes", "0644", "1.0", "null", "~", "a: b", "# no comment", "- x",
     "'single'", '"double"', "tab\there", "\u00fcber", "{brace}", "[bracket]", "*star", "&and",
     "trailing ", " leading", "%percent", "@at", "`tick`", "line\nbreak", "back\\slash", "=", "<<")
)  # fmt: skip
KEYS = st.sampled_from(("LEVEL", "MODE", "ADDRESS", "TIMEOUT", "A_PASSWORD", "TOKEN"))


def _some(required: Plain, **optional: SearchStrategy[Any]) -> SearchStrategy[Plain]:
    return st.fixed_dictionaries(dict(required), optional=optional)


def texts(value: SearchStrategy[str]) -> SearchStrategy[Plain]:
    """Give a mapping of names to free texts."""
    return st.dictionaries(KEYS, value, min_size=1, max_size=3)


def services(value: SearchStrategy[str] = TEXTS) -> SearchStrategy[Plain]:
    """Give one Compose service; ``value`` is what stands where free text may stand."""
    health = _some(
        {"test": st.lists(value.filter(bool), min_size=1, max_size=2).map(lambda w: ["CMD", *w])},
        interval=st.sampled_from(("5s", "1m30s")),
        retries=st.integers(1, 5),
    )
    return _some(
        {"image": IMAGES},
        environment=texts(value),
        labels=texts(value),
        command=st.lists(value, min_size=1, max_size=3),
        ports=st.lists(
            st.sampled_from(("8080:80", "53:53/udp", "9000", "127.0.0.1:81:80")),
            min_size=1,
            max_size=2,
            unique=True,
        ),
        privileged=st.booleans(),
        read_only=st.booleans(),
        restart=st.sampled_from(("no", "always", "on-failure:3")),
        user=st.sampled_from(("1000", "root", "1000:1000")),
        cap_add=st.just(["SYS_ADMIN"]),
        mem_limit=st.sampled_from(("128m", "1g")),
        healthcheck=health,
        volumes=st.just(["./data:/data"]),
    )


@st.composite
def compose(draw: Any, value: SearchStrategy[str] = TEXTS) -> Plain:
    """Give a Compose project, without a cycle."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    found: Plain = {}
    for name in names:
        service = draw(services(value))
        if found and draw(st.booleans()):
            service["depends_on"] = draw(
                st.lists(st.sampled_from(sorted(found)), min_size=1, unique=True)
            )
        found[name] = service
    return {"services": found}


def containers(value: SearchStrategy[str] = TEXTS) -> SearchStrategy[Plain]:
    """Give one container of a pod."""
    variables = st.fixed_dictionaries({"name": KEYS, "value": value})
    limits = st.fixed_dictionaries({"limits": st.just({"memory": "128Mi", "cpu": "1"})})
    return _some(
        {"name": NAMES, "image": IMAGES},
        env=st.lists(variables, min_size=1, max_size=3, unique_by=lambda v: v["name"]),
        args=st.lists(value, min_size=1, max_size=2),
        securityContext=_some(
            {}, privileged=st.booleans(), runAsNonRoot=st.booleans(), runAsUser=st.integers(0, 9)
        ),
        resources=limits,
        ports=st.just([{"containerPort": 80}]),
    )


@st.composite
def manifests(draw: Any, value: SearchStrategy[str] = TEXTS) -> list[Plain]:
    """Give objects of a cluster: workloads with Services, ConfigMaps and Secrets."""
    found: list[Plain] = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True)):
        pod = draw(_some({"containers": st.lists(containers(value), min_size=1, max_size=1)},
                         hostNetwork=st.booleans()))  # fmt: skip
        labels = {"app": name}
        spec = {
            "replicas": draw(st.integers(1, 3)),
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels, "annotations": draw(texts(value))},
                "spec": pod,
            },
        }
        found.append(_object("apps/v1", draw(st.sampled_from(("Deployment", "StatefulSet"))), name)
                     | {"spec": spec})  # fmt: skip
        if draw(st.booleans()):
            service = {"selector": labels, "ports": [{"port": 80}]}
            found.append(_object("v1", "Service", name) | {"spec": service})
        if draw(st.booleans()):
            kind, room = draw(st.sampled_from((("ConfigMap", "data"), ("Secret", "stringData"))))
            found.append(_object("v1", kind, name) | {room: draw(texts(value))})
    return found


def _object(version: str, kind: str, name: str) -> Plain:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}}
