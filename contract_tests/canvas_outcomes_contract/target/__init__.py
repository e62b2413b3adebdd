"""Target files, and a command that writes one by asking a server."""
