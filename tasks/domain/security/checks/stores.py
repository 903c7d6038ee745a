"""Which services keep data, told by the names of their images and by what is installed in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasks.domain.security.checks.built import layers

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

    The bases of an image that is built here tell, too, and the packages of servers in it.
    """
    stages = layers(platform, container)
    images = [container.image.value if container.image else ""]
    images += [each.base.value for each in stages]
    named = (kind for image in images if (kind := kind_of(image)))
    installed = (h.detail for each in stages for h in each.habits if h.kind == "store")
    return next(named, "") or next(installed, "")


def kind_of(image: str) -> str:
    """Tell a store's image by the last word of its name, without registry, tag and digest."""
    name = image.rpartition("/")[2].partition("@")[0].partition(":")[0].lower()
    last = _WORDS.split(name)[-1]
    return last if last in _KEEPERS else ""


def is_store(platform: Platform, service: Service) -> bool:
    """Tell whether one of a service's main containers keeps data."""
    return any(each.role == "main" and keeps_data(platform, each) for each in service.containers)
