"""Data that the domain reads, in English and Chinese."""
