from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('      - "5432:5432"\n', '      - "127.0.0.1:5432:5432"\n'),
        ("      - '0.0.0.0:5432:5432'\n", "      - '127.0.0.1:5432:5432'\n"),
        ("      - 15432:5432/tcp\n", '      - "127.0.0.1:15432:5432/tcp"\n'),
        ("      - target: 5432\n        published: '5432'\n",
         "      - target: 5432\n        host_ip: '127.0.0.1'\n        published: '5432'\n"),
        ("      - target: 5432\n        published: 5432\n        host_ip: 0.0.0.0\n",
         '      - target: 5432\n        published: 5432\n        host_ip: "127.0.0.1"\n'),
    ],
    ids=["short", "all addresses", "unquoted", "long", "long with an address"],
)  # fmt: skip
def test_a_store_is_published_on_this_machine_only(
    attempt: Attempt, before: str, after: str
) -> None:
    head = "services:\n  db:\n    image: postgres:16\n    ports:\n"
    outcome = attempt("bind-loopback", head + before + "    restart: always\n")

    assert outcome.text == head + after + "    restart: always\n"
