"""Lets this suite and other tools judge the same faulty providers and clients; docs/evidence.md says who found what."""
