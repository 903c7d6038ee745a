"""The checks: pure functions from a platform to what is wrong with it.

A new check is one function, one row here, and one text in ``knowledge/checks``.
"""

from __future__ import annotations

from tasks.domain.findings import Check
from tasks.domain.security.checks import (
    access,
    availability,
    definitions,
    dockerfiles,
    health,
    host,
    images,
    network,
    privilege,
    resources,
    secrets,
)

COMPOSE, KUBERNETES, DOCKERFILE = "compose", "kubernetes", "dockerfile"
_BOTH = (COMPOSE, KUBERNETES)

CHECKS: tuple[Check, ...] = (
    Check("privileged-container", _BOTH, privilege.privileged),
    Check("engine-socket-mounted", _BOTH, host.engine_socket),
    Check("host-namespace", _BOTH, host.namespaces),
    Check("host-folder-mounted", _BOTH, host.host_folder),
    Check("capability-added", _BOTH, privilege.capability_added),
    Check("capabilities-not-dropped", _BOTH, privilege.capabilities_kept),
    Check("runs-as-root", _BOTH, privilege.runs_as_root),
    Check("no-new-privileges-unset", _BOTH, privilege.escalation_allowed),
    Check("writable-root-filesystem", _BOTH, privilege.writable_root),
    Check("default-service-account-token", (KUBERNETES,), access.default_token),
    Check("literal-secret", _BOTH, secrets.literal),
    Check("floating-image-tag", _BOTH, images.floating_tag),
    Check("port-on-all-interfaces", _BOTH, network.reachable_from_anywhere),
    Check("port-conflict", _BOTH, network.conflicts),
    Check("no-network-policy", (KUBERNETES,), network.no_policy),
    Check("no-memory-limit", _BOTH, resources.no_memory_limit),
    Check("no-cpu-limit", _BOTH, resources.no_cpu_limit),
    Check("implausible-quantity", _BOTH, resources.implausible),
    Check("no-health-check", _BOTH, health.no_health_check),
    Check("slow-start-gate", (COMPOSE,), health.slow_start_gate),
    Check("depends-without-health", (COMPOSE,), health.waits_for_process_only),
    Check("dangling-dependency", _BOTH, definitions.dangling),
    Check("dependency-cycle", (COMPOSE,), definitions.cycle),
    Check("single-replica", (KUBERNETES,), availability.single_replica),
    Check("removed-api-version", (KUBERNETES,), definitions.removed_api),
    Check("obsolete-key", (COMPOSE,), definitions.obsolete_key),
    Check("shell-form-command", (DOCKERFILE,), dockerfiles.shell_form),
    Check("obsolete-instruction", (DOCKERFILE,), dockerfiles.anywhere("maintainer")),
    Check("add-instead-of-copy", (DOCKERFILE,), dockerfiles.anywhere("adds-local")),
    Check("world-writable-files", (DOCKERFILE,), dockerfiles.in_image("world-writable")),
    Check("index-update-alone", (DOCKERFILE,), dockerfiles.anywhere("index-alone")),
    Check("package-index-kept", (DOCKERFILE,), dockerfiles.in_image("index-kept")),
    Check("recommended-packages", (DOCKERFILE,), dockerfiles.recommended_packages),
    Check("copy-before-install", (DOCKERFILE,), dockerfiles.copied_before_install),
    Check("pipe-to-shell", (DOCKERFILE,), dockerfiles.anywhere("pipes-to-shell")),
    Check(
        "unverified-download",
        (DOCKERFILE,),
        dockerfiles.anywhere("unverified-add", "plain-download"),
    ),
    Check("secret-file-copied", (DOCKERFILE,), dockerfiles.in_image("copies-key")),
    Check("ssh-server", (*_BOTH, DOCKERFILE), network.remote_login),
)
