"""Build the API reference as one HTML page."""
