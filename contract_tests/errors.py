"""The ways in which a run ends without a verdict on a clause."""

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec

import pytest

Arguments = ParamSpec("Arguments")


class CannotTell(Exception):
    """The suite cannot do what it was asked to; the text is one sentence for the person who asked. Exit code 2."""


def in_one_sentence(main: Callable[Arguments, int]) -> Callable[Arguments, int]:
    """The main function of a command that says on stderr what it cannot tell, and ends with exit code 2 then."""

    @functools.wraps(main)
    def command(*arguments: Arguments.args, **named: Arguments.kwargs) -> int:
        try:
            return main(*arguments, **named)
        except CannotTell as reason:
            print(reason, file=sys.stderr)
            return 2

    return command


class ProviderGone(KeyboardInterrupt):
    """Nothing answers any more. It ends the run as Ctrl-C does: Hypothesis would take another error for a failure."""


class NotApplicable(pytest.skip.Exception):  # type: ignore[misc, name-defined]
    """The target lacks what a check needs; the text says what, and how to make the check apply."""


class Deviates(pytest.skip.Exception):  # type: ignore[misc, name-defined]
    """The provider does what live Canvas does, where that is known to differ from the clause."""
