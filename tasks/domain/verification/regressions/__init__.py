"""Regressions: starts of now against those of an earlier programme, in two looks."""
