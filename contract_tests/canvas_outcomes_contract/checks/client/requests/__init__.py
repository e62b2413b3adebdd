"""Checks of the requests that the client sends."""
