"""Acceptance: what a platform is for, as scenarios that people agreed on and a copy is put to."""
