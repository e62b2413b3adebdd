"""Checks of how the client reads responses."""
