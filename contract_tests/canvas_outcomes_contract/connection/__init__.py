"""A provider behind a URL: its target, requests, pace, recorded traffic, and restoring what was changed."""
