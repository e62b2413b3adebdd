"""Checks of connections, retries and logs of the client."""
