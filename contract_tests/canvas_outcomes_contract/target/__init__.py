"""The command that writes a target file for a server."""
