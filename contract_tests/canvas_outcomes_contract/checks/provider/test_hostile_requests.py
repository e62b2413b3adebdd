"""No request, however malformed, makes the provider fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_outcomes_contract.connection.editable_outcome import EditableOutcome
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.contract.document import Operation
from canvas_outcomes_contract.run.clauses import clause, clause_of_each_operation

HOSTILE_PATHS = (
    "%00",
    "%ff",
    "..%2f..%2f",
    "1%0d%0aX-Injected:%201",
    "-1",
    "0",
    "9" * 400,
    "1;drop",
    "%F0%9F%A7%AA",
    "1.5",
    "1e3",
)
NAMES = ("student_id", "assignment_id", "add_defaults", "title", "a[b", "a]", "[]", "%")
HOSTILE_VALUES = ("", "\0", "%00", "a" * 5000, "[]", "{}", "-1", "9" * 400, "\u202e", "1e400", "null", "true")
HOSTILE_BODIES = (
    b"",
    b"\xff\xfe",
    b'{"title": "\xff"}',
    b"[" * 5000,
    b'{"ratings": ' + b"[" * 2000 + b"]" * 2000 + b"}",
    b'{"mastery_points": 1e999}',
    b'{"mastery_points": NaN}',
    b'{"ratings": [{"points": -1e999}]}',
    b'{"calculation_int": ' + b"9" * 400 + b"}",
    b'{"title": "a", "title": "b"}',
    b'{"ratings": {"0": {"points": 1}}}',
    b'{"ratings": [[], [[]], {"points": {}}]}',
    b'{"title": {"a": 1}, "description": [1], "calculation_method": {}, "calculation_int": []}',
)
LARGE = 2 * 2**20  # bytes; more than a provider has to read
HOSTILE_FORMS = (
    b"ratings[][points]=1&ratings=2",
    b"ratings=1&ratings[][points]=2",
    b"ratings[a][b]=1&ratings[][points]=2",
    b"title[]=1&title[a]=2&title=3",
    b"title=%ff&title=%00",
    b"&&&===&%&",
    b"a" + b"[a]" * 300 + b"=1",
    b"mastery_points[]=1",
)


@clause_of_each_operation("never-fails-on-a-request")
@pytest.mark.parametrize("hostile", HOSTILE_PATHS)
def test_never_fails_on_a_path(provider: Provider, operation: Operation, hostile: str) -> None:
    path = operation.path.replace("{id}", hostile).replace("{course_id}", hostile)

    assert provider.send_known_request(operation, path=path).status_code < 500


@clause_of_each_operation("never-fails-on-a-request")
@pytest.mark.parametrize("name", NAMES)
@given(drawn=st.text(max_size=20))
def test_never_fails_on_a_query(provider: Provider, operation: Operation, name: str, drawn: str) -> None:
    answer = provider.send_known_request(operation, params={name: drawn.encode("utf-8", "ignore")})

    assert answer.status_code < 500


@clause_of_each_operation("never-fails-on-a-request")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", HOSTILE_VALUES)
def test_never_fails_on_a_hostile_query(provider: Provider, operation: Operation, name: str, value: str) -> None:
    assert provider.send_known_request(operation, params={name: value}).status_code < 500


@clause("update-outcome-never-fails-on-a-request")
@pytest.mark.parametrize("body", HOSTILE_BODIES)
def test_never_fails_on_json(editable: EditableOutcome, body: bytes) -> None:
    assert editable.send_body(body, "application/json").status_code < 500


@clause("update-outcome-never-fails-on-a-request")
def test_never_fails_on_a_large_body(editable: EditableOutcome) -> None:
    assert editable.send({"title": "x" * LARGE}).status_code < 500


@clause("update-outcome-never-fails-on-a-request")
@pytest.mark.parametrize("body", HOSTILE_FORMS)
def test_never_fails_on_a_form(editable: EditableOutcome, body: bytes) -> None:
    assert editable.send_body(body, "application/x-www-form-urlencoded").status_code < 500


@clause("update-outcome-never-fails-on-a-request")
@pytest.mark.parametrize(
    "media_type",
    ["multipart/form-data", "multipart/form-data; boundary=b", "application/json; charset=utf-32", ";", ""],
)
@given(
    body=st.binary(max_size=200)
    | st.sampled_from([b"--b\r\n", b"--b--", b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nx'])
)
def test_never_fails_on_bytes(editable: EditableOutcome, media_type: str, body: bytes) -> None:
    assert editable.send_body(body, media_type).status_code < 500
