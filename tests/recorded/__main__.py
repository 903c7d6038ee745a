"""Record what a real API server answers to us.

    python -m tests.recorded --kubeconfig FILE [--context NAME] [--limit 2]

Namespaces of our own are made on that server (and one custom resource definition), filled,
listed by the product through a server that writes down, and removed again. Nothing else of
the server is touched; a namespace that is there already ends it, and the shop takes port
30080 of the nodes. Controllers must run there (kube-controller-manager), nodes need not, and
the server must have forgotten its beginning (it does so every few minutes). It asks
`kubectl` for everything but the recording itself.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.domain.platform.locations import locate
from tasks.tools.cluster import read_cluster
from tasks.tools.errors import ToolError
from tasks.tools.lists import EXPIRED
from tests.recorded.applied import SCENES, Scene, documents, of_all
from tests.recorded.kubectl import Kubectl
from tests.recorded.listener import listening
from tests.recorded.recording import Recording
from tests.recorded.replayer import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Iterator

_SETTLED = 4.0  # seconds without a new object: controllers are done
_PATIENCE = 60.0


def main() -> int:
    """Record every scene."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--kubeconfig", required=True)
    wanted.add_argument("--context", default="")
    wanted.add_argument("--limit", type=int, default=2, help="objects of a page")
    wanted.add_argument("--only", action="append", help="only these recordings")
    asked = wanted.parse_args()
    kubectl = Kubectl(asked.kubeconfig, asked.context)
    version = json.loads(kubectl.run("version", "-o", "json"))["serverVersion"]["gitVersion"]
    with _prepared(kubectl):
        for scene in SCENES:
            if asked.only and scene.name not in asked.only:
                continue
            found = Recording(version, scene.namespace, asked.limit)
            _record(kubectl, scene, found)
            if scene.expires and not any(each.status == EXPIRED for each in found.answers):
                sys.exit("The server still knows its beginning: record ten minutes later.")
            found.save(scene.name)
            sys.stdout.write(f"{scene.name}: {len(found.answers)} answers\n")
    return 0


@contextmanager
def _prepared(kubectl: Kubectl) -> Iterator[None]:
    """Fill the namespaces of the scenes, and remove them afterwards."""
    folders = {scene.namespace: scene.folder for scene in SCENES if scene.made}
    common = [d for folder in folders.values() if folder for d in documents(folder) if of_all(d)]
    if there := [each for each in folders if kubectl.has("namespace", each)]:
        sys.exit(f"There is a namespace {there[0]} already; it is left alone.")
    try:
        kubectl.apply(common)
        for each in common:
            kubectl.run("wait", "--for=condition=Established", f"crd/{each['metadata']['name']}")
        for namespace, folder in folders.items():
            kubectl.run("create", "namespace", namespace)
            _until(lambda name=namespace: kubectl.has("serviceaccount", "default", name))
            if folder:
                own = [each for each in documents(folder) if not of_all(each)]
                kubectl.apply(own, namespace)
        _settle(kubectl, tuple(folders))
        yield
    finally:
        for namespace in folders:
            kubectl.run("delete", "namespace", namespace, "--wait=false", "--ignore-not-found")
        for each in common:
            name = each["metadata"]["name"]
            kubectl.run("delete", "crd", name, "--wait=false", "--ignore-not-found")


def _settle(kubectl: Kubectl, namespaces: tuple[str, ...]) -> None:
    """Wait until controllers make no more objects."""
    before: list[str] = []

    def quiet() -> bool:
        nonlocal before
        time.sleep(_SETTLED)
        kinds = "all,configmaps,persistentvolumeclaims,serviceaccounts"
        now = [kubectl.run("get", kinds, "-n", each, "-o", "name") for each in namespaces]
        before, same = now, now == before
        return same

    _until(quiet)


def _until(holds: object) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if callable(holds) and holds():
            return
        time.sleep(0.5)
    sys.exit("The server did not become what it should in time.")


def _record(kubectl: Kubectl, scene: Scene, found: Recording) -> None:
    """List a namespace with the product, and write down what was said."""
    with tempfile.TemporaryDirectory(prefix="cmi-recorded-") as folder:
        settings = Path(folder) / "kubeconfig"
        with (
            kubectl.proxy(scene.user, stranger=scene.stranger) as server,
            listening(server, found, scene.expires) as written,
        ):
            settings.write_text(written, encoding="utf-8")
            os.environ["KUBECONFIG"] = str(settings)
            try:
                read_cluster(locate(f"k8s://{CONTEXT}/{scene.namespace}"))
            except ToolError as error:  # refused and empty ones are recorded, too
                sys.stdout.write(f"{scene.name}: {error.what}\n")


if __name__ == "__main__":
    sys.exit(main())
