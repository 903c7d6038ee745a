"""Which services keep data, told by the names of their images."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasks.domain.security.checks.built import final_stage

if TYPE_CHECKING:
    from tasks.domain.platform.containers import Container
    from tasks.domain.platform.model import Platform, Service

# The last word of an image's name: `rs-mongodb` is a store, `mongodb-exporter` is none.
# Caches (memcached, redis) may be emptied by design, so they are not here.
_KEEPERS = frozenset(
    {
        "arangodb",
        "cassandra",
        "cockroach",
        "couchbase",
        "couchdb",
        "elasticsearch",
        "etcd",
        "influxdb",
        "mariadb",
        "minio",
        "mongo",
        "mongodb",
        "mysql",
        "neo4j",
        "opensearch",
        "percona",
        "postgis",
        "postgres",
        "postgresql",
        "rabbitmq",
        "timescaledb",
        "zookeeper",
    }
)
_WORDS = re.compile(r"[^a-z0-9]+")


def keeps_data(platform: Platform, container: Container) -> str:
    """Name the kind of store that a container runs; nothing when it is none that we know.

    The base of an image that is built here tells, too.
    """
    stage = final_stage(platform, container)
    images = [container.image.value if container.image else ""]
    if stage is not None:
        images.append(stage.base.value)
    return next((kind for image in images if (kind := kind_of(image))), "")


def kind_of(image: str) -> str:
    """Tell a store's image by the last word of its name, without registry, tag and digest."""
    name = image.rpartition("/")[2].partition("@")[0].partition(":")[0].lower()
    last = _WORDS.split(name)[-1]
    return last if last in _KEEPERS else ""


def is_store(platform: Platform, service: Service) -> bool:
    """Tell whether one of a service's main containers keeps data."""
    return any(each.role == "main" and keeps_data(platform, each) for each in service.containers)
