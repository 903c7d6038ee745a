"""The local stack: embedded database, Prefect server and worker on one machine."""
