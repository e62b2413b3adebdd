"""Exceptions that end a check without a pass or a failure."""

import pytest


class ProviderGone(KeyboardInterrupt):
    """The provider is not reachable any more. Ends the run like Ctrl-C: Hypothesis would report any other error."""


class NotApplicable(pytest.skip.Exception):  # type: ignore[misc, name-defined]
    """The target lacks a token or resource that the check needs. The message tells how to add it."""
