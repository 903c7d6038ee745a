"""Ask a copy's services the questions that only a working one answers."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasks.domain.verification.functional import Answer
from tasks.tools.errors import ToolError
from tasks.tools.live import objects, protocols
from tasks.tools.live.inside import within
from tasks.tools.live.watching import SERVICE_LABEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tasks.domain.verification.functional import Question
    from tasks.tools.engine import Engine

# Each of its settings may lie in a file whose name is in a variable, as its usual image has it.
# Who follows another server cannot be written to: reading is what he is for.
POSTGRES = """
value() { eval "printf %s \\"\\${$1:-\\$(cat \\"\\${$1_FILE:-/dev/null}\\")}\\""; }
export PGPASSWORD="$(value POSTGRES_PASSWORD)" PGUSER="$(value POSTGRES_USER)"
export PGUSER="${PGUSER:-postgres}" PGDATABASE="$(value POSTGRES_DB)"
export PGDATABASE="${PGDATABASE:-$PGUSER}"
ask() { psql -h 127.0.0.1 -v ON_ERROR_STOP=1 -qtAc "$1"; }
[ "$(ask 'select pg_is_in_recovery()')" = t ] || ask 'create table if not exists cmi_probe(i int);
insert into cmi_probe values (1); select count(*) from cmi_probe'
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A container that questions go to."""

    id: str
    pid: int
    health: tuple[str, ...] = ()


def running(engine: Engine, project: str) -> dict[str, Asked]:
    """Find the running containers of a copy by service; of several replicas, the first."""
    found: dict[str, Asked] = {}
    for each in objects.containers(engine, project):
        if each.get("State") != "running":
            continue
        about = engine.client.inspect_container(each["Id"])
        test = (about["Config"].get("Healthcheck") or {}).get("Test") or ()
        name = each["Labels"].get(SERVICE_LABEL, "")
        found.setdefault(name, Asked(each["Id"], about["State"]["Pid"], tuple(test)))
    return found


def ask_all(engine: Engine, project: str, asked: Iterable[Question]) -> tuple[Answer, ...]:
    """Ask every question once."""
    there = running(engine, project)
    return tuple(ask(engine, there, each) for each in asked)


def ask(engine: Engine, there: Mapping[str, Asked], question: Question) -> Answer:
    """Ask one question; whatever goes wrong is the answer."""
    begun = time.monotonic()
    try:
        container = there[question.service]
        passed, detail = _KINDS[question.kind](engine, container, question)
    except KeyError:
        passed, detail = False, "it does not run"
    except (ToolError, OSError, http.client.HTTPException, ValueError) as error:
        passed, detail = False, str(error) or type(error).__name__
    except Exception as error:  # noqa: BLE001  # the client's library lets many kinds out
        passed, detail = False, type(error).__name__
    return Answer(question, passed, detail, time.monotonic() - begun)


def _inside(work: Callable[[Question], tuple[bool, str]]) -> Any:
    """Make a way of asking that happens in the container's network."""

    def asking(engine: Engine, container: Asked, question: Question) -> tuple[bool, str]:
        return within(container.pid, container.id, lambda: work(question), question.seconds + 5)

    return asking


def _health(engine: Engine, container: Asked, question: Question) -> tuple[bool, str]:
    """Run the service's own check, whatever the engine believes of it."""
    test = list(container.health)
    if not test or test[0] == "NONE":
        return False, "it has no health check"
    words = ["/bin/sh", "-c", test[1]] if test[0] == "CMD-SHELL" else test[1:]
    return execute(engine, container.id, words)


def _postgres(engine: Engine, container: Asked, question: Question) -> tuple[bool, str]:
    return execute(engine, container.id, ["/bin/sh", "-c", POSTGRES])


def execute(engine: Engine, container: str, words: list[str]) -> tuple[bool, str]:
    """Run a command in a container; pass when it ends with 0."""
    made = engine.client.exec_create(container, words)
    engine.client.exec_start(made["Id"])
    code = engine.client.exec_inspect(made["Id"]).get("ExitCode")
    return code == 0, "" if code == 0 else f"exit code {code}"


_KINDS: dict[str, Callable[[Engine, Asked, Question], tuple[bool, str]]] = {
    **{kind: _inside(work) for kind, work in protocols.SPOKEN.items()},
    "health": _health,
    "postgres": _postgres,
}
