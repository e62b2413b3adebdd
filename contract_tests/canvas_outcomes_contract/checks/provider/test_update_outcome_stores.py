"""update_outcome: fields that an update stores, keeps or ignores."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from canvas_outcomes_contract.cases.outcome_model import Fields, expect_update, not_idempotent, updatable_fields
from canvas_outcomes_contract.cases.responses import changed_fields, mismatches, parse_outcome, without
from canvas_outcomes_contract.cases.strategies import (
    HOSTILE_STRINGS,
    descriptions,
    known_states,
    outcome_updates,
    plain_strings,
    titles,
)
from canvas_outcomes_contract.connection.editable_outcome import EditableOutcome
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.run.clauses import clause, parametrize_clauses

STORES_THE_TITLE = pytest.mark.clause("update-outcome-stores-the-title")
STORES_THE_DESCRIPTION = pytest.mark.clause("update-outcome-stores-the-description")
VALUES: dict[str, tuple[Any, Any]] = {
    "title": ("A title", "Another title"),
    "display_name": ("A display name", "Another display name"),
    "description": ("A description", "Another description"),
    "vendor_guid": ("a-vendor-guid", "another-vendor-guid"),
    "ratings": (
        [{"description": "A", "points": 8}, {"description": "B", "points": 1}],
        [{"description": "C", "points": 9}],
    ),
    "mastery_points": (4, 2),
    "calculation_method": ("n_mastery", "decaying_average"),
    "calculation_int": (7, 3),
}
DERIVED_FROM = {
    "ratings": {"mastery_points", "points_possible"},
    "mastery_points": set(),
    "calculation_method": {"calculation_int"},
}


def untouched(outcome: Fields, change: Fields) -> Fields:
    """The fields that a change neither carries nor derives."""
    touched = set(change).union(*(DERIVED_FROM.get(key, set()) for key in change))
    return {key: value for key, value in updatable_fields(outcome).items() if key not in touched}


@clause("update-outcome-keeps-fields-not-sent")
@given(start=known_states, change=outcome_updates)
def test_keeps_fields_not_sent(editable: EditableOutcome, start: Fields, change: Fields) -> None:
    before = editable.set_state(start)

    after = editable.update(change)

    assert changed_fields(untouched(before, change), untouched(after, change)) == {}


@clause("update-outcome-keeps-fields-not-sent")
@pytest.mark.parametrize("field", VALUES)
def test_keeps_every_other_field_when_one_is_sent(editable: EditableOutcome, field: str) -> None:
    before = editable.set_state({name: value for name, (value, _) in VALUES.items()})
    change = {field: VALUES[field][1]}

    after = editable.update(change)

    assert changed_fields(untouched(before, change), untouched(after, change)) == {}


@clause("update-outcome-answers-what-is-stored")
@given(start=known_states, change=outcome_updates)
def test_responds_with_the_stored_state(editable: EditableOutcome, start: Fields, change: Fields) -> None:
    editable.set_state(start)

    response = editable.update(change)

    assert changed_fields(response, editable.read()) == {}


@clause("update-outcome-follows-from-the-updates-before-it")
@given(start=known_states, change=outcome_updates)
def test_stores_the_state_that_the_model_predicts(editable: EditableOutcome, start: Fields, change: Fields) -> None:
    before = editable.set_state(start)

    editable.update(change)

    assert mismatches(expect_update(before, change), editable.read()) == {}


@clause("update-outcome-ignores-unrecognized-fields")
@given(start=known_states, names=st.lists(st.text(min_size=1, max_size=12).map("x_".__add__), min_size=1, max_size=4))
def test_ignores_unknown_fields(editable: EditableOutcome, start: Fields, names: list[str]) -> None:
    before = editable.set_state(start)

    after = editable.update({name: ["x"] for name in names} | {"workflow_state": "deleted", "short_description": "x"})

    assert changed_fields(before, after) == {}


@clause("update-outcome-accepts-an-empty-update")
@given(start=known_states)
def test_accepts_an_empty_update(editable: EditableOutcome, start: Fields) -> None:
    before = editable.set_state(start)

    after = editable.update({})

    assert changed_fields(before, after) == {}


@clause("update-outcome-is-idempotent")
@given(start=known_states, change=outcome_updates)
@example(
    start={"calculation_method": "n_mastery"}, change={"calculation_method": "decaying_average", "calculation_int": 5}
)
def test_is_idempotent(editable: EditableOutcome, start: Fields, change: Fields) -> None:
    before = editable.set_state(start)
    excepted = not_idempotent(before, change)

    once = editable.update(change)
    twice = editable.update(change)

    assert changed_fields(without(once, *excepted), without(twice, *excepted)) == {}


@clause("update-outcome-leaves-other-outcomes-alone")
@given(change=outcome_updates)
def test_does_not_change_other_outcomes(editable: EditableOutcome, neighbours: list[int], change: Fields) -> None:
    before = {id: parse_outcome(editable.provider.get_outcome(id)) for id in neighbours}

    editable.update(change)

    assert {id: parse_outcome(editable.provider.get_outcome(id)) for id in neighbours} == before


@pytest.fixture(scope="session")
def neighbours(provider: Provider) -> list[int]:
    names = ("course_outcome", "account_outcome", "global_outcome")
    known = [provider.target.resources[name] for name in names if name in provider.target.resources]
    return [id for id in known if id != provider.resource_id("editable_outcome")]


@pytest.mark.parametrize(
    "field",
    ["id", "url", "context_id", "context_type", "points_possible", "can_edit", "assessed", "has_updateable_rubrics"],
)
@pytest.mark.parametrize("value", [7, "Account", True, None])
@clause("update-outcome-cannot-change-derived-fields")
def test_cannot_change_derived_fields(editable: EditableOutcome, field: str, value: Any) -> None:
    before = editable.read()

    after = editable.update({field: value})

    assert changed_fields(before, after) == {}


@parametrize_clauses(
    "field, strings",
    {
        "update-outcome-stores-the-title": ("title", titles),
        "update-outcome-stores-the-display-name": ("display_name", plain_strings),
        "update-outcome-stores-the-vendor-guid": ("vendor_guid", plain_strings),
        "update-outcome-stores-the-description": ("description", descriptions),
    },
)
@given(drawn=st.data())
def test_stores_a_string(
    editable: EditableOutcome, field: str, strings: st.SearchStrategy[str | None], drawn: st.DataObject
) -> None:
    sent = drawn.draw(strings)
    before = editable.update({field: "before"})

    editable.update({field: sent})

    assert mismatches(expect_update(before, {field: sent}), editable.read()) == {}


@pytest.mark.parametrize(
    ("field", "string"),
    [
        *(pytest.param("title", string, marks=STORES_THE_TITLE) for string in ("x", *HOSTILE_STRINGS)),
        pytest.param("display_name", " x ", marks=pytest.mark.clause("update-outcome-stores-the-display-name")),
        pytest.param("vendor_guid", "0012", marks=pytest.mark.clause("update-outcome-stores-the-vendor-guid")),
        pytest.param("description", "x" * 65535, marks=STORES_THE_DESCRIPTION, id="description-of-65535"),
        pytest.param("description", " \U0001f9ea e\u0301 \u00e9 ", marks=STORES_THE_DESCRIPTION),
    ],
)
def test_stores_a_hostile_string(editable: EditableOutcome, field: str, string: str) -> None:
    editable.update({field: "before"})

    editable.update({field: string})

    assert editable.read()[field] == string


@parametrize_clauses(
    "before, sent",
    {"update-outcome-clears-text-with-null": ("before", None), "update-outcome-keeps-empty-text": (None, "")},
)
@pytest.mark.parametrize("field", ["display_name", "description", "vendor_guid"])
def test_stores_null_or_empty(editable: EditableOutcome, field: str, before: str | None, sent: str | None) -> None:
    editable.update({field: before})

    editable.update({field: sent})

    assert editable.read()[field] == sent


@clause("update-outcome-converts-a-scalar-title")
@given(number=st.integers(-(2**31), 2**31))
def test_converts_a_scalar_title(editable: EditableOutcome, number: int) -> None:
    editable.update({"title": number})

    assert editable.read()["title"] == str(number)


@pytest.mark.parametrize(
    "html",
    [
        "<p>One</p><p>Two</p>",
        "<p><strong>bold</strong> and <em>italic</em></p>",
        "<ul><li>one</li><li>two</li></ul>",
        '<a href="https://canvas.example.edu/page">a page</a>',
    ],
)
@clause("update-outcome-keeps-allowed-html")
def test_keeps_allowed_html(editable: EditableOutcome, html: str) -> None:
    editable.update({"description": html})

    stored = editable.read()["description"]
    assert opening_tags(stored) == opening_tags(html), f"got {stored!r}, sent {html!r}"


def opening_tags(html: str) -> list[str]:
    return [tag.split()[0].rstrip(">") for tag in html.split("<")[1:] if not tag.startswith("/")]


@pytest.mark.parametrize(
    ("html", "forbidden"),
    [
        ("<p>a</p><script>alert(1)</script>", "script"),
        ("<p>a</p><SCRIPT SRC=//evil.example/x.js></SCRIPT>", "script"),
        ('<img src="x" onerror="alert(1)">', "onerror"),
        ('<p onclick="alert(1)">a</p>', "onclick"),
        ('<a href="javascript:alert(1)">a</a>', "javascript:"),
        ('<a href="  JaVaScRiPt:alert(1)">a</a>', "javascript:"),
        ("<svg><script>alert(1)</script></svg>", "script"),
    ],
)
@clause("update-outcome-removes-scripts")
def test_removes_scripts(editable: EditableOutcome, html: str, forbidden: str) -> None:
    response = editable.update({"description": html})

    assert forbidden not in response["description"].lower()
    assert forbidden not in editable.read()["description"].lower()


@clause("update-outcome-loses-no-concurrent-update")
@given(values=st.lists(st.uuids().map(str), min_size=3, max_size=3))
def test_stores_every_concurrent_update(editable: EditableOutcome, values: list[str]) -> None:
    expected = dict(zip(("title", "display_name", "vendor_guid"), values, strict=True))
    editable.update(dict.fromkeys(expected, "before"))

    with ThreadPoolExecutor(len(expected)) as pool:
        responses = list(pool.map(lambda field: editable.send({field: expected[field]}), expected))

    assert [response.status_code for response in responses] == [200] * len(expected)
    assert mismatches(expected, editable.read()) == {}
