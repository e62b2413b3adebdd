"""The connection to a provider: target file, requests, pace, recorded traffic, restoring."""
