"""Compares two contracts: what changed, whom each change breaks, and which version step it requires.

A change is judged by the exchanges that the old contract allowed. It breaks callers if such a request may now be
refused, or if a response may come that could not come before. It breaks providers if a response that was valid is now
invalid. It is compatible if it adds requests without affecting those exchanges, and documentation only if both
contracts allow the same.

Redocly's diff does not make these distinctions: it rates a narrower response as a patch, reports a change of a shared
schema for only one of the operations that use it, and ignores clauses.
"""
