"""Faults of every operation: tokens, paths, media types, ids as strings."""

from dataclasses import replace
from typing import Any

from contract_tests.mutants.provider.faults import (
    JSON,
    MISSING,
    SITE_ADMIN,
    Faults,
    Provider,
    Request,
    Response,
    act_as,
    alignments,
    change_request,
    change_response,
    error,
    has_token_of,
    refuse,
    respond,
    response_field,
    response_headers,
)

STRING_IDS = "application/json+canvas-string-ids"
KNOWN_PARAMETERS = {"access_token", "add_defaults", "student_id", "assignment_id"}


def has_no_token(request: Request) -> bool:
    return not request.has_token


def has_json_suffix(request: Request) -> bool:
    return request.path.endswith(".json")


def accepts_string_ids(request: Request) -> bool:
    return STRING_IDS in request.headers.get("accept", "")


def accepts_any_token(request: Request, provider: Provider) -> Response:
    response = provider(request)
    is_unknown = response.status == 401 and "www-authenticate" in response.headers and request.has_token
    return provider(request.with_token(SITE_ADMIN)) if is_unknown else response


def looks_up_first(request: Request, provider: Provider) -> Response:
    found = request.has_token or provider(request.with_token(SITE_ADMIN)).status != 404
    return provider(request) if found else error(404)


def only_ids(response: Response) -> Response:
    return response.without("vendor_guid").change_alignments(lambda rows: [{"id": row["id"]} for row in rows])


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
    return response.change_alignments(lambda rows: rows[1:]).without("friendly_description")


def reads_parameters_in_any_case(request: Request) -> Request:
    lowered = {name.lower(): value for name, value in request.params.items()}
    return replace(request, path=f"/api/v1/outcomes/{int(lowered['id']) + 1}") if "id" in lowered else request


FAULTS: Faults = {
    "{operation}-asks-for-a-token": {
        "needs no token": act_as(SITE_ADMIN, when=has_no_token),
        "sends no WWW-Authenticate to a request without a token": response_headers(has_no_token, www_authenticate=None),
        "forbids a request without a token": refuse(403, has_no_token),
    },
    "{operation}-refuses-an-unknown-token": {
        "accepts any token": accepts_any_token,
        "sends no WWW-Authenticate for an unknown token": response_headers(
            lambda request: request.has_token, www_authenticate=None
        ),
    },
    "{operation}-refuses-an-expired-token": {
        "accepts an expired token": act_as(SITE_ADMIN, when=has_token_of("expired")),
        "forbids a request with an expired token": refuse(403, has_token_of("expired")),
        "sends no WWW-Authenticate for an expired token": response_headers(
            has_token_of("expired"), www_authenticate=None
        ),
    },
    "{operation}-refuses-a-revoked-token": {
        "accepts a revoked token": act_as(SITE_ADMIN, when=has_token_of("revoked")),
        "responds with 404 to a revoked token": refuse(404, has_token_of("revoked")),
        "sends no WWW-Authenticate for a revoked token": response_headers(
            has_token_of("revoked"), www_authenticate=None
        ),
    },
    "{operation}-refuses-a-token-without-the-scope": {
        "ignores scopes": act_as(SITE_ADMIN, when=has_token_of("unscoped")),
        "forbids a request without the scope": refuse(403, has_token_of("unscoped")),
        "sends WWW-Authenticate for a token without the scope": response_headers(
            has_token_of("unscoped"), www_authenticate="Bearer"
        ),
    },
    "{operation}-authenticates-before-look-up": {
        "looks up before it authenticates": looks_up_first,
        "responds to a missing id without a token": respond(
            Response(200, b"[]"), when=lambda request: not request.has_token and MISSING in request.path
        ),
    },
    "{operation}-answers-the-json-suffix": {
        "has no path with the suffix": refuse(404, has_json_suffix),
        "leaves fields out at the path with the suffix": change_response(only_ids, has_json_suffix),
    },
    "{operation}-answers-json-whatever-is-accepted": {
        "refuses to send JSON that is not accepted": refuse(406, accepts_no_json),
        "labels JSON with the media type that is accepted": labels_json_as_accepted,
    },
    "{operation}-gives-ids-as-strings-when-asked": {
        "never sends ids as strings": change_request(lambda request: request.with_headers(accept="application/json")),
        "sends only the id of the record as a string": change_response(
            ids_of_others_as_numbers, accepts_string_ids, status=200
        ),
    },
    "get-outcome-gives-ids-as-strings-when-asked": {
        "sends every number as a string": response_field("calculation_int", str, accepts_string_ids),
    },
    "update-outcome-gives-ids-as-strings-when-asked": {
        "sends every number as a string": response_field("calculation_int", str, accepts_string_ids),
    },
    "list-outcome-alignments-gives-ids-as-strings-when-asked": {
        "sends an id that is null as a string": alignments(
            lambda rows: list(map(null_as_string, rows)), accepts_string_ids
        ),
    },
    "{operation}-takes-the-token-as-a-parameter": {
        "ignores a token in the query": change_request(lambda request: request.with_params(access_token=None)),
    },
    "{operation}-prefers-the-token-in-the-header": {
        "prefers the token in the query": change_request(
            lambda request: request.with_headers(authorization=None),
            when=lambda request: "access_token" in request.params,
        ),
        "refuses two tokens": refuse(
            400, lambda request: "access_token" in request.params and "authorization" in request.headers
        ),
    },
    "{operation}-reports-its-cost": {
        "does not report the cost": response_headers(x_request_cost=None),
        "does not report the remaining quota": response_headers(x_rate_limit_remaining=None),
    },
    "{operation}-ignores-unknown-parameters": {
        "refuses unknown parameters": refuse(400, lambda request: not set(request.params) <= KNOWN_PARAMETERS),
        "reads the parameter include": change_response(includes_records, lambda request: "include[]" in request.params),
    },
    "update-outcome-ignores-unknown-parameters": {
        "reads a parameter whose name is similar to a known one": change_request(
            lambda request: request.with_params(title=request.params.get("title_"), title_=None)
        ),
    },
    "get-outcome-ignores-unknown-parameters": {
        "reads names of parameters in any case": change_request(reads_parameters_in_any_case),
    },
}
