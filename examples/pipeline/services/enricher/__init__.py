"""The pipeline's service enricher."""
