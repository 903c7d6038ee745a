"""The ledger: the database of runs, leases, finished cells, steps, effects and decisions."""
