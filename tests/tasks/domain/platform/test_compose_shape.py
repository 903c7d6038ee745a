import pytest

from tasks.domain.platform.compose_shape import is_named_like_compose


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("compose.yaml", True),
        ("a/docker-compose.yml", True),
        ("docker-compose-dev.yml", True),
        ("docker-compose.monitoring.yaml", True),
        ("compose.override.yml", True),
        ("composer.yaml", False),
        ("docker-compose.txt", False),
        ("compose/values.yaml", False),
    ],
)
def test_names_that_docker_compose_users_choose_are_believed(path: str, expected: bool) -> None:
    assert is_named_like_compose(path) is expected
