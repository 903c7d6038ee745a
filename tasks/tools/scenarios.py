"""Find and read the acceptance scenarios of a platform: a folder beside its definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.exits import Exit
from tasks.domain.platform.documents import DocumentError
from tasks.domain.verification.acceptance.reading import ScenarioError, read_scenarios
from tasks.tools.errors import PermanentToolError

if TYPE_CHECKING:
    from tasks.domain.platform.sources import Source
    from tasks.domain.verification.acceptance.scenarios import Scenario

FOLDER = "scenarios"
_SUFFIXES = (".yaml", ".yml")
MOST_FILES = 100
MOST_BYTES = 256 * 1024  # of one file; people write and read them
_REMEDY = "Correct it; `cmi schema scenario` says what may stand in it."


class UnusableScenariosError(PermanentToolError):
    """A scenario cannot be carried out as it is written; every mistake is named."""

    exit = Exit.USAGE


def scenarios_of(source: Source) -> tuple[Scenario, ...]:
    """Read the scenarios of a platform, by name of file; none when there is no folder.

    Raises:
        UnusableScenariosError: something in them is wrong.
    """
    names = sorted(n for n in source.files if n.startswith(f"{FOLDER}/") and n.endswith(_SUFFIXES))
    if len(names) > MOST_FILES:
        what = f"{FOLDER}/ holds more than {MOST_FILES} files."
        raise UnusableScenariosError(what, "Put several scenarios into one file, or keep fewer.")
    try:
        return read_scenarios({name: _text(source, name) for name in names})
    except ScenarioError as error:
        raise UnusableScenariosError(str(error), _REMEDY) from error
    except DocumentError as error:
        what = f"{error}."
        raise UnusableScenariosError(what, _REMEDY) from error


def _text(source: Source, name: str) -> str:
    if len(source.files[name]) > MOST_BYTES:
        what = f"{name} is larger than {MOST_BYTES >> 10} KiB."
        raise UnusableScenariosError(what, "Split it, or keep fewer.")
    return source.text(name)
