"""What holds for every operation: tokens, paths, media types, ids as strings."""

from typing import Any

import pytest

from canvas_outcomes_contract.cases.responses import (
    STRING_IDS,
    JsonObject,
    assert_challenged,
    assert_status,
    parse_json,
    request_line,
)
from canvas_outcomes_contract.connection.provider import NO_TOKEN, Provider
from canvas_outcomes_contract.contract.document import Operation
from canvas_outcomes_contract.run.clauses import clause_of_each_operation

INVALID = "Bearer no-such-token"


@clause_of_each_operation("asks-for-a-token")
def test_asks_for_a_token(provider: Provider, operation: Operation) -> None:
    assert_challenged(provider.send_known_request(operation, role=NO_TOKEN))


@clause_of_each_operation("refuses-an-unknown-token")
def test_refuses_an_unknown_token(provider: Provider, operation: Operation) -> None:
    known = provider.known_request(operation)

    answer = provider.send_known_request(
        operation, role=NO_TOKEN, headers=known.get("headers", {}) | {"Authorization": INVALID}
    )

    assert_challenged(answer)


@clause_of_each_operation("refuses-an-expired-token")
def test_refuses_an_expired_token(provider: Provider, operation: Operation) -> None:
    assert_challenged(provider.send_known_request(operation, role="expired"))


@clause_of_each_operation("refuses-a-revoked-token")
def test_refuses_a_revoked_token(provider: Provider, operation: Operation) -> None:
    assert_challenged(provider.send_known_request(operation, role="revoked"))


@clause_of_each_operation("refuses-a-token-without-the-scope")
def test_refuses_a_token_without_the_scope(provider: Provider, operation: Operation) -> None:
    answer = provider.send_known_request(operation, role="unscoped")

    assert_status(answer, 401)
    assert "WWW-Authenticate" not in answer.headers, (
        f"{request_line(answer)} asks for another token, but this one is valid"
    )


@clause_of_each_operation("authenticates-before-look-up")
def test_authenticates_before_look_up(provider: Provider, operation: Operation) -> None:
    path = operation.path.replace("{id}", "999999999").replace("{course_id}", "999999999")

    assert_challenged(provider.send_known_request(operation, role=NO_TOKEN, path=path))


@clause_of_each_operation("answers-the-json-suffix")
def test_answers_the_json_suffix(provider: Provider, operation: Operation) -> None:
    plain = provider.send_known_request(operation)
    suffixed = provider.send_known_request(operation, path=provider.known_request(operation)["path"] + ".json")

    assert_status(suffixed, 200)
    assert parse_json(suffixed) == parse_json(plain)


@pytest.mark.parametrize("accepted", ["application/xml", "text/html, */*;q=0.1", "image/png"])
@clause_of_each_operation("answers-json-whatever-is-accepted")
def test_answers_json_whatever_is_accepted(provider: Provider, operation: Operation, accepted: str) -> None:
    known = provider.known_request(operation)

    answer = provider.send_known_request(operation, headers=known.get("headers", {}) | {"Accept": accepted})

    assert_status(answer, 200)
    assert answer.headers.get("Content-Type", "").partition(";")[0].strip() == "application/json"


@clause_of_each_operation("gives-ids-as-strings-when-asked")
def test_gives_ids_as_strings_when_asked(provider: Provider, operation: Operation) -> None:
    known = provider.known_request(operation)
    integers = parse_json(provider.send_known_request(operation))

    strings = parse_json(provider.send_known_request(operation, headers=known.get("headers", {}) | STRING_IDS))

    assert strings == with_string_ids(integers)


@clause_of_each_operation("takes-the-token-as-a-parameter")
def test_takes_the_token_as_a_parameter(provider: Provider, operation: Operation) -> None:
    known = provider.known_request(operation)
    params = known.get("params", {}) | {"access_token": provider.target.token(known["role"])}

    assert_status(provider.send_known_request(operation, role=NO_TOKEN, params=params), 200)


@clause_of_each_operation("prefers-the-token-in-the-header")
def test_prefers_the_token_in_the_header(provider: Provider, operation: Operation) -> None:
    known = provider.known_request(operation)

    answer = provider.send_known_request(operation, params=known.get("params", {}) | {"access_token": "no-such-token"})

    assert_status(answer, 200)


@clause_of_each_operation("reports-its-cost")
def test_reports_its_cost(provider: Provider, operation: Operation) -> None:
    answer = provider.send_known_request(operation)

    assert {"x-request-cost", "x-rate-limit-remaining"} <= set(answer.headers), (
        f"{request_line(answer)}: {answer.headers}"
    )


@pytest.mark.parametrize("name", ["utm_source", "include[]", "ID", "title_", "as"])
@clause_of_each_operation("ignores-unknown-parameters")
def test_ignores_unknown_parameters(provider: Provider, operation: Operation, name: str) -> None:
    plain = parse_json(provider.send_known_request(operation))

    answer = provider.send_known_request(
        operation, params=provider.known_request(operation).get("params", {}) | {name: "1"}
    )

    assert_status(answer, 200)
    assert parse_json(answer) == plain


def with_string_ids(value: Any) -> Any:
    """The same JSON with every integer under `id` or `…_id` as text."""
    if isinstance(value, list):
        return [with_string_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return JsonObject({key: _string_id(key, item) for key, item in value.items()})


def _string_id(key: str, value: Any) -> Any:
    is_id = (key == "id" or key.endswith("_id")) and isinstance(value, int)
    return str(value) if is_id else with_string_ids(value)
