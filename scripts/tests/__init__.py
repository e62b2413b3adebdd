"""Tests of the scripts, the documents and the packaging."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
