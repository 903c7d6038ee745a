"""Requirements on the environment of a service."""

from tests.tasks.domain.platform.compose.projects import MAIN, container_of


def test_the_services_own_variables_win_over_files() -> None:
    box = container_of(
        {
            MAIN: "services: {a: {image: x, env_file: [a.env], environment: {B: '2', H: }}}",
            "a.env": "# x\nA=1\nB=file\nNONE\n",
        }
    )

    assert [(v.name, v.origin, v.place.file, v.place.line) for v in box.environment] == [
        ("A", "env_file", "a.env", 2),
        ("B", "literal", MAIN, 1),
        ("H", "host", MAIN, 1),
    ]
    assert box.environment[0].path == "services.a.env_file[0].A"
    assert box.environment[1].path == "services.a.environment.B"


def test_what_stands_where_a_name_should_be_is_not_kept() -> None:
    box = container_of("services: {a: {image: x, environment: ['my password is x']}}")

    assert [v.name for v in box.environment] == ["(unnamed)"]


def test_a_value_from_a_variable_is_marked() -> None:
    box = container_of(
        {MAIN: "services: {a: {image: x, environment: ['P=${P}', 'Q=$$x']}}", ".env": "P=1"}
    )

    assert [v.features.interpolated for v in box.environment] == [True, False]
