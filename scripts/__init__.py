"""Commands of the maintainers; tox.ini says which one does what."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
