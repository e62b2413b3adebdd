"""The sections of canvas-behaviour, and a mark for the tests of each."""

from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., object])

SECTIONS = {
    "1.1": "paths and formats",
    "1.2": "authentication",
    "1.3": "error bodies",
    "1.4": "ids as strings",
    "1.5": "request encodings",
    "1.6": "throttling headers",
    "1.7": "no pagination",
    "2.1": "order of the checks of get_outcome",
    "2.2": "parameters of get_outcome",
    "2.3": "the outcome without account level mastery scales",
    "2.4": "the outcome with account level mastery scales",
    "2.5": "rights to read and update",
    "3.1": "order of the checks of update_outcome",
    "3.2": "parameters of update_outcome and how they are converted",
    "3.3": "strings stored unchanged",
    "3.4": "descriptions sanitised",
    "3.5": "add_defaults",
    "3.5a": "the criterion rebuilt",
    "3.6": "calculation_method and calculation_int",
    "3.7": "bodies of validation errors",
    "3.8": "updates with account level mastery scales",
    "3.9": "other effects of an update",
    "4.1": "parameters of list_outcome_alignments",
    "4.2": "choice of the branch",
    "4.3": "the alignments of a student",
    "4.4": "the alignments of an assignment",
    "4.5": "keys of an alignment",
    "4.6": "rights to the lists of others",
    "6": "feature flags",
}


def section(*numbers: str) -> Callable[[Test], Test]:
    """Mark a test with the sections that it covers over HTTP."""

    def mark(test: Test) -> Test:
        test.sections = numbers  # type: ignore[attr-defined]
        return test

    return mark
