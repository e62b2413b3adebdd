"""World files and how they are loaded."""
