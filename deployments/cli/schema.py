"""`cmi schema`: the JSON Schemas of what we print and write."""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import Parameter

from deployments.cli.output import emit_json, say, write
from tasks.domain.exits import Exit
from tasks.domain.reporting.schemas import UnknownSchemaError, names
from tasks.domain.reporting.schemas import schema as load


def schema(
    name: Annotated[str | None, Parameter(help="Which one; without it, their names.")] = None, /
) -> int:
    """Print a JSON Schema of our output."""
    if name is None:
        write("".join(f"{each}\n" for each in names()), sys.stdout)
        return Exit.DONE
    try:
        emit_json(load(name))
    except UnknownSchemaError as error:
        say(str(error))
        return Exit.USAGE
    return Exit.DONE
