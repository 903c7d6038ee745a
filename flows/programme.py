"""The programme: every built cell of the four phases over one platform."""

from __future__ import annotations

from typing import Any

from prefect import flow

from flows.cells import BUILT
from flows.conduct import RUNNER, Language, conduct
from tasks.domain.runs import Placement  # noqa: TC001  # Prefect reads it at run time
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
    cells: Placement = "inline",
    lang: Language = "en",
    live: bool = False,  # noqa: FBT001, FBT002  # flow parameters are passed by name
) -> dict[str, Any]:
    """Improve a platform.

    Args:
        platform: Folder or file that defines the platform, or the name of a Platform source.
        entry: Which definition, when there are several; the default one otherwise.
        batch: Name of this repetition (a night, a release).
        run: Id of a run to go on with.
        recompute: Ignore stored results of former runs.
        quick: Leave out each change's own round trip and the check of the definitions by
            their readers; both are listed as not assessed.
        out: Folder of the bundle.
        cells: Work all cells off in this process, or each as a run of its own.
        lang: Language of what Prefect's pages show of this run; the bundle speaks all.
        live: Measure a copy on a Docker engine, as far as cmi.yaml permits.
    """
    request = Request(platform, entry, batch, run, recompute, quick, out, lang, cells, live=live)
    return conduct(request, BUILT)
