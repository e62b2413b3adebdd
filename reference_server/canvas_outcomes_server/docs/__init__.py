"""The contract as a page for people."""
