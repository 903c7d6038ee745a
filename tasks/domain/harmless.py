"""Which lines of a user's file may be shown to people who were not given the file.

A patch shows the lines around a change. A line may be shown only when each word
on it is a key, or a schema field's value that looks like one; whatever is free
text (environment, arguments, labels, data, comments) may be a secret.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from tasks.domain.platform.nodes import Alias, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tasks.domain.platform.documents import Document
    from tasks.domain.platform.nodes import Node

# Under these keys everything is the user's own text.
_FREE_FIELDS = """
    annotations args binaryData build command configs content data driver_opts entrypoint env
    environment extra_hosts labels logging matchLabels matchExpressions options
    parameters secrets selector stringData sysctls test
"""
_FREE = frozenset(_FREE_FIELDS.split())
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
_WORD = re.compile(r"[A-Za-z][A-Za-z_-]{0,40}")
_QUANTITY = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?[A-Za-z%]{0,3}")
_PORT = re.compile(r"([0-9.]{1,15}:)?[0-9-]{1,11}(:[0-9-]{1,11})?(/(tcp|udp|sctp))?")
_USER = re.compile(r"[a-z0-9_-]{1,32}(:[a-z0-9_-]{1,32})?")
_IMAGE = re.compile(r"[a-zA-Z0-9$][\w./:@${}-]{0,200}")
_API = re.compile(r"[a-z0-9.-]{1,80}(/v[0-9a-z]{1,12})?")
_OPTION = re.compile(r"(no-new-privileges|seccomp|apparmor)([:=][a-z_-]{1,24})?")

_NAMES = """
    name container_name hostname namespace serviceName serviceAccountName depends_on networks
    network service claimName profiles containerName app storageClassName
"""
_WORDS = """
    kind restart condition imagePullPolicy privileged read_only readOnlyRootFilesystem
    runAsNonRoot allowPrivilegeEscalation automountServiceAccountToken hostNetwork hostPID
    hostIPC restartPolicy type protocol cap_add cap_drop add drop required init tty stdin_open
    external mode network_mode pull_policy readOnly dnsPolicy enableServiceLinks medium
    create_host_path platform disable
"""
_QUANTITIES = """
    replicas containerPort port nodePort hostPort cpu memory cpus mem_limit mem_reservation
    pids_limit interval timeout start_period start_interval retries periodSeconds timeoutSeconds
    initialDelaySeconds failureThreshold successThreshold terminationGracePeriodSeconds
    stop_grace_period runAsUser runAsGroup fsGroup version published number
    revisionHistoryLimit minReadySeconds ephemeral-storage storage
"""

_NODE_LABELS = """
    kubernetes.io/os kubernetes.io/arch beta.kubernetes.io/os beta.kubernetes.io/arch
"""

# A schema field and what its value, or each item of its list, must look like to be shown.
_SHOWN: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(_NAMES.split(), _NAME),
    **dict.fromkeys(_WORDS.split(), _WORD),
    **dict.fromkeys(_QUANTITIES.split(), _QUANTITY),
    **dict.fromkeys(["ports", "expose"], _PORT),
    "target": re.compile(r"[0-9]{1,5}"),
    "host_ip": re.compile(r"[0-9.:a-f]{2,39}"),
    "targetPort": re.compile(r"[a-z0-9-]{1,15}"),
    **dict.fromkeys(_NODE_LABELS.split(), _NAME),
    "user": _USER,
    "tmpfs": re.compile(r"/[a-z][\w./-]{0,60}(:[a-z0-9=,]{1,40})?"),
    "volumes": re.compile(r"([a-z][\w.-]{0,40}|\./[\w./-]{0,60}):/[a-z][\w./-]{0,80}(:r[ow])?"),
    "image": _IMAGE,
    "apiVersion": _API,
    "security_opt": _OPTION,
}
_KEY = re.compile(r"[A-Za-z_$<][\w.$/<-]{0,62}")
# What may be left of a line when its scalars are taken away.
_MARKS = re.compile(r"(?:[\s\[\]{},:?'\"-]|[&*][A-Za-z_][\w-]{0,40}|---)*")
# A run of letters and digits this long is rather a key than a name.
_RANDOM = re.compile(r"(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])[A-Za-z0-9+/=]{20,}")


# The characters of a scalar, [start, end), and whether they may be shown.
_Piece: TypeAlias = tuple[int, int, bool]


def harmless_lines(text: str, documents: Iterable[Document]) -> tuple[bool, ...]:
    r"""Tell for each line of ``text`` (ended by ``\n``) whether a patch may show it."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    ends = [*starts[1:], len(text)]
    pieces = sorted(_pieces(documents))
    harmless: list[bool] = []
    at = reached = 0  # the next piece; where the last of those before ends
    for start, end in zip(starts, ends, strict=True):
        last = start == starts[-1]
        first, before = at, reached
        while at < len(pieces) and (last or pieces[at][0] < end):
            reached = max(reached, pieces[at][1])
            at += 1
        # A text over several lines is free text, on each of them.
        bare = before <= start and (last or reached <= end)
        harmless.append(bare and _harmless(text, start, end, pieces[first:at]))
    return tuple(harmless)


def _harmless(text: str, start: int, end: int, pieces: list[_Piece]) -> bool:
    if "\r" in text[start : max(start, end - 2)]:
        return False  # a line end of old Macintoshes, which git does not see
    left, at = "", start
    for first, behind, shown in pieces:
        if not shown:
            return False
        left += text[at:first] + " "
        at = max(at, behind)
    return bool(_MARKS.fullmatch(left + text[at:end]))


def _pieces(documents: Iterable[Document]) -> Iterator[_Piece]:
    """Give each scalar with whether it may be shown; aliases are names, and are shown.

    They come as they stand in the text: what is sorted already is sorted in no time.
    """
    roots = [document.root for document in documents if document.root is not None]
    # A key waits with no field.
    waiting: list[tuple[Node, str | None, bool]] = [(root, "", False) for root in reversed(roots)]
    while waiting:
        node, field, free = waiting.pop()
        if isinstance(node, Scalar):
            shown = _key_shown(node.text) if field is None else _value_shown(field, node)
            yield node.start, node.end, shown and not free
        elif isinstance(node, Sequence):
            waiting.extend((item, field, free) for item in reversed(node.items))
        elif isinstance(node, Mapping):
            for pair in reversed(node.pairs):
                name = _name(pair.key)
                waiting.append((pair.value, name, free or _is_free(name)))
                if isinstance(pair.key, Scalar):
                    waiting.append((pair.key, None, False))
        elif isinstance(node, Alias):
            yield node.start, node.end, True


@lru_cache(maxsize=4096)  # a platform has few keys, each at thousands of places
def _key_shown(text: str) -> bool:
    return bool(_KEY.fullmatch(text)) and not _RANDOM.search(text)


def _name(key: Node) -> str:
    return key.text if isinstance(key, Scalar) else ""


def _is_free(name: str) -> bool:
    return not name or name in _FREE or name.startswith("x-")


def _value_shown(field: str, scalar: Scalar) -> bool:
    if scalar.style in {"|", ">"} or scalar.tag:
        return False
    if scalar.text == "":
        return True
    pattern = _SHOWN.get(field)
    fits = pattern is not None and pattern.fullmatch(scalar.text) is not None
    return fits and not _RANDOM.search(scalar.text)
