"""The programme: every built cell of the four phases over one platform."""

from __future__ import annotations

from typing import Any

from prefect import flow

from flows.cells import BUILT
from flows.conduct import RUNNER, Language, conduct
from tasks.ownership import Request


@flow(
    name="programme",
    flow_run_name="programme {platform}",
    task_runner=RUNNER,
)
def programme(  # noqa: PLR0913, PLR0917  # this is the form that Prefect's UI shows
    platform: str,
    entry: str = "",
    batch: str = "",
    run: str = "",
    recompute: bool = False,  # noqa: FBT001, FBT002  # flow parameters are passed by name
    quick: bool = False,  # noqa: FBT001, FBT002  # flow parameters are passed by name
    out: str = "",
    lang: Language = "en",
) -> dict[str, Any]:
    """Improve the platform at a path.

    Args:
        platform: Folder or file that defines the platform.
        entry: Which definition, when there are several; the default one otherwise.
        batch: Name of this repetition (a night, a release).
        run: Id of a run to go on with.
        recompute: Ignore stored results of former runs.
        quick: Leave out what takes long; it is listed as not assessed.
        out: Folder of the bundle.
        lang: Language of what Prefect's pages show of this run; the bundle speaks all.
    """
    return conduct(Request(platform, entry, batch, run, recompute, quick, out, lang), BUILT)
