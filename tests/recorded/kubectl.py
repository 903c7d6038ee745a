"""`kubectl` as the recorder needs it: with the settings and the context that were named."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.recorded.recording import Facts

_TIMEOUT = 120  # seconds
_PORT = re.compile(r"127\.0\.0\.1:(\d+)")


@dataclass(frozen=True, slots=True)
class Kubectl:
    """The program, and the cluster that is meant."""

    settings: str
    context: str = ""

    def run(self, *words: str, text: str | None = None) -> str:
        """Run it, and give what it says; a failure ends the recording."""
        done = subprocess.run(
            self._words(*words), input=text, capture_output=True, text=True, timeout=_TIMEOUT,
            check=False,
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"kubectl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def has(self, kind: str, name: str, namespace: str = "") -> bool:
        """Tell whether an object is there."""
        where = ("-n", namespace) if namespace else ()
        return bool(self.run("get", kind, name, *where, "--ignore-not-found", "-o", "name").strip())

    def apply(self, documents: Sequence[Facts], namespace: str = "") -> None:
        """Apply documents as users do."""
        if documents:
            where = ("-n", namespace) if namespace else ()
            listed = {"apiVersion": "v1", "kind": "List", "items": list(documents)}
            self.run("apply", *where, "-f", "-", text=json.dumps(listed))

    @contextmanager
    def proxy(self, user: str = "", *, stranger: bool = False) -> Iterator[str]:
        """Give an address of this machine that leads to the server, for reading only.

        As the user of the settings, as ``user``, or as a ``stranger`` whom nobody knows.
        """
        with tempfile.TemporaryDirectory(prefix="cmi-kubectl-") as folder:
            chosen = self._unknown(Path(folder)) if stranger else self
            words = chosen._words(*([f"--as={user}"] if user else []), "proxy", "--port=0")  # noqa: SLF001  # of this class
            with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as running:
                assert running.stdout
                found = _PORT.search(running.stdout.readline())
                assert found, "kubectl proxy names no port"
                try:
                    yield f"http://127.0.0.1:{found[1]}"
                finally:
                    running.terminate()

    def _unknown(self, folder: Path) -> Kubectl:
        """Give settings for the same server, with a token that it does not know."""
        facts = json.loads(self.run("config", "view", "--raw", "--minify", "--flatten", "-o=json"))
        for each in facts["users"]:
            each["user"] = {"token": "nobody"}
        path = folder / "kubeconfig"
        path.write_text(json.dumps(facts), encoding="utf-8")
        return Kubectl(str(path))

    def _words(self, *words: str) -> list[str]:
        beside = Path(sys.executable).with_name("kubectl")
        program = str(beside) if beside.exists() else shutil.which("kubectl")
        assert program, "kubectl is not installed here"
        context = (f"--context={self.context}",) if self.context else ()
        return [program, f"--kubeconfig={self.settings}", *context, *words]
