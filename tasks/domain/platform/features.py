"""Free text reduced to what may be known of it: secrets end here.

Whatever stands in a value position (environment, arguments, labels, ConfigMap
data) may be a secret, whatever its name. So no reader stores such a text: it
asks for its `Features` and drops it. Nothing of the text survives but the name
of a service that the platform itself defines, a port and a unit from a list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from math import log2
from typing import TYPE_CHECKING

from tasks.domain.platform.containers import EntropyClass, Features, LengthClass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

# Patterns look at this much of a text: references and URLs are short, ConfigMap data is not.
_LOOKED_AT = 4096
_SHORT, _MEDIUM = 8, 32  # first lengths of the next class
_LOW, _HIGH = 2.5, 3.5  # bits a character

_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_SWITCHES = {**_BOOLEANS, "1": True, "y": True, "t": True, "0": False, "n": False, "f": False}
# Words that say how a program runs. A closed list: whatever else is written is dropped.
_MANNERS = (
    "debug dev development local prod production release staging test testing trace trust verbose"
)
_WORDS = frozenset(_MANNERS.split())
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?|0[xX][0-9a-fA-F]{1,16}")
_QUANTITY = re.compile(r"\d+(\.\d+)? ?(?P<unit>[A-Za-z]{1,3}|%)")
_DURATION = re.compile(r"(\d+(\.\d+)?(h|m|s|ms|us|ns)){2,6}")
_TIMES = frozenset(("ns", "us", "ms", "s", "m", "h", "d"))
_SIZES = frozenset(f"{scale}{end}" for scale in "kKMGTmgt" for end in ("", "b", "B", "i", "iB"))
_UNITS = _TIMES | _SIZES | {"b", "B", "%"}

_INTERPOLATED = re.compile(r"\$\{|\$\(")
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.:-]{0,40})://"
    r"((?P<login>[^/?#\s]*)@)?"
    r"(?P<host>[A-Za-z0-9._-]+)?(:(?P<port>\d{1,5}))?(?P<rest>[,/?#;].*)?",
    re.DOTALL,
)
_HOST = re.compile(r"(?P<host>[A-Za-z0-9._-]+)(:(?P<port>\d{1,5}))?(?P<rest>/\S*)?")
# Not `image:tag@sha256:...`. Bounded, and anchored at a word: a hostile text stays linear.
_LOGIN = re.compile(
    r"(?:^|[\s,;\"'=])(?!mailto:)[^\s:@/]{1,64}:(?P<password>[^\s@]{1,256})@(?!sha256:)\S"
)
_SECRET_OPTION = re.compile(
    r"(?:^|[?&;,\s])(?:\w{0,40}[-_.])?"
    r"(?:password|passwd|pwd|pass|token|secret|api_?key|access_?key|sig)"
    r"=(?P<password>[^&;,\s]{1,256})",
    re.IGNORECASE,
)
_OPTION = re.compile(r"-{1,2}[A-Za-z][\w.-]{0,60}=(?P<text>.*)", re.DOTALL)
_PREFIX = re.compile(r"[A-Za-z][\w-]{0,30}\.(?=[A-Za-z][A-Za-z0-9+-]{0,20}://)")
_PATH = re.compile(r"(?:\.{0,2}/|~/|[A-Za-z]:\\)[\w./\\@%+~ -]*")
_CAPITALS = re.compile(r"[A-Z0-9_]+")
_BRACKETS = re.compile(r"<[^<>]{1,80}>")
_PLACE_HOLDER = re.compile(r"(?:^|[_-])PLACE_?HOLDER(?:$|[_-])")
_TELLING = 6  # characters; a shorter name may be in a text by chance
_CLUSTER = re.compile(r"[a-z0-9-]+\.svc(\.[a-z0-9.-]+)?\.?")
# Beside such a name a bare word is an account or a secret that happens to be called like a service.
_NOT_A_HOST = re.compile(
    r"(USER|USERNAME|LOGIN|PASSWORD|PASSWD|PASS|PWD|SECRET|TOKEN|KEY|DB|DATABASE|SCHEMA)(_FILE)?$",
    re.IGNORECASE,
)


def features_of(
    text: str,
    services: Collection[str],
    *,
    name: str = "",
    written: str | None = None,
    interpolated: bool | None = None,
) -> Features:
    """Reduce ``text`` to what may be kept of it.

    Args:
        text: The value that the program will see.
        services: Names that a reference may point at. A mapping gives for each
            host name (an alias, a container's name) the service behind it.
        name: Name of the variable, if it has one: beside ``DB_PASSWORD`` a bare
            word is no reference, even when a service is called so.
        written: The value before interpolation; a password is literal only if
            it is written.
        interpolated: Whether the reader filled something in. Without it,
            ``${`` and ``$(`` decide.
    """
    source = (text if written is None else written)[:_LOOKED_AT]
    seen = text[:_LOOKED_AT].strip()
    refers_to, port = _reference(seen, services, bare=not _NOT_A_HOST.search(name))
    credentials = _credentials(source)
    return Features(
        length=_length(text),
        entropy=_entropy(text),
        boolean=_BOOLEANS.get(seen.lower()),
        number=_NUMBER.fullmatch(seen) is not None,
        unit=_unit(seen),
        refers_to=refers_to,
        port=port,
        interpolated=bool(_INTERPOLATED.search(source)) if interpolated is None else interpolated,
        credentials=credentials,
        path_like=not credentials and _path_like(seen),
        placeholder=_stands_for_another(seen, name),
        switched_on=_SWITCHES.get(seen.lower()),
        word=seen.lower() if seen.lower() in _WORDS and not _NOT_A_HOST.search(name) else "",
    )


def _stands_for_another(text: str, name: str) -> bool:
    """Tell a text that is to be replaced: `<token>`, or `API_KEY_VAL` for ``API_KEY``.

    A word like `changeme` is none: the program takes it, and so does an intruder.
    """
    named = len(name) >= _TELLING and name.upper() in text and _CAPITALS.fullmatch(text)
    return bool(named or _BRACKETS.fullmatch(text) or _PLACE_HOLDER.search(text))


def _length(text: str) -> LengthClass:
    if not text:
        return LengthClass.EMPTY
    if len(text) < _SHORT:
        return LengthClass.SHORT
    return LengthClass.MEDIUM if len(text) < _MEDIUM else LengthClass.LONG


def _entropy(text: str) -> EntropyClass:
    if not text:
        return EntropyClass.LOW
    shares = (count / len(text) for count in Counter(text).values())
    bits = -sum(share * log2(share) for share in shares)
    if bits < _LOW:
        return EntropyClass.LOW
    return EntropyClass.HIGH if bits >= _HIGH else EntropyClass.MEDIUM


def _unit(text: str) -> str:
    if found := _DURATION.fullmatch(text):
        return found[3]
    found = _QUANTITY.fullmatch(text)
    return found["unit"] if found and found["unit"] in _UNITS else ""


def _reference(text: str, services: Collection[str], *, bare: bool) -> tuple[str, int | None]:
    """Give the first service that ``text`` points at, and the port written beside it."""
    for candidate in _candidates(text):
        found = _URL.fullmatch(candidate) or _HOST.fullmatch(candidate)
        if found is None or not found["host"]:
            continue
        plain = "scheme" not in found.re.groupindex and found["port"] is None
        service = _service(found["host"], services)
        if service and (bare or not plain):
            return service, int(found["port"]) if found["port"] else None
    return "", None


def _candidates(text: str) -> Iterator[str]:
    """Yield the texts that may be an address: an option's value, each item of a list."""
    option = _OPTION.fullmatch(text)
    rest = option["text"] if option else text
    yield (prefixed := _PREFIX.sub("", rest, count=1))
    if "," in prefixed:
        yield from (item.strip() for item in prefixed.split(","))


def _service(host: str, services: Collection[str]) -> str:
    name, dot, suffix = host.partition(".")
    known = host if host in services else ""
    if not known and dot and name in services and _CLUSTER.fullmatch(suffix):
        known = name
    if known and isinstance(services, Mapping):
        return str(services[known])
    return known


def _credentials(text: str) -> bool:
    """Tell whether a literal password stands in a URL or a connection string."""
    url = _URL.search(text)
    if url and url["login"]:
        password = url["login"].partition(":")[2]
        return bool(password) and not _INTERPOLATED.match(password)
    return any(
        not _INTERPOLATED.match(found["password"])
        for pattern in (_LOGIN, _SECRET_OPTION)
        for found in pattern.finditer(text)
    )


def _path_like(text: str) -> bool:
    url = _URL.fullmatch(text)
    if url is None and not _PATH.fullmatch(text):
        return False
    # A web hook's address and a key in base64 look like a URL and a path, and are secrets.
    segments = re.split(r"[/?&=\\]", text)
    return not any(len(s) >= _MEDIUM and _entropy(s) is EntropyClass.HIGH for s in segments)
