"""A pytest plugin for runs whose progress a test reads: a line twice a second, although there is no terminal."""

from canvas_outcomes_contract.run import progress

progress.LOG_INTERVAL = 0.5
