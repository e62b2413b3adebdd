"""Commands of the maintainers; tox.ini says which one does what."""
