"""update_outcome: the same change as JSON, as a form, as a multipart form and in the query string."""

import json
from typing import Any

import pytest
from hypothesis import example, given

from canvas_outcomes_contract.cases.encodings import encode, urlencoded
from canvas_outcomes_contract.cases.outcome_model import expect_update, matches
from canvas_outcomes_contract.cases.responses import Differences, assert_status, changed_fields, mismatches
from canvas_outcomes_contract.cases.strategies import form_updates, known_states, titles
from canvas_outcomes_contract.cases.verdicts import Deviates
from canvas_outcomes_contract.connection.editable_outcome import EditableOutcome
from canvas_outcomes_contract.run.clauses import clause

FORM = "application/x-www-form-urlencoded"
RATINGS = [
    {"description": "A & B=C", "points": 5},
    {"description": "50 %+", "points": 2.5},
    {"description": "", "points": 0},
]


def differs_by_encoding(
    editable: EditableOutcome, start: dict[str, Any], change: dict[str, Any], encoding: str
) -> Differences:
    before = editable.set_state(start)
    by_json = editable.update(change)
    editable.restore(before)

    return changed_fields(by_json, editable.update(change, encoding=encoding))


@clause("update-outcome-reads-forms-like-json")
@given(start=known_states, change=form_updates)
@example(start={"title": "before"}, change={"ratings": RATINGS, "mastery_points": 2.5})
@example(start={"title": "before"}, change={"title": "a=b;c+d %20 \u00e9 \U0001f9ea"})
def test_reads_forms_like_json(editable: EditableOutcome, start: dict[str, Any], change: dict[str, Any]) -> None:
    assert differs_by_encoding(editable, start, change, "form") == {}


@clause("update-outcome-reads-multipart-like-json")
@given(start=known_states, change=form_updates)
@example(start={"title": "before"}, change={"ratings": RATINGS, "mastery_points": 2.5})
@example(start={"title": "before"}, change={"title": "line one\nline two \u00e9 \U0001f9ea"})
def test_reads_multipart_like_json(editable: EditableOutcome, start: dict[str, Any], change: dict[str, Any]) -> None:
    assert differs_by_encoding(editable, start, change, "multipart") == {}


@clause("update-outcome-begins-a-rating-when-a-key-repeats")
def test_begins_a_rating_when_a_key_repeats(editable: EditableOutcome) -> None:
    body = urlencoded(
        iter(
            [
                ("ratings[][description]", "A"),
                ("ratings[][points]", "5"),
                ("ratings[][points]", "3"),
                ("ratings[][description]", "B"),
            ]
        )
    )

    answer = editable.send_body(body.encode(), FORM)

    assert_status(answer, 200)
    points = [(rating["points"], rating["description"] in ("A", "B")) for rating in answer.json()["ratings"]]
    assert points == [(5, True), (3, True)]


@clause("update-outcome-begins-a-rating-when-a-key-repeats")
def test_reads_the_documented_form_as_four_ratings(editable: EditableOutcome) -> None:
    rows = [("Exceeds Expectations", 5), ("Meets Expectations", 3), ("Does Not Meet Expectations", 0)]
    items = [
        item for text, points in rows for item in (("ratings[][description]", text), ("ratings[][points]", str(points)))
    ]

    answer = editable.send_body(urlencoded(iter([*items, ("ratings[][points]", "0")])).encode(), FORM)

    assert_status(answer, 200)
    assert [rating["points"] for rating in answer.json()["ratings"]] == [5, 3, 0, 0]


@clause("update-outcome-reads-fields-in-the-query")
@given(title=titles)
def test_reads_fields_in_the_query(editable: EditableOutcome, title: str) -> None:
    before = editable.update({"title": "before"})

    after = editable.update({}, title=title)

    assert mismatches(expect_update(before, {"title": title}), after) == {}


@pytest.mark.parametrize("encoding", ["json", "form", "multipart"])
@clause("update-outcome-prefers-the-query-to-the-body")
def test_prefers_the_query_to_the_body(editable: EditableOutcome, encoding: str) -> None:
    assert editable.update({"title": "in the body"}, encoding=encoding, title="in the query")["title"] == "in the query"


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/octet-stream"])
@clause("update-outcome-ignores-bodies-of-other-types")
def test_ignores_bodies_of_other_types(editable: EditableOutcome, media_type: str) -> None:
    before = editable.read()

    editable.send_body(b'{"title": "ignored"}', media_type)

    assert changed_fields(before, editable.read()) == {}


@pytest.mark.parametrize("body", [[], [{"title": "ignored"}], "title=ignored", 5, True, None])
@clause("update-outcome-ignores-json-that-is-no-object")
def test_ignores_json_that_is_no_object(editable: EditableOutcome, body: Any) -> None:
    before = editable.read()

    editable.send_body(json.dumps(body).encode(), "application/json")

    assert changed_fields(before, editable.read()) == {}


@pytest.mark.parametrize(
    "body", [b"{", b'{"title": "a"', b'{"title": a}', b"{'title': 'a'}", b'{"title": "a",}', b"\xff"]
)
@clause("update-outcome-refuses-malformed-json")
def test_refuses_malformed_json(editable: EditableOutcome, body: bytes) -> None:
    before = editable.read()

    answer = editable.send_body(body, "application/json")

    assert_status(answer, 400)
    assert changed_fields(before, editable.read()) == {}


@pytest.mark.parametrize("encoding", ["form", "multipart"])
@clause("update-outcome-adds-defaults-to-the-answer")
def test_adds_defaults_to_the_answer_of_a_form(editable: EditableOutcome, encoding: str) -> None:
    ratings = editable.update({"title": "With defaults", "add_defaults": True}, encoding=encoding)["ratings"]

    assert [rating["mastery"] for rating in ratings].count(True) == 1


@clause("update-outcome-adds-defaults-to-the-answer")
@given(start=known_states)
def test_adds_defaults_to_the_answer(editable: EditableOutcome, start: dict[str, Any]) -> None:
    editable.set_state(start)

    ratings = editable.update({}, add_defaults=True)["ratings"]

    assert [rating["mastery"] for rating in ratings].count(True) == 1


@clause("update-outcome-does-not-store-defaults")
@given(start=known_states)
def test_does_not_store_defaults(editable: EditableOutcome, start: dict[str, Any]) -> None:
    content, _ = encode(start, "json")
    assert_status(
        editable.provider.update_outcome_with_body(editable.id, content, "application/json", add_defaults=True), 200
    )

    assert [rating for rating in editable.read()["ratings"] if {"mastery", "color"} & set(rating)] == []


@clause("update-outcome-takes-add-defaults-in-json")
def test_takes_add_defaults_in_json(editable: EditableOutcome) -> None:
    ratings = editable.update({"add_defaults": True})["ratings"]

    if not any("mastery" in rating for rating in ratings):
        raise Deviates("ratings carry no mastery, as on live Canvas")
    assert matches(1, [rating["mastery"] for rating in ratings].count(True))
