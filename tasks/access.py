"""Access: where the ledger is, on machines that the stack did not set up.

The stack tells its own processes in their environment. A worker elsewhere has none of
that; it asks Prefect for the block that somebody saved there.
"""

from __future__ import annotations

from blocks.ledger import LedgerAccess
from tasks.tools.ledger import database
from tasks.tools.ledger.database import Ledger, LedgerMissingError
from tasks.tools.ledger.migrate import refuse_newer

BLOCK = "ledger"


def find_ledger() -> Ledger:
    """Open the ledger: of the environment, else of the block ``ledger``.

    Raises:
        LedgerMissingError: neither says where it is.
        NewerLedgerError: a newer version than this one wrote it.
    """
    if not database.told():
        block = LedgerAccess.find(BLOCK)
        if block is None:
            what = f"{database.URL_VARIABLE} is not set, and Prefect has no block `{BLOCK}`."
            remedy = (
                'Start the stack with ./start-project.sh, then eval "$(./start-project.sh env)";'
                " or save a block of the type Programme ledger under that name."
            )
            raise LedgerMissingError(what, remedy)
        database.tell(block.url.get_secret_value())
    ledger = Ledger.here()
    refuse_newer(ledger)
    return ledger
