"""Faulty clients that send wrong requests."""
