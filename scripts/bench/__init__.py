"""Benchmarks of the client and the server."""
