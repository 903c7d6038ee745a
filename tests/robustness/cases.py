"""All cases, by the rows of the table of nasty inputs."""

from tests.robustness.case import Case
from tests.robustness.cases_compose import COMPOSE
from tests.robustness.cases_crowds import CROWDS
from tests.robustness.cases_dockerfile import DOCKERFILE
from tests.robustness.cases_kubernetes import KUBERNETES
from tests.robustness.cases_odd import ODD
from tests.robustness.cases_yaml import YAML

CASES: tuple[Case, ...] = tuple(
    sorted((*YAML, *COMPOSE, *KUBERNETES, *DOCKERFILE, *CROWDS, *ODD), key=lambda case: case.id)
)
