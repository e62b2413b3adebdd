"""Requests and responses: routing, bodies, tokens, limits, the log."""
