"""Tests of /_control, most of them through the pytest fixture."""
