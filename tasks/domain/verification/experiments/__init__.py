"""Experiments: what is claimed, in which order it is measured, and what the samples then say."""
