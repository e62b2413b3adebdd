"""Faulty clients that read responses wrongly."""
