"""Tests of the scripts, the documents and the packaging."""
