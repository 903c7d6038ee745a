"""What orders asks of the other services, over HTTP."""

import json
import urllib.error
import urllib.request


def fetch(url: str) -> dict[str, object] | None:
    """The JSON at ``url``, or nothing when the service does not know it.

    There is no time limit: a neighbour that hangs holds the order for ever.
    """
    try:
        with urllib.request.urlopen(url) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise
