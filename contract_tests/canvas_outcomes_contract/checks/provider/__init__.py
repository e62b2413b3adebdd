"""Provider checks, which use only the base URL, tokens and ids of a server."""
