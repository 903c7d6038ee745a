"""Stacks that nobody tuned anything for: drawn from a seed, with the habits of real ones."""
