"""Provider checks: they know a base URL, tokens and ids, and nothing else of the server."""
