"""Register the work pool, block types and automations. Runs in a process of its own."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from prefect.automations import AutomationCore
from prefect.blocks.core import Block
from prefect.cli import app as prefect
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists

import blocks
from deployments.local.fingerprint import AUTOMATIONS, DEPLOYMENTS

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

_CHECKOUT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Register everything that prefect.yaml cannot say, then what it says."""
    with get_client(sync_client=True) as client:
        ensure_pool(client, sys.argv[1])
    for kind in block_types():
        kind.register_type_and_schema()
    asyncio.run(ensure_automations(read_automations(_CHECKOUT / AUTOMATIONS)))
    if (_CHECKOUT / DEPLOYMENTS).exists():
        deploy()


def deploy() -> None:
    """Register what prefect.yaml lists, by Prefect's own command; it ends this process.

    Here, and not as a program of its own: importing Prefect and our flows costs seconds.
    """
    sys.argv = ["prefect", "--no-prompt", "deploy", "--all"]
    prefect()


def ensure_pool(client: SyncPrefectClient, name: str) -> None:
    """Make the work pool for processes on this machine."""
    try:
        client.create_work_pool(WorkPoolCreate(name=name, type="process"))
    except ObjectAlreadyExists:
        return


def block_types() -> list[type[Block]]:
    """Find the block classes that are defined in ``blocks``, not merely imported there."""
    modules = [
        importlib.import_module(f"{blocks.__name__}.{found.name}")
        for found in pkgutil.iter_modules(blocks.__path__)
    ]
    return [
        member
        for module in modules
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, Block) and member.__module__ == module.__name__
    ]


def read_automations(path: Path) -> list[AutomationCore]:
    """Read the list of automations; none when there is no such file."""
    if not path.exists():
        return []
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [AutomationCore.model_validate(entry) for entry in document["automations"]]


async def ensure_automations(automations: list[AutomationCore]) -> None:
    """Create or update by name, so that starting twice does not make two of one."""
    async with get_client() as client:
        for automation in automations:
            found = await client.read_automations_by_name(automation.name)
            if not found:
                await client.create_automation(automation)
                continue
            await client.update_automation(found[0].id, automation)
            for double in found[1:]:
                await client.delete_automation(double.id)


if __name__ == "__main__":
    main()
