"""Exceptions by which a check ends without passing or failing."""

import pytest


class ProviderGone(KeyboardInterrupt):
    """Nothing answers any more. It ends the run as Ctrl-C does: Hypothesis would take another error for a failure."""


class NotApplicable(pytest.skip.Exception):  # type: ignore[misc, name-defined]
    """The target lacks what a check needs; the text says what, and how to make the check apply."""


class Deviates(pytest.skip.Exception):  # type: ignore[misc, name-defined]
    """The provider does what live Canvas does, where that is known to differ from the clause."""
