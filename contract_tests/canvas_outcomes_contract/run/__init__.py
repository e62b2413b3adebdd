"""A contract run: pytest plugin, options, settings of Hypothesis, progress, workers."""
