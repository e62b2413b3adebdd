"""Encoding of form and multipart bodies."""

import re
from typing import Any

import httpx2
import pytest

from canvas_outcomes.models import OutcomeUpdate, Rating
from canvas_outcomes_contract.checks.client import rack, sent_requests
from canvas_outcomes_contract.checks.client.consumers import Consumer
from canvas_outcomes_contract.checks.client.examples import UPDATE

# Strings that look like a field, end a part or escape other characters.
INJECTIONS = (
    *("a&title=b", "a;title=b", "a=b", "%26title%3Db", "a+b c", "ratings[][points]=9"),
    *('"; name="title', 'a\r\nContent-Disposition: form-data; name="title"\r\n\r\nb'),
    *("a\r\n--+++\r\n", "a\r\n--boundary--\r\n", "\r\n", "\0", "\u2028\U0001f9ea\ufeff"),
)
ROWS = [
    Rating(description="Exceeds", points=5),
    Rating(description="Meets", points=2.5),
    Rating(description="", points=0),
]
every_form = pytest.mark.parametrize("encoding", ["form", "multipart"])


def form(consumer: Consumer, body: OutcomeUpdate, encoding: str) -> httpx2.Request:
    return consumer.request_of(UPDATE, body=body, encoding=encoding)


@every_form
@pytest.mark.parametrize("text", INJECTIONS, ids=repr)
def test_sends_any_string_unchanged(consumer: Consumer, text: str, encoding: str) -> None:
    request = form(consumer, OutcomeUpdate(description=text, ratings=[Rating(description=text, points=1)]), encoding)

    expected = [("description", text), ("ratings[][description]", text), ("ratings[][points]", "1")]
    assert sorted(sent_requests.form(request)) == expected


@every_form
def test_sends_rows_in_order(consumer: Consumer, encoding: str) -> None:
    request = form(consumer, OutcomeUpdate(ratings=ROWS), encoding)

    expected = [{"description": row.description, "points": str(row.points)} for row in ROWS]
    assert rack.nested(sent_requests.form(request)) == {"ratings": expected}


@every_form
def test_sends_only_the_keys_that_are_set(consumer: Consumer, encoding: str) -> None:
    request = form(consumer, OutcomeUpdate(ratings=[Rating(points=5), Rating(points=2.5)]), encoding)

    assert sent_requests.form(request) == [("ratings[][points]", "5"), ("ratings[][points]", "2.5")]


@every_form
@pytest.mark.parametrize(
    ("value", "string"), [(True, "true"), (False, "false"), (3, "3"), (2.5, "2.5"), (2**63, str(2**63))]
)
def test_writes_booleans_and_numbers_as_json_does(consumer: Consumer, value: Any, string: str, encoding: str) -> None:
    body = OutcomeUpdate(add_defaults=value) if isinstance(value, bool) else OutcomeUpdate(mastery_points=value)

    [(_, sent)] = sent_requests.form(form(consumer, body, encoding))

    assert sent == string


def test_generates_a_random_boundary_for_each_request(consumer: Consumer) -> None:
    requests = [form(consumer, OutcomeUpdate(title="A"), "multipart") for _ in range(20)]

    boundaries = [request.headers["Content-Type"].partition("boundary=")[2] for request in requests]
    assert len(set(boundaries)) == len(boundaries)
    assert [boundary for boundary in boundaries if not re.fullmatch("[0-9a-zA-Z]{22,70}", boundary)] == []
