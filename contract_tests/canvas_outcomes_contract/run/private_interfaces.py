"""Lets Hypothesis print the values of a failing example, which Schemathesis switches off for the whole process."""

import hypothesis.core
import schemathesis
import schemathesis.pytest  # swaps the printer when it is imported; it has to come first
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.vendor import pretty

from canvas_outcomes_contract.connection.editable_outcome import EditableOutcome
from canvas_outcomes_contract.connection.provider import Provider

# Thousands of cases are made before a run, and printing one takes longer than sending it.
NOT_PRINTED = (schemathesis.Case, EditableOutcome, Provider)


class Printer(pretty.RepresentationPrinter):
    """Prints every value but those that are too large to be of use."""

    def pretty(self, obj: object, *, cycle: bool = False) -> None:
        if isinstance(obj, NOT_PRINTED):
            self.text("…")
        else:
            super().pretty(obj, cycle=cycle)


def print_failing_examples() -> None:
    hypothesis.core.RepresentationPrinter = Printer  # type: ignore[attr-defined]


def ignore_local_constants() -> None:
    """Make a seed draw the same cases on every machine.

    Hypothesis mixes constants into its draws that it finds in local source, and takes for local what happens to be
    imported from a folder that is neither an installation nor called test.
    """
    none = Constants()
    providers._get_local_constants = lambda: none
