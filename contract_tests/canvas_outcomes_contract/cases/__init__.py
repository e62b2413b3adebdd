"""Test data and expectations: strategies, encodings, the model of an outcome, assertions on responses."""
