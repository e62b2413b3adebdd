"""Check that a contract is valid OpenAPI in the style of this repository."""
