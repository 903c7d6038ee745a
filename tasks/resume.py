"""What a later run may skip: the one place that computes cache keys.

A step's key is a digest over everything that can change its answer: the task, the
content of its inputs, the code that it runs (the task's module and whatever of ours
that imports, directly or not, with the data files beside it), the libraries that this
code imports, and the programs that the step names. Prefect's INPUTS + TASK_SOURCE
hashes the decorated function alone, and ours are thin: a fix in the domain would
leave the key, and the stale result, as they were.
"""

from __future__ import annotations

import hashlib
import sys
from functools import cache, partial
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grimp
from prefect.cache_policies import CachePolicy

from tasks.domain.canonical import digest
from tasks.domain.runs import Job, Run
from tasks.tools import identity
from tasks.tools.errors import ProgramMissingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prefect.context import TaskRunContext

# Packages whose code is ours. No step imports a flow; cells are keyed by theirs.
PACKAGES = ("flows", "tasks", "blocks", "knowledge")


def derivation(*programs: str) -> CachePolicy:
    """Key of a step whose answer follows from its inputs alone: shared by all runs."""
    return CachePolicy.from_cache_key_fn(partial(_key, programs=programs, batched=False))


def observation(*programs: str) -> CachePolicy:
    """Key of a step that looks at the world: valid within one batch.

    How long it stays fresh is the task's ``cache_expiration``.
    """
    return CachePolicy.from_cache_key_fn(partial(_key, programs=programs, batched=True))


def _key(
    context: TaskRunContext, inputs: dict[str, Any], *, programs: tuple[str, ...], batched: bool
) -> str:
    return step_key(context.task.fn, inputs, programs=programs, batched=batched)


def step_key(
    function: Callable[..., Any],
    inputs: Mapping[str, Any],
    *,
    programs: tuple[str, ...] = (),
    batched: bool = False,
) -> str:
    """Compute the key of one call. Of a `Run` only the salt counts, and for observations the batch.

    Raises:
        TypeError: an input has no canonical form, so its content cannot be compared; or is a
            whole job, which holds the epoch and so differs each time that a run is resumed.
    """
    if jobs := [name for name, value in inputs.items() if isinstance(value, Job)]:
        what = f"{function.__name__}: {jobs} hold an epoch; pass what the step needs"
        raise TypeError(what)
    name = f"{function.__module__}.{function.__qualname__}"
    content = {
        "task": name,
        "inputs": {k: v for k, v in inputs.items() if not isinstance(v, Run)},
        "ground": _ground(
            code_digest(function.__module__),
            tuple(library_versions(function.__module__).items()),
            tuple((program, program_version(program)) for program in programs),
        ),
    }
    for run in (value for value in inputs.values() if isinstance(value, Run)):
        content["salt"] = run.salt
        if batched:
            content["batch"] = [run.platform, run.batch]
    return f"{function.__name__}-{digest(content)}"


@cache
def _ground(
    code: str, libraries: tuple[tuple[str, str], ...], programs: tuple[tuple[str, str], ...]
) -> str:
    """Digest what hardly ever differs between two calls of a step in one process."""
    return digest({"code": code, "libraries": dict(libraries), "programs": dict(programs)})


@cache
def graph() -> grimp.ImportGraph:
    """Read who imports whom among our packages, once a process."""
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


@cache
def code_digest(module: str) -> str:
    """Hash the sources of ``module`` and its first-party import closure, and their data files."""
    ours = {n for n in closure(module) if n == module or n.partition(".")[0] in PACKAGES}
    ours |= {package for name in ours for package in _packages(name)}
    whole = hashlib.sha256()
    for path in sorted({path for name in ours for path in _files(name)}):
        data = path.read_bytes()
        whole.update(b"%d:" % len(data))
        whole.update(data)
    return whole.hexdigest()


def closure(module: str) -> frozenset[str]:
    """Return ``module`` and whatever it imports, however indirectly, libraries included.

    A module outside our packages is its own closure: nobody asked the graph about it.
    """
    if module not in graph().modules:
        return frozenset({module})
    return frozenset({module, *graph().find_upstream_modules(module)})


def _packages(module: str) -> list[str]:
    """List the packages that a module lies in: importing it runs them too."""
    parts = module.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]


def _files(module: str) -> list[Path]:
    """List a module's file and the data beside it: templates, check texts, tables."""
    loaded = getattr(sys.modules.get(module), "__file__", None)
    spec = None if loaded else find_spec(module)
    origin = loaded or (spec.origin if spec else None)
    if origin is None:
        return []
    path = Path(origin)
    if path.name != "__init__.py":
        return [path]
    return [path, *_data(path.parent)]


def _data(folder: Path) -> list[Path]:
    found: list[Path] = []
    for child in folder.iterdir():
        if child.is_dir() and child.name != "__pycache__":
            found += [] if (child / "__init__.py").exists() else _data(child)
        elif child.is_file() and child.suffix not in {".py", ".pyc"}:
            found.append(child)
    return found


@cache
def library_versions(module: str) -> dict[str, str]:
    """Return the versions of Python and of the libraries that the module's closure imports."""
    versions = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    for name in closure(module):
        for library in _distributions().get(name.partition(".")[0], ()):
            versions[library] = installed_version(library)
    return versions


@cache
def installed_version(library: str) -> str:
    """Read what is installed, once a process: many modules stand on the same libraries."""
    return metadata.version(library)


@cache
def _distributions() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


@cache
def program_version(program: str) -> str:
    """Identify the installed program; that there is none is an answer too."""
    try:
        return identity.describe(program).sha256
    except ProgramMissingError:
        return "missing"
