"""The consumer half of the suite: what the generated client sends and reads is what the contract says."""
