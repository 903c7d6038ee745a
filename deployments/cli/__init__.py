"""The `cmi` command: one module a verb."""
