"""The pipeline's service query."""
