"""Faults of several operations: tokens, paths, media types, ids as strings, and outcomes that are not active."""

import re
from dataclasses import replace
from typing import Any

from contract_tests.mutants.provider import on_request, on_response
from contract_tests.mutants.provider.conditions import MISSING, has_param, has_token_of
from contract_tests.mutants.provider.faults import JSON, Fault, Faults, Provider, Request, Response, When, error, refuse

STRING_IDS = "application/json+canvas-string-ids"
DELETED, ARCHIVED, RETIRED = "32", "31", "30"  # of the demo world
ACTIVE = 2
KNOWN_PARAMETERS = {"access_token", "add_defaults", "as_user_id", "student_id", "assignment_id"}


def has_token(request: Request) -> bool:
    return request.has_token


def has_no_token(request: Request) -> bool:
    return not request.has_token


def send_no_challenge(when: When) -> Fault:
    return on_response.headers(when, www_authenticate=None)


def has_json_suffix(request: Request) -> bool:
    return request.path.endswith(".json")


def accepts_string_ids(request: Request) -> bool:
    return STRING_IDS in request.headers.get("accept", "")


def accepts_any_token(request: Request, provider: Provider) -> Response:
    response = provider(request)
    is_unknown = response.status == 401 and "www-authenticate" in response.headers and request.has_token
    return provider(request.as_admin()) if is_unknown else response


def looks_up_first(request: Request, provider: Provider) -> Response:
    found = request.has_token or provider(request.as_admin()).status != 404
    return provider(request) if found else error(404)


def only_ids(response: Response) -> Response:
    return response.without("vendor_guid").change_rows(lambda rows: [{"id": row["id"]} for row in rows])


def accepts_no_json(request: Request) -> bool:
    accepted = request.headers.get("accept", "*/*")
    return accepted != "*/*" and "json" not in accepted


def labels_json_as_accepted(request: Request, provider: Provider) -> Response:
    accepted = request.headers.get("accept", "*/*").partition(",")[0]
    return provider(request).with_headers(content_type=JSON if accepted == "*/*" else accepted)


def ids_of_others_as_numbers(response: Response) -> Response:
    def changed(record: dict[str, Any]) -> dict[str, Any]:
        return {k: int(v) if k.endswith("_id") and v is not None else v for k, v in record.items()}

    is_list = isinstance(response.json, list)
    return response.with_json([changed(row) for row in response.json] if is_list else changed(response.json))


def null_as_string(row: dict[str, Any]) -> dict[str, Any]:
    return {k: "null" if k.endswith("_id") and v is None else v for k, v in row.items()}


def includes_records(response: Response) -> Response:
    return response.change_rows(lambda rows: rows[1:]).without("friendly_description")


def reads_parameters_in_any_case(request: Request) -> Request:
    lowered = {name.lower(): value for name, value in request.params.items()}
    return replace(request, path=f"/api/v1/outcomes/{int(lowered['id']) + 1}") if "id" in lowered else request


def reads_shards_as_ids(request: Request) -> Request:
    return replace(request, path=re.sub("~[0-9]+", "", request.path))


def updates(id: str) -> When:
    return lambda request: request.method == "PUT" and request.id == id


def shows_another(id: str) -> Fault:
    """Show another outcome as if it were the hidden one."""

    def fault(request: Request, provider: Provider) -> Response:
        if request.operation != "get_outcome" or request.id != id:
            return provider(request)
        return provider(request.with_id(ACTIVE)).change_field("id", lambda _: int(id))

    return fault


def accepts_updates(id: str) -> Fault:
    """Respond to an update of a hidden outcome as if it were stored."""

    def fault(request: Request, provider: Provider) -> Response:
        return shows_another(id)(request.reading(), provider) if updates(id)(request) else provider(request)

    return fault


NUMBERS_AS_STRINGS = {"sends every number as a string": on_response.field("calculation_int", str, accepts_string_ids)}
FAULTS: Faults = {
    "{operation}-asks-for-a-token": {
        "needs no token": on_request.as_admin(has_no_token),
        "sends no WWW-Authenticate to a request without a token": send_no_challenge(has_no_token),
        "forbids a request without a token": refuse(403, has_no_token),
    },
    "{operation}-refuses-an-unknown-token": {
        "accepts any token": accepts_any_token,
        "sends no WWW-Authenticate for an unknown token": send_no_challenge(has_token),
    },
    "{operation}-refuses-an-expired-token": {
        "accepts an expired token": on_request.as_admin(has_token_of("expired")),
        "forbids a request with an expired token": refuse(403, has_token_of("expired")),
        "sends no WWW-Authenticate for an expired token": send_no_challenge(has_token_of("expired")),
    },
    "{operation}-refuses-a-revoked-token": {
        "accepts a revoked token": on_request.as_admin(has_token_of("revoked")),
        "responds with 404 to a revoked token": refuse(404, has_token_of("revoked")),
        "sends no WWW-Authenticate for a revoked token": send_no_challenge(has_token_of("revoked")),
    },
    "{operation}-refuses-a-token-without-the-scope": {
        "ignores scopes": on_request.as_admin(has_token_of("unscoped")),
        "forbids a request without the scope": refuse(403, has_token_of("unscoped")),
        "sends WWW-Authenticate for a token without the scope": on_response.headers(
            has_token_of("unscoped"), www_authenticate="Bearer"
        ),
    },
    "{operation}-authenticates-before-look-up": {
        "looks up before it authenticates": looks_up_first,
        "responds to a missing id without a token": on_response.instead_of(
            401, Response(200, b"[]"), lambda request: MISSING in request.path
        ),
    },
    "{operation}-refuses-a-missing-id-of-a-shard": {
        "reads the shard as the id": on_request.change(reads_shards_as_ids),
        "refuses an id of a shard as malformed": refuse(400, lambda request: "~" in request.path),
    },
    "{operation}-answers-the-json-suffix": {
        "has no path with the suffix": refuse(404, has_json_suffix),
        "leaves fields out at the path with the suffix": on_response.change(only_ids, has_json_suffix),
    },
    "{operation}-answers-json-whatever-is-accepted": {
        "refuses to send JSON that is not accepted": refuse(406, accepts_no_json),
        "labels JSON with the media type that is accepted": labels_json_as_accepted,
    },
    "{operation}-gives-ids-as-strings-when-asked": {
        "never sends ids as strings": on_request.headers(accept="application/json"),
        "sends only the id of the record as a string": on_response.change(
            ids_of_others_as_numbers, accepts_string_ids, status=200
        ),
    },
    "get-outcome-gives-ids-as-strings-when-asked": NUMBERS_AS_STRINGS,
    "update-outcome-gives-ids-as-strings-when-asked": NUMBERS_AS_STRINGS,
    "list-outcome-alignments-gives-ids-as-strings-when-asked": {
        "sends an id that is null as a string": on_response.row(null_as_string, accepts_string_ids)
    },
    "{operation}-takes-the-token-as-a-parameter": {
        "ignores a token in the query": on_request.params(access_token=None)
    },
    "{operation}-prefers-the-token-in-the-header": {
        "prefers the token in the query": on_request.headers(has_param("access_token"), authorization=None),
        "refuses two tokens": refuse(
            400, lambda request: "access_token" in request.params and "authorization" in request.headers
        ),
    },
    "{operation}-reports-its-cost": {
        "does not report the cost": on_response.headers(x_request_cost=None),
        "does not report the remaining quota": on_response.headers(x_rate_limit_remaining=None),
    },
    "{operation}-ignores-unknown-parameters": {
        "refuses unknown parameters": refuse(400, lambda request: not set(request.params) <= KNOWN_PARAMETERS),
        "reads the parameter include": on_response.change(includes_records, has_param("include[]")),
    },
    "update-outcome-ignores-unknown-parameters": {
        "reads a parameter whose name is similar to a known one": on_request.change(
            lambda request: request.with_params(title=request.params.get("title_"), title_=None)
        )
    },
    "get-outcome-ignores-unknown-parameters": {
        "reads names of parameters in any case": on_request.change(reads_parameters_in_any_case)
    },
    "get-outcome-refuses-a-deleted-outcome": {
        "shows a deleted outcome": shows_another(DELETED),
        "responds with 410 to a deleted outcome": refuse(410, lambda request: request.id == DELETED),
    },
    "get-outcome-refuses-an-archived-outcome": {
        "shows an archived outcome": shows_another(ARCHIVED),
        "forbids an archived outcome": refuse(403, lambda request: request.id == ARCHIVED),
    },
    "get-outcome-shows-a-retired-outcome": {
        "hides a retired outcome": refuse(404, lambda request: request.id == RETIRED),
        "shows an active outcome for a retired one": on_request.id(ACTIVE, lambda request: request.id == RETIRED),
    },
    "update-outcome-refuses-a-deleted-outcome": {
        "updates a deleted outcome": accepts_updates(DELETED),
        "responds with 409 to an update of a deleted outcome": refuse(409, updates(DELETED)),
    },
    "update-outcome-refuses-an-archived-outcome": {
        "updates an archived outcome": accepts_updates(ARCHIVED),
        "forbids an update of an archived outcome": refuse(403, updates(ARCHIVED)),
    },
}
