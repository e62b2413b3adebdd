"""Faults of each operation: tokens, paths, media types, ids as strings."""

from dataclasses import replace
from typing import Any

from contract_tests.mutants.faults import (
    JSON,
    SITE_ADMIN,
    Provider,
    Request,
    Response,
    breaks,
    breaks_each,
    error,
)

STRING_IDS = "application/json+canvas-string-ids"
KNOWN = ("access_token", "add_defaults", "student_id", "assignment_id")


@breaks_each("asks-for-a-token")
def needs_no_token(request: Request, provider: Provider) -> Response:
    return provider(request if request.has_token else request.with_token(SITE_ADMIN))


@breaks_each("asks-for-a-token")
def does_not_say_that_it_wants_a_token(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer if request.has_token else answer.with_headers(www_authenticate=None)


@breaks_each("asks-for-a-token")
def forbids_what_has_no_token(request: Request, provider: Provider) -> Response:
    return provider(request) if request.has_token else error(403)


@breaks_each("refuses-an-unknown-token")
def takes_any_token(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    is_unknown = answer.status == 401 and "www-authenticate" in answer.headers and request.has_token
    return provider(request.with_token(SITE_ADMIN)) if is_unknown else answer


@breaks_each("refuses-an-unknown-token")
def does_not_say_that_it_wants_another_token(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.with_headers(www_authenticate=None) if request.has_token else answer


@breaks_each("refuses-an-expired-token")
def takes_expired_tokens(request: Request, provider: Provider) -> Response:
    return provider(request.with_token(SITE_ADMIN) if request.has_token_of("expired") else request)


@breaks_each("refuses-an-expired-token")
def forbids_what_has_an_expired_token(request: Request, provider: Provider) -> Response:
    return error(403) if request.has_token_of("expired") else provider(request)


@breaks_each("refuses-an-expired-token")
def does_not_say_that_it_wants_a_fresh_token(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.with_headers(www_authenticate=None) if request.has_token_of("expired") else answer


@breaks_each("refuses-a-revoked-token")
def takes_revoked_tokens(request: Request, provider: Provider) -> Response:
    return provider(request.with_token(SITE_ADMIN) if request.has_token_of("revoked") else request)


@breaks_each("refuses-a-revoked-token")
def misses_what_has_a_revoked_token(request: Request, provider: Provider) -> Response:
    return error(404) if request.has_token_of("revoked") else provider(request)


@breaks_each("refuses-a-revoked-token")
def does_not_say_that_it_wants_a_token_that_counts(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.with_headers(www_authenticate=None) if request.has_token_of("revoked") else answer


@breaks_each("refuses-a-token-without-the-scope")
def ignores_scopes(request: Request, provider: Provider) -> Response:
    return provider(request.with_token(SITE_ADMIN) if request.has_token_of("unscoped") else request)


@breaks_each("refuses-a-token-without-the-scope")
def forbids_what_lacks_the_scope(request: Request, provider: Provider) -> Response:
    return error(403) if request.has_token_of("unscoped") else provider(request)


@breaks_each("refuses-a-token-without-the-scope")
def asks_for_another_token_than_one_without_the_scope(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.with_headers(www_authenticate="Bearer") if request.has_token_of("unscoped") else answer


@breaks_each("authenticates-before-look-up")
def looks_up_before_it_authenticates(request: Request, provider: Provider) -> Response:
    found = request.has_token or provider(request.with_token(SITE_ADMIN)).status != 404
    return provider(request) if found else error(404)


@breaks_each("authenticates-before-look-up")
def says_to_nobody_that_there_is_nothing(request: Request, provider: Provider) -> Response:
    if request.has_token or "999999999" not in request.path:
        return provider(request)
    return Response(200, b"[]")


@breaks_each("answers-the-json-suffix")
def does_not_know_the_suffix(request: Request, provider: Provider) -> Response:
    return error(404) if request.path.endswith(".json") else provider(request)


@breaks_each("answers-the-json-suffix")
def answers_the_suffix_in_short(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    if not request.path.endswith(".json"):
        return answer
    return answer.dropping("vendor_guid").mapping_rows(lambda rows: [{"id": row["id"]} for row in rows])


@breaks_each("answers-json-whatever-is-accepted")
def refuses_what_it_cannot_make(request: Request, provider: Provider) -> Response:
    accepted = request.headers.get("accept", "*/*")
    return provider(request) if accepted == "*/*" or "json" in accepted else error(406)


@breaks_each("answers-json-whatever-is-accepted")
def calls_its_answer_what_was_accepted(request: Request, provider: Provider) -> Response:
    accepted = request.headers.get("accept", "*/*").partition(",")[0]
    return provider(request).with_headers(content_type=JSON if accepted == "*/*" else accepted)


def wants_string_ids(request: Request) -> bool:
    return STRING_IDS in request.headers.get("accept", "")


@breaks_each("gives-ids-as-strings-when-asked")
def never_gives_ids_as_strings(request: Request, provider: Provider) -> Response:
    return provider(request.with_headers(accept="application/json"))


@breaks_each("gives-ids-as-strings-when-asked")
def gives_only_the_id_itself_as_a_string(request: Request, provider: Provider) -> Response:
    def also_numbers(record: dict[str, Any]) -> dict[str, Any]:
        return {k: int(v) if k.endswith("_id") and v is not None else v for k, v in record.items()}

    answer = provider(request)
    if not wants_string_ids(request) or answer.status != 200:
        return answer
    is_list = isinstance(answer.json, list)
    return answer.with_json([also_numbers(row) for row in answer.json] if is_list else also_numbers(answer.json))


@breaks("get-outcome-gives-ids-as-strings-when-asked", "update-outcome-gives-ids-as-strings-when-asked")
def gives_every_number_as_a_string(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.mapping("calculation_int", str) if wants_string_ids(request) else answer


@breaks("list-outcome-alignments-gives-ids-as-strings-when-asked")
def gives_no_id_as_the_string_null(request: Request, provider: Provider) -> Response:
    def texts(row: dict[str, Any]) -> dict[str, Any]:
        return {k: "null" if k.endswith("_id") and v is None else v for k, v in row.items()}

    answer = provider(request)
    return answer.mapping_rows(lambda rows: list(map(texts, rows))) if wants_string_ids(request) else answer


@breaks_each("takes-the-token-as-a-parameter")
def knows_no_token_in_the_query(request: Request, provider: Provider) -> Response:
    return provider(request.with_params(access_token=None))


@breaks_each("prefers-the-token-in-the-header")
def prefers_the_token_in_the_query(request: Request, provider: Provider) -> Response:
    return provider(request.with_headers(authorization=None) if "access_token" in request.params else request)


@breaks_each("prefers-the-token-in-the-header")
def refuses_two_tokens(request: Request, provider: Provider) -> Response:
    has_two = "access_token" in request.params and "authorization" in request.headers
    return error(400) if has_two else provider(request)


@breaks_each("reports-its-cost")
def does_not_say_what_it_cost(request: Request, provider: Provider) -> Response:
    return provider(request).with_headers(x_request_cost=None)


@breaks_each("reports-its-cost")
def does_not_say_what_remains(request: Request, provider: Provider) -> Response:
    return provider(request).with_headers(x_rate_limit_remaining=None)


@breaks_each("ignores-unknown-parameters")
def refuses_unknown_parameters(request: Request, provider: Provider) -> Response:
    return provider(request) if set(request.params) <= set(KNOWN) else error(400)


@breaks_each("ignores-unknown-parameters")
def includes_what_it_is_asked_to(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    if "include[]" not in request.params:
        return answer
    return answer.mapping_rows(lambda rows: rows[1:]).dropping("friendly_description")


@breaks("update-outcome-ignores-unknown-parameters")
def completes_names_of_parameters(request: Request, provider: Provider) -> Response:
    return provider(request.with_params(title=request.params.get("title_"), title_=None))


@breaks("get-outcome-ignores-unknown-parameters")
def reads_parameters_in_any_case(request: Request, provider: Provider) -> Response:
    lowered = {name.lower(): value for name, value in request.params.items()}
    return provider(replace(request, path=f"/api/v1/outcomes/{int(lowered['id']) + 1}") if "id" in lowered else request)
