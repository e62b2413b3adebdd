"""Benchmarks of the client and of the server, each with limits relative to a baseline."""
