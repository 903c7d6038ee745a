from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.findings import Severity
from tasks.domain.platform.cluster import Cluster, Grant, Named, Role, Rule
from tests.tasks.domain.security.checks.platforms import PLACE, hits, platform

if TYPE_CHECKING:
    from tasks.domain.platform.model import Platform

RULE = Rule(frozenset({"get"}), frozenset({"pods"}), frozenset({""}), False, PLACE, "rules[0]")  # noqa: FBT003  # names nothing
GRANT = Grant(
    Named("b", "ClusterRoleBinding", "", PLACE, "b"),
    "ClusterRole",
    "view",
    "ServiceAccount",
    "web",
    PLACE,
    "subjects[0]",
)


def _ruled(kind: str = "ClusterRole", **fields: Any) -> Platform:
    fields = {k: frozenset(v) if isinstance(v, set) else v for k, v in fields.items()}
    role = Role(Named("r", kind, "", PLACE, "r"), (replace(RULE, **fields),))
    return platform(cluster=Cluster(roles=(role,)))


def _granted(**fields: Any) -> Platform:
    return platform(cluster=Cluster(grants=(replace(GRANT, **fields),)))


def test_each_kind_of_object_is_a_finding_and_everything_a_worse_one() -> None:
    (some,) = hits("wildcard-rights", _ruled(resources={"*"}))
    (every,) = hits("wildcard-rights", _ruled(resources={"*"}, verbs={"*"}))

    assert (some.facts["case"], some.severity) == ("all-kinds", None)
    assert (every.facts["case"], every.severity) == ("everything", Severity.HIGH)


def test_each_kind_of_one_foreign_group_is_not_the_cluster() -> None:
    assert not hits("wildcard-rights", _ruled(resources={"*"}, groups={"shop.example"}))


@pytest.mark.parametrize("verb", ["get", "list", "watch", "*"])
def test_reading_each_secret_of_the_cluster_is_a_finding(verb: str) -> None:
    assert hits("role-reads-all-secrets", _ruled(resources={"secrets"}, verbs={verb}))


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"kind": "Role"}, id="one namespace"),
        pytest.param({"names": True}, id="named ones"),
        pytest.param({"verbs": {"create"}}, id="writes only"),
    ],
)
def test_reading_some_secrets_was_meant(fields: dict[str, Any]) -> None:
    asked = {"resources": {"secrets"}, "verbs": {"get"}, **fields}

    assert not hits("role-reads-all-secrets", _ruled(**asked))


def test_whoever_may_do_everything_everywhere_is_named() -> None:
    (whole,) = hits("administrator-bound", _granted(role="cluster-admin"))
    (masters,) = hits("administrator-bound", _granted(kind="Group", name="system:masters"))

    assert whole.facts == {"kind": "ServiceAccount", "name": "web"}
    assert masters.facts["name"] == "system:masters"


def test_an_administrator_of_one_namespace_is_not_the_clusters() -> None:
    bound = Named("b", "RoleBinding", "shop", PLACE, "b")

    assert not hits("administrator-bound", _granted(of=bound, role="cluster-admin"))


@pytest.mark.parametrize(
    ("fields", "case", "severity"),
    [
        ({"name": "default"}, "default", None),
        ({"kind": "Group", "name": "system:authenticated"}, "everybody", Severity.HIGH),
        ({"kind": "User", "name": "system:anonymous"}, "everybody", Severity.HIGH),
    ],
)
def test_rights_for_everybody_weigh_more_than_those_of_the_default_account(
    fields: dict[str, Any], case: str, severity: Severity | None
) -> None:
    (hit,) = hits("rights-for-all", _granted(**fields))

    assert (hit.facts["case"], hit.severity) == (case, severity)


def test_an_account_of_its_own_is_how_it_should_be() -> None:
    assert not hits("rights-for-all", _granted())


@pytest.mark.parametrize(
    ("resource", "verb", "case"),
    [
        ("clusterroles", "bind", "raise"),
        ("roles", "escalate", "raise"),
        ("users", "impersonate", "impersonate"),
        ("serviceaccounts/token", "create", "token"),
        ("certificatesigningrequests/approval", "patch", "certify"),
        ("validatingwebhookconfigurations", "update", "intercept"),
        ("pods/exec", "create", "enter"),
        ("nodes/proxy", "*", "enter"),
    ],
)
def test_a_role_by_which_its_holder_gets_more_rights_says_how(
    resource: str, verb: str, case: str
) -> None:
    (hit,) = hits("role-raises-itself", _ruled(resources={resource}, verbs={verb}))
    (narrow,) = hits("role-raises-itself", _ruled("Role", resources={resource}, verbs={verb}))

    assert (hit.facts["case"], hit.severity) == (case, None)
    assert narrow.severity is Severity.LOW


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"resources": {"clusterroles"}, "verbs": {"get", "list"}}, id="reads"),
        pytest.param(
            {"resources": {"clusterroles"}, "verbs": {"bind"}, "names": True}, id="named ones"
        ),
        pytest.param({"resources": {"*"}, "verbs": {"*"}}, id="another finding"),
    ],
)
def test_a_role_that_lists_what_it_permits_is_meant(fields: dict[str, Any]) -> None:
    assert not hits("role-raises-itself", _ruled(**fields))
