"""The error that ends a command without a verdict, with exit code 2."""

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec

from canvas_outcomes_contract.contract.escaping import on_one_line

Arguments = ParamSpec("Arguments")


class CannotTell(Exception):
    """A command cannot reach a verdict. The message is one sentence: which step failed, on what, and why."""


def in_one_sentence(main: Callable[Arguments, int]) -> Callable[Arguments, int]:
    """Make a main function print CannotTell to stderr and return exit code 2."""

    @functools.wraps(main)
    def command(*arguments: Arguments.args, **named: Arguments.kwargs) -> int:
        try:
            return main(*arguments, **named)
        except CannotTell as reason:
            print(on_one_line(str(reason)), file=sys.stderr)
            return 2

    return command
