"""What to send and what to expect: strategies, encodings, the model of an outcome, equality."""
