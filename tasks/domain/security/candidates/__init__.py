"""The kinds of automatic change: from a finding to edits of the user's own files.

A new kind is one function, one row here, and its texts in ``knowledge/changes``;
their ``caution`` says what it takes for granted, because without an engine nobody
has tried it yet.
"""

from __future__ import annotations

from tasks.domain.security.candidates import (
    access,
    availability,
    bytecode,
    confinement,
    definitions,
    disruption,
    dockerfiles,
    health,
    images,
    lifecycle,
    network,
    policies,
    privilege,
    resources,
    start,
    storage,
    switches,
)
from tasks.domain.security.candidates.ground import Change

_COMPOSE, _KUBERNETES, _DOCKERFILE = ("compose",), ("kubernetes",), ("dockerfile",)
_BOTH = (*_COMPOSE, *_KUBERNETES)
_EVERYWHERE = (*_BOTH, *_DOCKERFILE)

CHANGES: tuple[Change, ...] = (
    Change("unprivileged", ("privileged-container",), _BOTH, privilege.unprivileged),
    Change("bind-loopback", ("port-on-all-interfaces",), _COMPOSE, network.bind_loopback),
    Change("no-new-privileges", ("no-new-privileges-unset",), _BOTH, privilege.no_new_privileges),
    Change("drop-capabilities", ("capabilities-not-dropped",), _BOTH, privilege.drop_capabilities),
    Change("other-user", ("runs-as-root",), _BOTH, privilege.other_user),
    Change("limit-resources", ("no-memory-limit", "no-cpu-limit"), _BOTH, resources.limits),
    Change("request-resources", ("requests-nothing",), _KUBERNETES, disruption.request),
    Change(
        "request-for-autoscaler",
        ("blind-autoscaler",),
        _KUBERNETES,
        disruption.request_for_autoscaler,
    ),
    Change("no-account-token", ("default-service-account-token",), _KUBERNETES, access.no_token),
    Change("deny-by-default", ("no-network-policy",), _KUBERNETES, policies.deny_by_default),
    Change("readiness-check", ("no-health-check",), _BOTH, health.ready),
    Change("start-interval", ("slow-start-gate",), _COMPOSE, start.start_interval),
    Change("honest-check", ("health-check-lies",), _COMPOSE, health.honest),
    Change("fit-health-check", ("health-check-unfitted",), _COMPOSE, start.fitted),
    Change("fit-size", ("size-unfitted",), _COMPOSE, resources.fitted),
    Change("wait-for-health", ("depends-without-health",), _COMPOSE, start.wait_for_health),
    Change("start-with-process", ("held-back-by-health",), _COMPOSE, start.start_with_process),
    Change("successor-api-version", ("removed-api-version",), _KUBERNETES, definitions.succeed),
    Change("second-replica", ("single-replica",), _KUBERNETES, availability.second_replica),
    Change("disruption-budget", ("no-disruption-budget",), _KUBERNETES, disruption.keep_most),
    Change("drain-one-pod", ("drain-blocked",), _KUBERNETES, disruption.let_one_go),
    Change("rolling-update", ("update-stops-service",), _KUBERNETES, disruption.roll),
    Change(
        "replicas-by-autoscaler",
        ("replicas-fight-autoscaler",),
        _KUBERNETES,
        disruption.leave_to_autoscaler,
    ),
    Change("current-marker", ("unheeded-marker",), _KUBERNETES, definitions.heeded),
    Change("read-only-root", ("writable-root-filesystem",), _BOTH, privilege.read_only_root),
    Change("filter-system-calls", ("system-call-filter-off",), _BOTH, confinement.filter_calls),
    Change("default-profile", ("confinement-off",), _BOTH, confinement.confine),
    Change("mask-kernel-paths", ("kernel-paths-unmasked",), _BOTH, confinement.mask),
    Change("restart-policy", ("no-restart-policy",), _COMPOSE, lifecycle.come_back),
    Change("bound-logs", ("logs-unbounded",), _COMPOSE, lifecycle.bound_logs),
    Change("limit-processes", ("no-process-limit",), _COMPOSE, lifecycle.limit_processes),
    Change("orderly-stop", ("stops-too-soon",), (*_BOTH, *_DOCKERFILE), lifecycle.end_in_order),
    Change(
        "out-of-memory-killer",
        ("out-of-memory-killer-off",),
        _COMPOSE,
        lifecycle.end_when_memory_is_out,
    ),
    Change("data-volume", ("store-without-volume",), _COMPOSE, storage.keep_data),
    Change("size-memory-files", ("unlimited-tmpfs",), _BOTH, storage.size_memory_files),
    Change("debug-off", ("debug-mode",), _EVERYWHERE, switches.debug_off),
    Change("informative-log", ("debug-log-level",), _BOTH, switches.log_less),
    Change("depend-not-link", ("legacy-links",), _COMPOSE, lifecycle.depend),
    Change("free-container-names", ("fixed-container-name",), _COMPOSE, lifecycle.free_names),
    Change("remove-obsolete-key", ("obsolete-key",), _COMPOSE, definitions.remove_obsolete),
    Change("restart-when-hung", ("no-liveness-probe",), _KUBERNETES, health.restart),
    Change(
        "ask-for-filter", ("system-call-filter-unset",), _KUBERNETES, confinement.ask_for_filter
    ),
    Change("fetch-each-time", ("stale-image-kept",), _KUBERNETES, images.fetch_each_time),
    Change("spread-copies", ("copies-not-spread",), _KUBERNETES, disruption.spread),
    Change("no-package-cache", ("package-cache-kept",), _DOCKERFILE, dockerfiles.no_cache),
    Change("keep-byte-code", ("byte-code-missing",), _DOCKERFILE, bytecode.keep),
    Change("exec-form", ("shell-form-command",), _DOCKERFILE, dockerfiles.exec_form),
    Change("copy-not-add", ("add-instead-of-copy",), _DOCKERFILE, dockerfiles.copy),
    Change("author-label", ("obsolete-instruction",), _DOCKERFILE, dockerfiles.label_author),
    Change("no-recommends", ("recommended-packages",), _DOCKERFILE, dockerfiles.no_recommends),
    Change("remove-package-index", ("package-index-kept",), _DOCKERFILE, dockerfiles.clean_index),
    Change("join-index-update", ("index-update-alone",), _DOCKERFILE, dockerfiles.join_update),
    Change("tighter-mode", ("world-writable-files",), _DOCKERFILE, dockerfiles.tighter_mode),
)
