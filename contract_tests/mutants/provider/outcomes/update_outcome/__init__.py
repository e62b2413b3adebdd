"""Faults of update_outcome."""
