"""Distributed systems: start-up, availability, blast radius and retries on the real graph."""
