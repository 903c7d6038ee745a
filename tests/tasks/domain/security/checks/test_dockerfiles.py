"""Which stages count; the defects themselves are in the fixtures."""

from __future__ import annotations

from tasks.domain.platform.containers import Build, Dockerfile, Habit, Stage
from tests.tasks.domain.security.checks.platforms import PLACE, container, of, sited, subjects

_HABIT = Habit("world-writable", PLACE, "stages[0].run[0]", "777")
_FILE = Dockerfile(
    "Dockerfile",
    (
        Stage(sited("debian:12"), PLACE, "stages[0]", name="debug", habits=(_HABIT,)),
        Stage(sited("debian:12"), PLACE, "stages[1]"),
    ),
)


def test_a_stage_counts_when_a_service_is_built_from_it() -> None:
    debug = container(build=Build(".", PLACE, "build", "Dockerfile", "debug"))
    plain = container(build=Build(".", PLACE, "build", "Dockerfile"))

    assert subjects("world-writable-files", of(debug, dockerfiles={"Dockerfile": _FILE}))
    assert not subjects("world-writable-files", of(plain, dockerfiles={"Dockerfile": _FILE}))
