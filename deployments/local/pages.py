"""Prefect's pages, closed: a browser that shows them asks this machine's server and nobody else.

The newer of its two interfaces asks an analytics host even when analytics are off, the
catalogue of blocks fetches logos from elsewhere, and an artifact may hold an image's address
that a platform's author chose. No setting of the server's prevents these; a policy does.

And the older one asks for its password only at its first page: whoever opens the address of a
run, and never gave it, would be shown an empty page. So that page asks first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# What both interfaces do within their own origin: inline styles and starters, compiled
# shaders and schemas (eval), pictures and workers out of memory.
POLICY = (
    "default-src 'self' data: blob:; "
    "script-src 'self' blob: 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; "
    "base-uri 'self'; "
    "form-action 'self'"
)
_HEAD = "<head>"
_META = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
_OLDER = "v1"
# The name under which it keeps the password, and the place where it asks, are the interface's own.
_ASK_FIRST = """<script>
if (!localStorage.getItem("prefect-password") && !/^\\/(login)?$/.test(location.pathname))
  location.replace("/login?redirect=" + encodeURIComponent(location.pathname + location.search));
</script>"""


def close(folder: Path) -> None:
    """Write the policy, and who asks first, into the interfaces unpacked to ``folder``.

    The server unpacks each version of Prefect once; doing this again changes nothing.

    Raises:
        LookupError: nothing was unpacked there, or a page without a head.
    """
    indexes = sorted(folder.glob("*/index.html"))
    if not indexes:
        msg = f"No pages in {folder}."
        raise LookupError(msg)
    for index in indexes:
        page = index.read_text(encoding="utf-8")
        added = _META + (_ASK_FIRST if index.parent.name == _OLDER else "")
        if added in page:
            continue
        before, head, after = page.replace(_META, "").partition(_HEAD)
        if not head:
            msg = f"{index} has no head."
            raise LookupError(msg)
        # A browser may read the page at this very moment: it gets the old one or the new one.
        draft = index.with_suffix(".closed")
        draft.write_text(f"{before}{head}{added}{after}", encoding="utf-8")
        draft.replace(index)
