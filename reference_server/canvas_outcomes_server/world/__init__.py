"""World files and how they are loaded."""

from pathlib import Path

DEMO = Path(__file__).with_name("demo.yaml")
