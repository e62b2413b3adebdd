"""The parts of the server's benchmark: its data, its yardstick and its load."""
