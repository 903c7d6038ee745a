"""The kinds of automatic change: from a finding to edits of the user's own files.

A new kind is one function and one row here; its ``caution`` says what it takes
for granted, because without an engine nobody has tried it yet.
"""

from __future__ import annotations

from tasks.domain.security.candidates import (
    access,
    availability,
    definitions,
    network,
    privilege,
    resources,
    start,
)
from tasks.domain.security.candidates.ground import Change

_COMPOSE, _KUBERNETES = ("compose",), ("kubernetes",)
_BOTH = (*_COMPOSE, *_KUBERNETES)

CHANGES: tuple[Change, ...] = (
    Change(
        "unprivileged",
        ("privileged-container",),
        _BOTH,
        "The container loses root's rights over the host.",
        "A service that manages devices, mounts or the host's kernel stops working.",
        privilege.unprivileged,
    ),
    Change(
        "bind-loopback",
        ("port-on-all-interfaces",),
        _COMPOSE,
        "Other machines can no longer connect to this port.",
        "Whoever connects from another machine is cut off; nothing in the files says who does.",
        network.bind_loopback,
    ),
    Change(
        "no-new-privileges",
        ("no-new-privileges-unset",),
        _BOTH,
        "A set-user-id program in the container gains nothing.",
        "A service that calls sudo, su or ping with a set-user-id bit stops doing so.",
        privilege.no_new_privileges,
    ),
    Change(
        "drop-capabilities",
        ("capabilities-not-dropped",),
        _BOTH,
        "The container keeps at most the capabilities that it names.",
        "A service that needs another capability than those kept fails when it uses it.",
        privilege.drop_capabilities,
    ),
    Change(
        "limit-resources",
        ("no-memory-limit", "no-cpu-limit"),
        _BOTH,
        "One service can no longer take all memory and processors of its host.",
        "The figures are a proposal, not measured: a service that needs more is killed or slow.",
        resources.limits,
    ),
    Change(
        "no-account-token",
        ("default-service-account-token",),
        _KUBERNETES,
        "A process in the pod finds no credential of the cluster.",
        "A service that calls the cluster's API as the default account loses its access.",
        access.no_token,
    ),
    Change(
        "start-interval",
        ("slow-start-gate",),
        _COMPOSE,
        "The services that wait start up to one interval earlier.",
        "Needs Docker Engine 25 or later; the health command runs each second while starting.",
        start.start_interval,
    ),
    Change(
        "wait-for-health",
        ("depends-without-health",),
        _COMPOSE,
        "The service starts when what it needs is ready, not when a process exists.",
        "It does not start at all while what it needs is unhealthy.",
        start.wait_for_health,
    ),
    Change(
        "successor-api-version",
        ("removed-api-version",),
        _KUBERNETES,
        "Current clusters accept the object.",
        "A selector cannot be changed later: an object that exists must be deleted first.",
        definitions.succeed,
    ),
    Change(
        "second-replica",
        ("single-replica",),
        _KUBERNETES,
        "The service survives the loss of one pod.",
        "Taken for granted: it keeps no state in memory that its requests rely on. Costs a pod.",
        availability.second_replica,
    ),
    Change(
        "read-only-root",
        ("writable-root-filesystem",),
        _COMPOSE,
        "A process in the container cannot change the image's files.",
        "A service that writes elsewhere than to its volumes, /tmp and /run fails.",
        privilege.read_only_root,
    ),
    Change(
        "remove-obsolete-key",
        ("obsolete-key",),
        _COMPOSE,
        "Compose no longer warns about a key that it ignores.",
        "Only tools older than the Compose Specification read the key.",
        definitions.remove_obsolete,
    ),
)
