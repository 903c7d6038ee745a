"""Verification: what must hold before a change may be called proven."""
