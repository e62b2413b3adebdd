"""Checks of the operations of the Outcomes API."""
