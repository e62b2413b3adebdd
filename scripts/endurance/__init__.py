"""Tests that run for minutes to hours: kills, generated cases, seeds."""
