"""update_outcome: a change as JSON, form, multipart form or query string, and malformed bodies."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from canvas_outcomes_contract.cases.encodings import urlencoded
from canvas_outcomes_contract.cases.equality import Fields
from canvas_outcomes_contract.cases.responses import (
    JsonObject,
    assert_no_failure,
    assert_response,
    assert_status,
    changed_fields,
    mismatches,
)
from canvas_outcomes_contract.checks.provider.outcomes.editable_outcome import EditableOutcome
from canvas_outcomes_contract.checks.provider.outcomes.outcome_model import expect_update
from canvas_outcomes_contract.checks.provider.outcomes.requests import parse_outcome, ratings_of
from canvas_outcomes_contract.checks.provider.outcomes.strategies import form_updates, known_states, titles
from canvas_outcomes_contract.run.clauses import clause, parametrize_clauses

FORM = "application/x-www-form-urlencoded"
HOSTILE_BODIES = (
    *(b"", b"\xff\xfe", b'{"title": "\xff"}', b"[" * 5000, b'{"ratings": ' + b"[" * 2000 + b"]" * 2000 + b"}"),
    *(b'{"mastery_points": 1e999}', b'{"mastery_points": NaN}', b'{"ratings": [{"points": -1e999}]}'),
    *(b'{"calculation_int": ' + b"9" * 400 + b"}", b'{"title": "a", "title": "b"}'),
    *(b'{"ratings": {"0": {"points": 1}}}', b'{"ratings": [[], [[]], {"points": {}}]}'),
    *(b'{"title": {"a": 1}, "calculation_method": {}, "calculation_int": []}', b'{"description": [1]}'),
)
OTHER_MEDIA_TYPES = ("text/plain", "application/xml", "application/octet-stream")
NO_OBJECTS: tuple[Any, ...] = ([], [{"title": "ignored"}], "title=ignored", 5, True, None)
LARGE = 2 * 2**20  # bytes, above the limit of any provider
HOSTILE_FORMS = (
    *(b"ratings[][points]=1&ratings=2", b"ratings=1&ratings[][points]=2", b"ratings[a][b]=1&ratings[][points]=2"),
    *(b"title[]=1&title[a]=2&title=3", b"title=%ff&title=%00", b"mastery_points[]=1"),
    *(b"a" + b"[a]" * 300 + b"=1", b"&&&===&%&"),
)
RATINGS = [
    {"description": "A & B=C", "points": 5},
    {"description": "50 %+", "points": 2.5},
    {"description": "", "points": 0},
]


def ignored_body(suffix: str, value: Any, media_type: str) -> Any:
    clause = f"update-outcome-ignores-{suffix}"
    return pytest.param(json.dumps(value).encode(), media_type, marks=pytest.mark.clause(clause))


def ratings_of_form(editable: EditableOutcome, items: list[tuple[str, str]]) -> list[JsonObject]:
    """The ratings in the response to a form with these names and values."""
    return ratings_of(parse_outcome(editable.send_body(urlencoded(iter(items)).encode(), FORM)))


@parametrize_clauses(
    "encoding",
    {"update-outcome-reads-forms-like-json": "form", "update-outcome-reads-multipart-like-json": "multipart"},
)
@given(start=known_states, change=form_updates)
@example(start={"title": "before"}, change={"ratings": RATINGS, "mastery_points": 2.5})
@example(start={"title": "before"}, change={"title": "a=b;c+d %20 \u00e9 \U0001f9ea"})
@example(start={"title": "before"}, change={"title": "line one\nline two \u00e9 \U0001f9ea"})
def test_reads_a_form_like_json(editable: EditableOutcome, encoding: str, start: Fields, change: Fields) -> None:
    before = editable.set_state(start)
    by_json = editable.update(change)
    editable.restore(before)

    assert changed_fields(by_json, editable.update(change, encoding=encoding)) == {}


@clause("update-outcome-begins-a-rating-when-a-key-repeats")
def test_starts_a_new_rating_when_a_key_repeats(editable: EditableOutcome) -> None:
    items = [
        ("ratings[][description]", "A"),
        ("ratings[][points]", "5"),
        ("ratings[][points]", "3"),
        ("ratings[][description]", "B"),
    ]

    ratings = ratings_of_form(editable, items)

    points = [(rating["points"], rating["description"] in ("A", "B")) for rating in ratings]
    assert points == [(5, True), (3, True)]


@clause("update-outcome-begins-a-rating-when-a-key-repeats")
def test_reads_the_documented_form_as_four_ratings(editable: EditableOutcome) -> None:
    rows = [("Exceeds Expectations", "5"), ("Meets Expectations", "3"), ("Does Not Meet Expectations", "0")]
    items = [item for row in rows for item in zip(("ratings[][description]", "ratings[][points]"), row, strict=True)]

    ratings = ratings_of_form(editable, [*items, ("ratings[][points]", "0")])

    assert [rating["points"] for rating in ratings] == [5, 3, 0, 0]


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


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        *(ignored_body("bodies-of-other-types", {"title": "ignored"}, media_type) for media_type in OTHER_MEDIA_TYPES),
        *(ignored_body("json-that-is-no-object", value, "application/json") for value in NO_OBJECTS),
    ],
)
def test_ignores_a_body(editable: EditableOutcome, body: bytes, media_type: str) -> None:
    before = editable.read()

    editable.send_body(body, media_type)

    assert changed_fields(before, editable.read()) == {}


@pytest.mark.parametrize(
    "body", [b"{", b'{"title": "a"', b'{"title": a}', b"{'title': 'a'}", b'{"title": "a",}', b"\xff"]
)
@clause("update-outcome-refuses-malformed-json")
def test_rejects_malformed_json(editable: EditableOutcome, body: bytes) -> None:
    before = editable.read()

    response = editable.send_body(body, "application/json")

    assert_status(response, 400)
    assert changed_fields(before, editable.read()) == {}


@pytest.mark.parametrize("encoding", ["form", "multipart"])
@clause("update-outcome-adds-defaults-to-the-answer")
def test_adds_defaults_to_the_response_to_a_form(editable: EditableOutcome, encoding: str) -> None:
    ratings = ratings_of(editable.update({"title": "With defaults", "add_defaults": True}, encoding=encoding))

    assert [rating["mastery"] for rating in ratings].count(True) == 1


@clause("update-outcome-adds-defaults-to-the-answer")
@given(start=known_states)
def test_adds_defaults_to_the_response(editable: EditableOutcome, start: Fields) -> None:
    editable.set_state(start)

    ratings = ratings_of(editable.update({}, add_defaults=True))

    assert [rating["mastery"] for rating in ratings].count(True) == 1


@clause("update-outcome-does-not-store-defaults")
@given(start=known_states)
def test_does_not_store_defaults(editable: EditableOutcome, start: Fields) -> None:
    editable.update(start, add_defaults=True)

    assert [rating for rating in ratings_of(editable.read()) if {"mastery", "color"} & set(rating)] == []


@clause("update-outcome-takes-add-defaults-in-json")
def test_accepts_add_defaults_in_json(editable: EditableOutcome) -> None:
    response = editable.send({"add_defaults": True})

    marks = [rating.get("mastery") for rating in ratings_of(parse_outcome(response))]
    assert_response(response, sorted(map(str, marks)) == ["False"] * (len(marks) - 1) + ["True"], "one mastery rating")


@clause("update-outcome-never-fails-on-a-request")
@pytest.mark.parametrize("body", HOSTILE_BODIES)
def test_never_fails_on_hostile_json(editable: EditableOutcome, body: bytes) -> None:
    assert_no_failure(editable.send_and_undo(body, "application/json"))


@clause("update-outcome-never-fails-on-a-request")
def test_never_fails_on_a_large_body(editable: EditableOutcome) -> None:
    assert_no_failure(editable.send({"title": "x" * LARGE}))


@clause("update-outcome-never-fails-on-a-request")
@pytest.mark.parametrize("body", HOSTILE_FORMS)
def test_never_fails_on_a_hostile_form(editable: EditableOutcome, body: bytes) -> None:
    assert_no_failure(editable.send_and_undo(body, FORM))


@clause("update-outcome-never-fails-on-a-request")
@pytest.mark.parametrize(
    "media_type",
    ["multipart/form-data", "multipart/form-data; boundary=b", "application/json; charset=utf-32", ";", ""],
)
@given(
    body=st.binary(max_size=200)
    | st.sampled_from([b"--b\r\n", b"--b--", b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nx'])
)
def test_never_fails_on_random_bytes(editable: EditableOutcome, media_type: str, body: bytes) -> None:
    assert_no_failure(editable.send_and_undo(body, media_type))
