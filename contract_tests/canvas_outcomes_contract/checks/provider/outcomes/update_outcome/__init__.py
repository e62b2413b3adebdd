"""Checks of update_outcome."""
