"""Every private interface of Hypothesis, Schemathesis and pytest that the suite uses; a test fails when one changes."""

import functools
import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import hypothesis.core
import pytest
import schemathesis
from _pytest.nodeid import coerce_node_id
from hypothesis.internal.conjecture import engine, providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.vendor import pretty
from schemathesis.generation import hypothesis as schemathesis_generation

from canvas_outcomes_contract.connection.provider import Provider

SCHEMATHESIS_PLUGIN = "schemathesis.pytest.plugin"
# Schemathesis replaces the printer once. Done here, it does not undo `print_failing_examples` at its first draw.
schemathesis_generation.setup()
SILENT_PRINTER = hypothesis.core.RepresentationPrinter  # type: ignore[attr-defined]
# Printing one of these takes longer than sending a request.
NOT_PRINTED = (schemathesis.Case, Provider)
SHRINK = engine.ConjectureRunner.shrink_interesting_test_cases


class Printer(pretty.RepresentationPrinter):
    """Prints the arguments of a failing example, apart from those that are too large to be of use."""

    def pretty(self, obj: object, *, cycle: bool = False) -> None:
        if isinstance(obj, NOT_PRINTED):
            self.text("…")
        else:
            super().pretty(obj, cycle=cycle)


def print_failing_examples() -> None:
    """Make Hypothesis print failing examples again: Schemathesis switches that off for the process."""
    hypothesis.core.RepresentationPrinter = Printer  # type: ignore[attr-defined]


def hide_failing_examples() -> None:
    """Undo `print_failing_examples`, where nobody reads the examples."""
    hypothesis.core.RepresentationPrinter = SILENT_PRINTER  # type: ignore[attr-defined]


def number_of_examples(check: Any) -> int:
    """How many examples Hypothesis draws for a check."""
    count: int = check._hypothesis_internal_use_settings.max_examples
    return count


def ignore_local_constants() -> None:
    """Make a seed draw the same cases on every machine.

    Hypothesis mixes constants of local source files into its draws, and which files count as local depends on the
    folder that they are imported from.
    """
    none = Constants()
    providers._get_local_constants = lambda: none


def limit_shrinking(limit: Callable[[], AbstractContextManager[float]], cases: int) -> None:
    """Let Hypothesis shrink each failure inside a context, for the seconds that it yields instead of 300.

    It sends `cases` at most: where the seconds suffice for them, a seed sends the same cases again.
    """

    def shrink(runner: engine.ConjectureRunner) -> None:
        if runner.interesting_test_cases:
            with limit() as seconds:
                vars(engine).update(MAX_SHRINKING_SECONDS=seconds)
                counter, test = itertools.count(1), runner.test_function

                def counted(data: Any) -> None:
                    if next(counter) >= cases:
                        runner.finish_shrinking_deadline = 0.0
                    test(data)

                runner.test_function = counted  # type: ignore[method-assign]
                SHRINK(runner)

    engine.ConjectureRunner.shrink_interesting_test_cases = shrink  # type: ignore[assignment, method-assign]


def print_steps_by_name(machine: Any) -> None:
    """Print a step of sequences, which a state machine of Schemathesis sends, as its name.

    Hypothesis also prints a variable for its result, and fails where Schemathesis keeps none: for a response without
    links.
    """
    machine._repr_step = lambda _machine, rule, _data, _result: rule.function.__name__


def force_seed(seed: int) -> None:
    """Replace the seed of a running session."""
    vars(hypothesis.core).update(global_force_seed=seed)


def use_seed_of_session(item: pytest.Item) -> None:
    """Remove the random seed that Schemathesis gives each of its tests: it would win over `--seed`."""
    test: Any = getattr(item, "obj", None)
    if hasattr(test, "_hypothesis_internal_use_seed"):
        test._hypothesis_internal_use_seed = None


def around_each_example(item: pytest.Item, context: Callable[[], AbstractContextManager[object]]) -> None:
    """Run each example of a check in a context."""
    handle = getattr(getattr(item, "obj", None), "hypothesis", None)
    if handle is None or getattr(handle.inner_test, "is_wrapped", False):
        return
    inner_test = handle.inner_test

    @functools.wraps(inner_test)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        with context():
            inner_test(*args, **kwargs)

    wrapped.is_wrapped = True  # type: ignore[attr-defined]
    handle.inner_test = wrapped


def complete_node_id(item: pytest.Item, group: str = "") -> None:
    """Add the operation to the node id of a test of Schemathesis, which has one id for all, and the group of the check.

    `--dist loadgroup` of pytest-xdist gives checks with the same @GROUP to one worker. pytest-xdist 3.8 adds the group
    itself, but not with pytest 9.2.
    """
    named = item.nodeid if item.nodeid.endswith(item.name) else f"{item.nodeid.rpartition('::')[0]}::{item.name}"
    item._id = coerce_node_id(f"{named}@{group}" if group else named)
