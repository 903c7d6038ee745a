"""Has anything changed that the server or the ledger's database must be told about?"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DEPLOYMENTS = "prefect.yaml"
AUTOMATIONS = "deployments/automations.yaml"
_LOCK = "requirements.lock"
# Flows are among them because a deployment stores the schema of its flow's parameters.
_SOURCES = (
    DEPLOYMENTS,
    AUTOMATIONS,
    "blocks/*.py",
    "flows/*.py",
    "deployments/local/regist*.py",
    "tasks/tools/ledger/migrations/versions/*.py",
)


def of_checkout(checkout: Path) -> str:
    """Digest what is registered on the server, the ledger's migrations, and the lock file.

    The checkout's place counts too: deployments name it as their working directory.
    """
    digest = hashlib.sha256(str(checkout).encode())
    for pattern in (*_SOURCES, _LOCK):
        for path in sorted(checkout.glob(pattern)):
            digest.update(f"\0{path.name}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def of_libraries(checkout: Path) -> str:
    """Digest the lock file: services that were started with another one must start again."""
    return hashlib.sha256((checkout / _LOCK).read_bytes()).hexdigest()
