"""Lets Hypothesis print the values of a failing example, which Schemathesis switches off for the whole process."""

import hypothesis.core
import schemathesis
import schemathesis.pytest  # swaps the printer when it is imported; it has to come first
from hypothesis.vendor import pretty

from contract_tests.editable import EditableOutcome
from contract_tests.provider_under_test import Provider

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
