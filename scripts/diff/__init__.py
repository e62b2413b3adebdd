"""What changed between two contracts, whom it breaks, and which version it asks for.

A change is judged by the exchanges that the old contract allowed. It breaks callers if such a request may now be
refused, or if an answer may come that could not come before. It breaks providers if an answer that was right is now
wrong. It is compatible if it adds requests without touching those exchanges, and documentation only if it allows the
same.

Redocly's diff does not tell these apart: a narrowed answer counts as a patch, a schema that is shared is told for one
of the operations that use it, and clauses are not told. The tests hold this comparison against it all the same.
"""
