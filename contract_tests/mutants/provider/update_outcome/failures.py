"""Faults of update_outcome: requests that make the provider fail."""

from contract_tests.mutants.faults import FORM, Provider, Request, Response, breaks
from contract_tests.mutants.provider.schema import failure


@breaks("update-outcome-never-fails-on-a-request")
def fails_on_json_that_it_cannot_read(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    is_json = request.media_type == "application/json" and not request.fields
    return failure() if is_json and answer.status == 400 else answer


@breaks("update-outcome-never-fails-on-a-request")
def fails_on_a_large_body(request: Request, provider: Provider) -> Response:
    return failure() if len(request.body) > 1_000_000 else provider(request)


@breaks("update-outcome-never-fails-on-a-request")
def fails_on_deep_json(request: Request, provider: Provider) -> Response:
    return failure() if request.body.count(b"[") > 1000 else provider(request)


@breaks("update-outcome-never-fails-on-a-request")
def fails_on_numbers_without_end(request: Request, provider: Provider) -> Response:
    return failure() if b"1e999" in request.body else provider(request)


@breaks("update-outcome-never-fails-on-a-request")
def fails_on_integers_of_more_than_64_bits(request: Request, provider: Provider) -> Response:
    value = request.fields.get("calculation_int")
    return failure() if isinstance(value, int) and value >= 2**63 else provider(request)


@breaks("update-outcome-never-fails-on-a-request")
def fails_on_ratings_that_are_no_list(request: Request, provider: Provider) -> Response:
    ratings = request.fields.get("ratings")
    return provider(request) if isinstance(ratings, list | None) else failure()


@breaks("update-outcome-never-fails-on-a-request")
def fails_on_a_title_that_is_an_object(request: Request, provider: Provider) -> Response:
    return failure() if isinstance(request.fields.get("title"), dict | list) else provider(request)


@breaks("update-outcome-never-fails-on-a-request")
def fails_on_a_name_that_is_a_list_and_a_value(request: Request, provider: Provider) -> Response:
    names = {name for name, _ in request.form}
    return failure() if {"ratings", "ratings[][points]"} <= names else provider(request)


@breaks("update-outcome-never-fails-on-a-request")
def fails_on_deep_names(request: Request, provider: Provider) -> Response:
    return failure() if any(name.count("[") > 100 for name, _ in request.form) else provider(request)


@breaks("update-outcome-never-fails-on-a-request")
def fails_on_a_form_that_is_not_utf_8(request: Request, provider: Provider) -> Response:
    return failure() if request.media_type == FORM and b"%ff" in request.body else provider(request)


@breaks("update-outcome-never-fails-on-a-request")
def fails_on_parts_without_a_boundary(request: Request, provider: Provider) -> Response:
    is_bare = request.headers.get("content-type", "").strip() == "multipart/form-data"
    return failure() if is_bare else provider(request)


@breaks("update-outcome-never-fails-on-a-request")
def fails_on_parts_that_break_off(request: Request, provider: Provider) -> Response:
    is_whole = request.media_type != "multipart/form-data" or request.body.rstrip().endswith(b"--")
    return provider(request) if is_whole else failure()


@breaks("update-outcome-never-fails-on-a-request")
def fails_without_a_media_type(request: Request, provider: Provider) -> Response:
    return provider(request) if request.media_type or request.method == "GET" else failure()


@breaks("update-outcome-never-fails-on-a-request")
def fails_on_an_unknown_character_set(request: Request, provider: Provider) -> Response:
    return failure() if "utf-32" in request.headers.get("content-type", "") else provider(request)
