"""Builds and checks the distributions, and pins dependencies."""
