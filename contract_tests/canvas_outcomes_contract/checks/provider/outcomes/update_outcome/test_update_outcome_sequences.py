"""Sequences of updates and reads, compared with a model of the outcome."""

from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.control import current_build_context
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from canvas_outcomes_contract.cases.equality import Fields
from canvas_outcomes_contract.cases.responses import assert_refused, changed_fields, mismatches, without
from canvas_outcomes_contract.checks.provider.outcomes.editable_outcome import EditableOutcome
from canvas_outcomes_contract.checks.provider.outcomes.outcome_model import (
    TEXT_FIELDS,
    expect_update,
    in_one_order,
    not_idempotent,
    updatable_fields,
)
from canvas_outcomes_contract.checks.provider.outcomes.strategies import (
    form_updates,
    known_states,
    outcome_updates,
    plain_strings,
)
from canvas_outcomes_contract.run.clauses import clause
from canvas_outcomes_contract.run.examples import Examples
from canvas_outcomes_contract.run.run import Run

REJECTED_CHANGES: tuple[Fields, ...] = (
    {"title": " "},
    {"display_name": "x" * 256},
    {"calculation_method": "foo"},
    {"ratings": []},
)
STEPS = 12
MAX_SHRINKS = 50  # each replays tens of requests, to a provider that may be slow


class Updates(RuleBasedStateMachine):
    """Updates and reads of one outcome. `outcome` is the last response of the provider."""

    editable: EditableOutcome
    examples: Examples
    runs = 0

    def teardown(self) -> None:
        self.examples.end_sequence()

    @initialize(state=known_states)
    def start(self, state: Fields) -> None:
        self._limit_shrinking()
        self.editable.provider.recorder.begin_example()
        self.outcome = self.editable.set_state(state)

    @rule(change=outcome_updates)
    def update(self, change: Fields) -> None:
        self._update(change, "json")

    @rule(change=form_updates, encoding=st.sampled_from(["form", "multipart"]))
    def update_by_form(self, change: Fields, encoding: str) -> None:
        self._update(change, encoding)

    @rule(text=plain_strings)
    def update_by_query(self, text: str) -> None:
        self._update({}, "json", display_name=text)

    @rule(change=outcome_updates)
    def update_twice(self, change: Fields) -> None:
        excepted = not_idempotent(self.outcome, change)
        self._update(change, "json")
        once = self.outcome
        self._update(change, "json")
        assert changed_fields(*(without(in_one_order(one), *excepted) for one in (once, self.outcome))) == {}, (
            f"the same again: {change}"
        )

    @rule(names=st.sets(st.sampled_from(TEXT_FIELDS), min_size=1))
    def update_with_stored_values(self, names: set[str]) -> None:
        self._update({name: self.outcome[name] for name in sorted(names)}, "json")

    @rule(valid=plain_strings, rejected=st.sampled_from(REJECTED_CHANGES))
    def update_with_a_rejected_value(self, valid: str, rejected: Fields) -> None:
        assert_refused(self.editable.send({"vendor_guid": valid} | rejected))
        self.read()

    @rule(defaults=st.booleans())
    def read_with(self, defaults: bool) -> None:
        seen = self.editable.read(add_defaults=defaults)
        assert mismatches(updatable_fields(self.outcome), seen) == {}

    @rule()
    def read(self) -> None:
        assert changed_fields(self.outcome, self.editable.read()) == {}

    def _limit_shrinking(self) -> None:
        """Count replays rather than seconds: a seed always ends with the same sequence."""
        type(self).runs += 1
        context = current_build_context()
        if self.runs > hypothesis.settings().max_examples + MAX_SHRINKS and not context.is_final:
            # An overrun may end a sequence anywhere. Hypothesis reports a rejection of the same data as flaky.
            context.data.mark_overrun()

    def _update(self, change: Fields, encoding: str, **query: Any) -> None:
        expected = expect_update(self.outcome, change | query)
        # Keep the response before comparing it: a fault must not fail every later step.
        self.outcome = self.editable.update(change, encoding=encoding, **query)
        assert mismatches(expected, self.outcome) == {}, f"after {change | query} as {encoding}"


@clause("update-outcome-follows-from-the-updates-before-it")
def test_matches_the_model_after_any_sequence(editable: EditableOutcome, run: Run) -> None:
    machine: type[Updates] = type("Updates", (Updates,), {"editable": editable, "examples": run.examples})

    run_state_machine_as_test(machine, settings=hypothesis.settings(stateful_step_count=STEPS))


@pytest.mark.parametrize("encodings", [("json", "form", "multipart"), ("multipart", "json", "form")])
@clause("update-outcome-follows-from-the-updates-before-it")
def test_stores_the_last_of_several_encodings(editable: EditableOutcome, encodings: tuple[str, ...]) -> None:
    for number, encoding in enumerate(encodings):
        editable.update({"title": f"update {number}"}, encoding=encoding)

    assert editable.read()["title"] == f"update {len(encodings) - 1}"
