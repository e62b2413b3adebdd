"""update_outcome: values that are rejected, the errors in the response, and that nothing changes."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from canvas_outcomes_contract.cases.equality import Fields
from canvas_outcomes_contract.cases.responses import (
    assert_refused,
    assert_status,
    changed_fields,
    parse_json,
    rejected_attributes,
)
from canvas_outcomes_contract.checks.provider.outcomes.editable_outcome import EditableOutcome
from canvas_outcomes_contract.checks.provider.outcomes.outcome_model import MAX_LENGTHS
from canvas_outcomes_contract.checks.provider.outcomes.strategies import (
    UNUSABLE_RATINGS,
    beyond_limits,
    known_states,
    outcome_updates,
    titles,
)
from canvas_outcomes_contract.run.clauses import clause, parametrize_clauses

BLANK = st.text(st.sampled_from(" \t\n\r\u00a0\u2003\u3000"), max_size=5)
# Attribute that an error names, by field.
ATTRIBUTES = {"title": "short_description", "display_name": "display_name", "vendor_guid": "vendor_guid"}
REJECTED_CHANGES = (
    {"title": " "},
    {"title": None},
    {"title": "x" * 256},
    {"display_name": "x" * 256},
    {"vendor_guid": "x" * 256},
    {"calculation_method": "foo"},
    {"calculation_method": "n_mastery", "calculation_int": 11},
    {"ratings": "none"},
)


@clause("update-outcome-refuses-a-blank-title")
@given(title=BLANK)
@example(title="")
@example(title="   ")
def test_rejects_a_blank_title(editable: EditableOutcome, title: str) -> None:
    assert_status(editable.send({"title": title}), 400)


@clause("update-outcome-refuses-a-null-title")
def test_rejects_a_null_title(editable: EditableOutcome) -> None:
    assert_status(editable.send({"title": None}), 400)


@parametrize_clauses(
    "field",
    {
        "update-outcome-refuses-a-title-over-255": "title",
        "update-outcome-refuses-a-display-name-over-255": "display_name",
        "update-outcome-refuses-a-vendor-guid-over-255": "vendor_guid",
    },
)
@given(drawn=st.data())
def test_rejects_a_string_over_255(editable: EditableOutcome, field: str, drawn: st.DataObject) -> None:
    assert_status(editable.send({field: drawn.draw(beyond_limits[field])}), 400)


@clause("update-outcome-refuses-a-description-over-65535")
@pytest.mark.parametrize("length", [65536, 65600, 100000])
def test_rejects_a_description_over_65535(editable: EditableOutcome, length: int) -> None:
    assert_status(editable.send({"description": "x" * length}), 400)


@pytest.mark.parametrize("field", list(MAX_LENGTHS))
@pytest.mark.parametrize("character", ["x", "\u00e9", "\U0001f9ea"])
@clause("update-outcome-accepts-texts-at-the-limit")
def test_accepts_strings_at_the_limit(editable: EditableOutcome, field: str, character: str) -> None:
    text = character * MAX_LENGTHS[field]

    assert editable.update({field: text})[field] == text


@pytest.mark.parametrize("field", [*MAX_LENGTHS, "calculation_method"])
@pytest.mark.parametrize("body", [b'{"%s": "a\\u0000b"}', b'{"%s": "a\\ud800b"}'])
@clause("update-outcome-refuses-text-that-cannot-be-stored")
def test_rejects_strings_that_cannot_be_stored(editable: EditableOutcome, field: str, body: bytes) -> None:
    before = editable.read()

    response = editable.send_body(body % field.encode(), "application/json")

    assert editable.changes_of_refusal(before, response) == {}
    assert_status(response, 400)


@pytest.mark.parametrize("change", [c for c in REJECTED_CHANGES if "ratings" not in c])
@clause("update-outcome-names-refused-attributes")
def test_names_the_rejected_attribute(editable: EditableOutcome, change: Fields) -> None:
    editable.set_state({"calculation_method": "decaying_average"})
    field = list(change)[-1]

    assert rejected_attributes(editable.send(change)) == {ATTRIBUTES.get(field, field)}


@given(fields=st.sets(st.sampled_from([*ATTRIBUTES, "calculation_method"]), min_size=2))
@clause("update-outcome-names-every-refused-attribute")
def test_names_every_rejected_attribute(editable: EditableOutcome, fields: set[str]) -> None:
    response = editable.send(dict.fromkeys(sorted(fields), "x" * 256))

    assert rejected_attributes(response) == {ATTRIBUTES.get(field, field) for field in fields}


@clause("update-outcome-names-every-refused-attribute")
def test_has_a_message_for_every_error(editable: EditableOutcome) -> None:
    errors = parse_json(editable.send({"title": "", "display_name": "x" * 256}))["errors"]

    messages = [error["message"] for of_attribute in errors.values() for error in of_attribute]
    assert len(messages) >= 2
    assert [message for message in messages if not (isinstance(message, str) and message)] == []


@clause("update-outcome-changes-nothing-when-refused")
@given(start=known_states, valid=outcome_updates, title=titles, rejected=st.sampled_from(REJECTED_CHANGES))
def test_changes_nothing_when_rejected(
    editable: EditableOutcome, start: Fields, valid: Fields, title: str, rejected: Fields
) -> None:
    before = editable.set_state(start)

    response = editable.send(valid | {"display_name": title} | rejected)

    assert_refused(response)
    assert changed_fields(before, editable.read()) == {}


@clause("update-outcome-changes-nothing-when-refused")
@pytest.mark.parametrize("ratings", UNUSABLE_RATINGS)
@given(start=known_states, title=titles)
def test_changes_nothing_for_unusable_ratings(
    editable: EditableOutcome, start: Fields, title: str, ratings: Any
) -> None:
    before = editable.set_state(start)

    response = editable.send({"title": title, "ratings": ratings})

    assert_refused(response)
    assert changed_fields(before, editable.read()) == {}


@clause("update-outcome-refuses-unusable-ratings")
@pytest.mark.parametrize("ratings", UNUSABLE_RATINGS)
@pytest.mark.parametrize("others", [{}, {"title": "A title", "vendor_guid": "guid"}])
def test_rejects_unusable_ratings(editable: EditableOutcome, others: Fields, ratings: Any) -> None:
    assert_status(editable.send(others | {"ratings": ratings}), 400)


@clause("update-outcome-refuses-numbers-that-cannot-be-stored")
@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400])
@pytest.mark.parametrize("body", ['{"mastery_points": %s}', '{"ratings": [{"description": "A", "points": %s}]}'])
def test_rejects_numbers_that_cannot_be_stored(editable: EditableOutcome, body: str, number: str) -> None:
    assert_status(editable.send_and_undo((body % number).encode(), "application/json"), 400)
