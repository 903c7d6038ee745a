"""The ledger's migrations, run by ``tasks.tools.ledger.migrate``."""
