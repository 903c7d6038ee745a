"""Secrets written where everybody reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasks.domain.findings import Hit
from tasks.domain.platform.containers import LengthClass
from tasks.domain.security.checks.parts import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.containers import Features, Variable
    from tasks.domain.platform.model import Platform

# The last word of a name says what the value is: SECRETSTORE_HOST is a host. Plurals
# (KNOWN_SECRETS, TOKENS) hold lists of names in the files we met, never values.
_SECRET_WORDS = frozenset(
    {
        "apikey",
        "authtoken",
        "credential",
        "pass",
        "passphrase",
        "passwd",
        "password",
        "pw",
        "pwd",
        "secret",
        "secretkey",
        "token",
    }
)
_KEY_BEFORE = frozenset(
    {"access", "account", "api", "auth", "encryption", "jwt", "private", "secret", "signing"}
)
# Names that end in a secret word and are switches or descriptions all the same.
_NOT_SECRET = frozenset({"allow", "disable", "empty", "enable", "has", "no", "random", "require"})
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SETTINGS = (
    ".cfg",
    ".conf",
    ".crt",
    ".ini",
    ".json",
    ".properties",
    ".pub",
    ".toml",
    ".xml",
    ".yaml",
    ".yml",
)
_MADE_BY_CLUSTER = frozenset({"kubernetes.io/service-account-token"})
_LITERAL = frozenset({"literal", "env_file", "config", "field"})


def literal(platform: Platform) -> Iterator[Hit]:
    """Find passwords, tokens and keys whose value is in the files.

    Never by the value, which no layer of ours holds, and never by the name
    alone: a reference, a path, a switch or an empty text is no secret.
    """
    for part in parts(platform):
        for variable in (*part.container.environment, *part.container.arguments):
            case = _case(variable)
            if case:
                facts = {"case": case, "name": variable.name}
                yield Hit(part.subject, variable.place, variable.path, facts)


def in_dotenv(platform: Platform) -> Iterator[Hit]:
    """Find secrets in the project's ``.env``, named after the first service that takes them."""
    for variable in platform.variables:
        if _could_be_secret(variable.features) and names_secret(variable.name):
            takers = [
                part.subject
                for part in parts(platform)
                if any(each.name == variable.name for each in part.container.environment)
            ]
            subject = takers[0] if takers else variable.place.file
            yield Hit(subject, variable.place, variable.path, {"name": variable.name})


def in_manifest(platform: Platform) -> Iterator[Hit]:
    """Find Secrets whose values stand in the files. Files of settings may hold no secret."""
    for secret in platform.cluster.secrets:
        kept = [value for value in secret.values if _is_value(value)]
        if kept and secret.type not in _MADE_BY_CLUSTER:
            facts = {"count": str(len(kept)), "names": ", ".join(v.name for v in kept)}
            yield Hit(secret.of.name, kept[0].place, f"{secret.of.path}data", facts)


def _is_value(variable: Variable) -> bool:
    public = variable.name.endswith(_SETTINGS) and not variable.features.credentials
    empty = variable.features.length is LengthClass.EMPTY or variable.features.interpolated
    return not public and not empty


def _case(variable: Variable) -> str:
    """Tell why this is a literal secret; nothing when it is none."""
    if variable.origin not in _LITERAL:
        return ""
    if variable.features.credentials:
        return "url"
    if names_secret(variable.name) and _could_be_secret(variable.features):
        return "name"
    return ""


def names_secret(name: str) -> bool:
    """Tell from its last words whether a name announces a secret."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words or _NOT_SECRET & set(words):
        return False
    if words[-1] == "key":
        return len(words) > 1 and words[-2] in _KEY_BEFORE
    return words[-1] in _SECRET_WORDS


def _could_be_secret(features: Features) -> bool:
    elsewhere = features.interpolated or features.path_like or bool(features.refers_to)
    nothing = features.length is LengthClass.EMPTY or features.boolean is not None
    nothing = nothing or features.placeholder
    return not elsewhere and not nothing and not features.unit
