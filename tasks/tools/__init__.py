"""The outside world, one module per program or service."""
