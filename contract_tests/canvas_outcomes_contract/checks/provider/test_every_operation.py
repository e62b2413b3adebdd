"""Clauses of every operation: tokens, paths, media types, ids as strings and malformed requests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_outcomes_contract.cases.response_schemas import ResponseSchemas
from canvas_outcomes_contract.cases.responses import (
    STRING_IDS,
    assert_challenged,
    assert_no_failure,
    assert_response,
    assert_status,
    with_string_ids,
)
from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.checks.provider.known_responses import (
    assert_documented,
    assert_like,
    assert_not_challenged,
    assert_success,
    known_bodies,
    send_with,
)
from canvas_outcomes_contract.connection.provider import NO_TOKEN, Provider
from canvas_outcomes_contract.connection.target import MADE_UP_ID
from canvas_outcomes_contract.contract.document import Contract, Operation, contract_path
from canvas_outcomes_contract.contract.judging import judging
from canvas_outcomes_contract.run.clauses import clause_of_each_operation

UNKNOWN_TOKEN = {"Authorization": "Bearer no-such-token"}
HOSTILE_PATHS = (
    *("%00", "%ff", "..%2f..%2f", "1%0d%0aX-Injected:%201", "1;drop", "%F0%9F%A7%AA"),
    *("-1", "0", "9" * 400, "1.5", "1e3"),
)
CONTRACT = Contract(contract_path())
PARAMETERS = [one for operation in CONTRACT.operations.values() for one in CONTRACT.parameters(operation)]
DOCUMENTED_NAMES = sorted({parameter["name"] for parameter in PARAMETERS if parameter["in"] == "query"})
HOSTILE_NAMES = (*DOCUMENTED_NAMES, "title", "a[b", "a]", "[]", "%")
HOSTILE_VALUES = ("", "\0", "%00", "a" * 5000, "[]", "{}", "-1", "9" * 400, "\u202e", "1e400", "null", "true")


def undocumented(operation: Operation, name: str) -> str:
    """The name, changed if it is that of a parameter of the operation."""
    documented = {parameter["name"] for parameter in CONTRACT.parameters(operation)}
    return f"unknown_{name}" if name in documented else name


def path_of_shards(provider: Provider, operation: Operation) -> str:
    """The path with ids that no record has: the known ids are the shards of them."""
    if not operation.placeholders:
        raise NotApplicable(f"The path of {operation.id} has no id.")
    values = {
        one["name"]: provider.known.value(operation, one)
        for one in CONTRACT.parameters(operation)
        if one["in"] == "path"
    }
    return operation.fill(lambda name: f"{values[name]}~{MADE_UP_ID}")


@clause_of_each_operation("asks-for-a-token")
def test_requires_a_token(provider: Provider, operation: Operation) -> None:
    assert_challenged(provider.send_known_request(operation, role=NO_TOKEN))


@clause_of_each_operation("refuses-an-unknown-token")
def test_rejects_an_unknown_token(provider: Provider, operation: Operation) -> None:
    assert_challenged(send_with(provider, operation, role=NO_TOKEN, headers=UNKNOWN_TOKEN))


@clause_of_each_operation("refuses-an-expired-token")
def test_rejects_an_expired_token(provider: Provider, operation: Operation) -> None:
    assert_challenged(provider.send_known_request(operation, role="expired"))


@clause_of_each_operation("refuses-a-revoked-token")
def test_rejects_a_revoked_token(provider: Provider, operation: Operation) -> None:
    assert_challenged(provider.send_known_request(operation, role="revoked"))


@clause_of_each_operation("refuses-a-token-without-the-scope")
def test_rejects_a_token_without_the_scope(provider: Provider, operation: Operation) -> None:
    response = provider.send_known_request(operation, role="unscoped")

    assert_not_challenged(response, 401)


@clause_of_each_operation("authenticates-before-look-up")
def test_authenticates_before_look_up(provider: Provider, operation: Operation) -> None:
    path = operation.fill(lambda name: str(MADE_UP_ID))

    assert_challenged(provider.send_known_request(operation, role=NO_TOKEN, path=path))


@clause_of_each_operation("answers-as-documented")
@pytest.mark.parametrize("headers", [{}, UNKNOWN_TOKEN])
def test_rejects_tokens_as_documented(
    provider: Provider, schemas: ResponseSchemas, operation: Operation, headers: dict[str, str]
) -> None:
    response = provider.send_known_request(operation, role=NO_TOKEN, headers=headers)

    assert_documented(response, operation, schemas)


@clause_of_each_operation("answers-as-documented")
def test_rejects_a_malformed_query_as_documented(
    provider: Provider, schemas: ResponseSchemas, operation: Operation
) -> None:
    path = provider.known_request(operation)["path"]

    response = provider.send_known_request(operation, path=f"{path}?add_defaults=%ff", params=None)

    assert_documented(response, operation, schemas)


@clause_of_each_operation("refuses-a-missing-id-of-a-shard")
def test_rejects_an_id_of_a_shard_that_no_record_has(provider: Provider, operation: Operation) -> None:
    response = provider.send_known_request(operation, path=path_of_shards(provider, operation))

    assert_status(response, 404)


@clause_of_each_operation("answers-the-json-suffix")
def test_accepts_the_json_suffix(provider: Provider, operation: Operation) -> None:
    bodies = known_bodies(provider, operation)
    known = provider.known_request(operation)
    suffixed = provider.send(operation.id, operation.method, **known | {"path": known["path"] + ".json"})

    assert_success(suffixed, operation)
    assert_like(suffixed, bodies)


@pytest.mark.parametrize("accepted", ["application/xml", "text/html, */*;q=0.1", "image/png"])
@clause_of_each_operation("answers-json-whatever-is-accepted")
def test_responds_with_json_whatever_is_accepted(provider: Provider, operation: Operation, accepted: str) -> None:
    response = send_with(provider, operation, headers={"Accept": accepted})

    assert_success(response, operation)
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
    assert_response(response, not response.content or media_type == "application/json", "application/json")


@clause_of_each_operation("gives-ids-as-strings-when-asked")
def test_returns_ids_as_strings_on_request(provider: Provider, operation: Operation) -> None:
    bodies = list(map(with_string_ids, known_bodies(provider, operation)))

    response = send_with(provider, operation, headers=STRING_IDS)

    assert_like(response, bodies)


@clause_of_each_operation("takes-the-token-as-a-parameter")
def test_accepts_the_token_as_a_parameter(provider: Provider, operation: Operation) -> None:
    token = provider.target.token(judging(CONTRACT, operation).role)

    assert_success(send_with(provider, operation, role=NO_TOKEN, params={"access_token": token}), operation)


@clause_of_each_operation("prefers-the-token-in-the-header")
def test_prefers_the_token_in_the_header(provider: Provider, operation: Operation) -> None:
    assert_success(send_with(provider, operation, params={"access_token": "no-such-token"}), operation)


@clause_of_each_operation("reports-its-cost")
def test_reports_its_cost(provider: Provider, operation: Operation) -> None:
    response = provider.send_known_request(operation)

    reported = {"x-request-cost", "x-rate-limit-remaining"} <= set(response.headers)
    assert_response(response, reported, "the headers X-Request-Cost and X-Rate-Limit-Remaining")


@pytest.mark.parametrize("name", ["utm_source", "include[]", "ID", "title_", "as"])
@clause_of_each_operation("ignores-unknown-parameters")
def test_ignores_unknown_parameters(provider: Provider, operation: Operation, name: str) -> None:
    bodies = known_bodies(provider, operation)

    response = send_with(provider, operation, params={undocumented(operation, name): "1"})

    assert_success(response, operation)
    assert_like(response, bodies)


@clause_of_each_operation("never-fails-on-a-request")
@pytest.mark.parametrize("hostile", HOSTILE_PATHS)
def test_never_fails_on_a_path(provider: Provider, operation: Operation, hostile: str) -> None:
    assert_no_failure(provider.send_known_request(operation, path=operation.fill(lambda name: hostile)))


@clause_of_each_operation("never-fails-on-a-request")
@pytest.mark.parametrize("name", HOSTILE_NAMES)
@given(drawn=st.text(max_size=20))
def test_never_fails_on_a_query(provider: Provider, operation: Operation, name: str, drawn: str) -> None:
    assert_no_failure(provider.send_known_request(operation, params={name: drawn.encode("utf-8", "ignore")}))


@clause_of_each_operation("never-fails-on-a-request")
@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize("value", HOSTILE_VALUES)
def test_never_fails_on_a_hostile_query(provider: Provider, operation: Operation, name: str, value: str) -> None:
    assert_no_failure(provider.send_known_request(operation, params={name: value}))


@clause_of_each_operation("never-fails-on-a-request")
@pytest.mark.parametrize("brackets", ["[]", "[a]"])
def test_never_fails_on_a_list_or_mapping(provider: Provider, operation: Operation, brackets: str) -> None:
    assert_no_failure(
        provider.send_known_request(operation, params={f"{name}{brackets}": "1" for name in DOCUMENTED_NAMES})
    )
