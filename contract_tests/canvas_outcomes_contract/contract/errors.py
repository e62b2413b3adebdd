"""The ways in which a run ends without a verdict on a clause."""

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec

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
