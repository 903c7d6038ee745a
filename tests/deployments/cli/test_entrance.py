"""Ctrl-C while the command still loads ends it without a word."""

from __future__ import annotations

import signal
import subprocess
import sys

# Loading takes as long as we like, and says when it began.
SLOW = """
import importlib.abc, sys, time
class Slow(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "deployments.cli.main":
            print("loading", flush=True)
            time.sleep(60)
sys.meta_path.insert(0, Slow())
from deployments.cli.entrance import main
main()
"""
LOADED = """
import signal, sys, types
def main():
    print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
sys.modules["deployments.cli.main"] = types.SimpleNamespace(main=main)
from deployments.cli.entrance import main as enter
enter()
"""


def test_an_interrupt_while_it_loads_ends_it_at_once_and_silently() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SLOW], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "loading\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)

    assert process.returncode == -signal.SIGINT
    assert said == ""


def test_once_it_is_loaded_an_interrupt_is_its_own_business() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, timeout=20, check=True
    )

    assert done.stdout == "True\n"
