"""Build and check the distributions, and pin their dependencies."""
