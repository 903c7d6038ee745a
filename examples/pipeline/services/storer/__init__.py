"""The pipeline's service storer."""
