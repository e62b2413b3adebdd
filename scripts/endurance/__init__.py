"""Long runs: kills, drawn cases, seeds."""
