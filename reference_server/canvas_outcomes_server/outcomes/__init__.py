"""The operations on outcomes and their rules."""
