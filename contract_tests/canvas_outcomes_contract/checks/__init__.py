"""The checks: each judges one clause of a provider, or one rule of the generated client."""
