"""A pytest plugin for runs whose progress a test reads: it is shown more often."""

from canvas_outcomes_contract.run import progress

progress.LOG_INTERVAL, progress.TERMINAL_INTERVAL = 0.5, 0.05
