"""The pipeline's service ingest."""
