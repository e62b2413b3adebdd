"""Any sequence of updates, in every encoding, and reads leaves the provider agreeing with the model."""

import sys
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.control import current_build_context
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from canvas_outcomes_contract.cases.outcome_model import TEXT_FIELDS, expect_update, not_idempotent, updatable_fields
from canvas_outcomes_contract.cases.responses import assert_status, changed_fields, mismatches, without
from canvas_outcomes_contract.cases.strategies import form_updates, known_states, outcome_updates, plain_strings
from canvas_outcomes_contract.connection.editable_outcome import EditableOutcome
from canvas_outcomes_contract.run.clauses import clause

REFUSED: tuple[dict[str, Any], ...] = (
    {"title": " "},
    {"display_name": "x" * 256},
    {"calculation_method": "foo"},
    {"ratings": []},
)
STEPS = 12
PLAYS_TO_SHRINK = 50  # of a sequence that failed; each sends tens of requests, to a provider that may be far away


class Updates(RuleBasedStateMachine):
    """Updates and reads of one outcome; `outcome` is what the provider said last."""

    editable: EditableOutcome
    plays = 0
    failure: AssertionError | None = None

    def teardown(self) -> None:
        problem = sys.exc_info()[1]
        if isinstance(problem, AssertionError):
            type(self).failure = problem

    @initialize(start=known_states)
    def begin(self, start: dict[str, Any]) -> None:
        self._end_shrinking_in_time()
        self.editable.provider.recorder.begin_example()
        self.outcome = self.editable.set_state(start)

    @rule(change=outcome_updates)
    def update(self, change: dict[str, Any]) -> None:
        self._update(change, "json")

    @rule(change=form_updates, encoding=st.sampled_from(["form", "multipart"]))
    def update_by_form(self, change: dict[str, Any], encoding: str) -> None:
        self._update(change, encoding)

    @rule(text=plain_strings)
    def update_by_query(self, text: str) -> None:
        self._update({}, "json", display_name=text)

    @rule(change=outcome_updates)
    def repeat(self, change: dict[str, Any]) -> None:
        excepted = not_idempotent(self.outcome, change)
        self._update(change, "json")
        once = self.outcome
        self._update(change, "json")
        assert changed_fields(without(once, *excepted), without(self.outcome, *excepted)) == {}, (
            f"the same again: {change}"
        )

    @rule(names=st.sets(st.sampled_from(TEXT_FIELDS), min_size=1))
    def send_back(self, names: set[str]) -> None:
        self._update({name: self.outcome[name] for name in sorted(names)}, "json")

    @rule(valid=plain_strings, refused=st.sampled_from(REFUSED))
    def refuse(self, valid: str, refused: dict[str, Any]) -> None:
        assert_status(self.editable.send({"vendor_guid": valid} | refused), 400)
        self.read()

    @rule(defaults=st.booleans())
    def read_with(self, defaults: bool) -> None:
        seen = self.editable.read(add_defaults=defaults)
        assert mismatches(updatable_fields(self.outcome), seen) == {}

    @rule()
    def read(self) -> None:
        assert changed_fields(self.outcome, self.editable.read()) == {}

    def _end_shrinking_in_time(self) -> None:
        """Counted, not timed, so that a seed always ends with one sequence; what is reported is played once more."""
        type(self).plays += 1
        play = current_build_context()
        if self.plays > hypothesis.settings().max_examples + PLAYS_TO_SHRINK and not play.is_final:
            # What is too long may end anywhere; what is rejected where the same data went on before is called flaky.
            play.data.mark_overrun()

    def _update(self, change: dict[str, Any], encoding: str, **query: Any) -> None:
        wanted = expect_update(self.outcome, change | query)
        # What the provider says is taken over before it is judged: one fault shall not fail every later step.
        self.outcome = self.editable.update(change, encoding=encoding, **query)
        assert mismatches(wanted, self.outcome) == {}, f"after {change | query} as {encoding}"


@clause("update-outcome-follows-from-the-updates-before-it")
def test_follows_from_the_updates_before_it(editable: EditableOutcome) -> None:
    machine: type[Updates] = type("Updates", (Updates,), {"editable": editable})

    try:
        run_state_machine_as_test(machine, settings=hypothesis.settings(stateful_step_count=STEPS))
    except FlakyStrategyDefinition:
        # The same steps ended in another place than before: what was sent before them still has an effect.
        if machine.failure is None:
            raise
        raise machine.failure from None


@pytest.mark.parametrize("encodings", [("json", "form", "multipart"), ("multipart", "json", "form")])
@clause("update-outcome-follows-from-the-updates-before-it")
def test_updates_in_turn_in_every_encoding(editable: EditableOutcome, encodings: tuple[str, ...]) -> None:
    for number, encoding in enumerate(encodings):
        editable.update({"title": f"update {number}"}, encoding=encoding)

    assert editable.read()["title"] == f"update {len(encodings) - 1}"
