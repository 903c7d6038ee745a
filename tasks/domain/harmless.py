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
    pieces = _Ahead(_pieces(documents))
    harmless: list[bool] = []
    reached = 0  # where the last piece of the lines before ends
    behind_all = text.rfind("\n") + 1
    for start, end in _lines(text):
        last, before = start == behind_all, reached
        mine = list(pieces.before(len(text) + 1 if last else end))
        reached = max((behind for _, behind, _ in mine), default=reached)
        # A text over several lines is free text, on each of them.
        bare = before <= start and (last or reached <= end)
        harmless.append(bare and _harmless(text, start, end, mine))
    return tuple(harmless)


class _Ahead:
    """Pieces in the order of the text, of which one is looked at before it is wanted."""

    def __init__(self, pieces: Iterator[_Piece]) -> None:
        self._pieces = pieces
        self._next = next(pieces, None)

    def before(self, end: int) -> Iterator[_Piece]:
        """Give those that begin before ``end``, each once."""
        while self._next is not None and self._next[0] < end:
            yield self._next
            self._next = next(self._pieces, None)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Give where each line begins and ends; what follows the last line end is one too."""
    start = 0
    while (end := text.find("\n", start) + 1) > 0:
        yield start, end
        start = end
    yield start, len(text)


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

    They come in the order of the text, and only one way down to a node is held at a time.
    """
    # A key comes with no field.
    way: list[Iterator[tuple[Node, str | None, bool]]] = [
        iter([(document.root, "", False)]) for document in documents if document.root is not None
    ]
    way.reverse()
    while way:
        node, field, free = next(way[-1], (None, None, False))
        if node is None:
            way.pop()
        elif isinstance(node, Scalar):
            shown = _key_shown(node.text) if field is None else _value_shown(field, node)
            yield node.start, node.end, shown and not free
        elif isinstance(node, Alias):
            yield node.start, node.end, True
        else:
            way.append(_below(node, field, free=free))


def _below(
    node: Sequence | Mapping, field: str | None, *, free: bool
) -> Iterator[tuple[Node, str | None, bool]]:
    """Give what stands in a node, in its order; of a pair first the key."""
    if isinstance(node, Sequence):
        yield from ((item, field, free) for item in node.items)
        return
    for pair in node.pairs:
        name = _name(pair.key)
        if isinstance(pair.key, Scalar):
            yield pair.key, None, False
        yield pair.value, name, free or _is_free(name)


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
