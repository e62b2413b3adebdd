"""Servers that misbehave on purpose, and a contract run of each."""
