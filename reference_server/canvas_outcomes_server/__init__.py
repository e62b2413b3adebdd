"""A server that keeps the contract of the Canvas LMS Outcomes API, for development and tests."""
