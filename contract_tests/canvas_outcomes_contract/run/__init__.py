"""A contract run: command, pytest plugin, options, progress, workers."""
