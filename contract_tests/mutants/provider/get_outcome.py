"""Faults of get_outcome: what an outcome shows, to whom, and with which defaults; long, because it is a list."""

from typing import Any

from contract_tests.mutants.faults import (
    SITE_ADMIN,
    Provider,
    Request,
    Response,
    breaks,
    error,
    on_number,
    on_text,
)

SCALE = ("points_possible", "mastery_points", "ratings", "calculation_method", "calculation_int")
WITHOUT_INT = ("highest", "latest", "average")
Rating = dict[str, Any]


@breaks("get-outcome-shows-the-requested-outcome")
def shows_the_first_outcome(request: Request, provider: Provider) -> Response:
    return provider(request.with_id(1) if request.operation == "get_outcome" else request)


@breaks("get-outcome-shows-the-requested-outcome")
def shows_the_next_id(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("id", on_number(lambda id: id + 1))


@breaks("get-outcome-leads-back-by-url")
def links_to_a_page(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("url", lambda url: url.replace("/api/v1", ""))


@breaks("get-outcome-leads-back-by-url")
def links_to_the_first_outcome(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("url", lambda url: "/api/v1/outcomes/1")


@breaks("get-outcome-changes-nothing")
def stores_each_visit_in_the_guid(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    if request.operation == "get_outcome" and answer.status == 200:
        provider(request.updating(vendor_guid=f"{answer.json['vendor_guid']}+"[-50:]))
    return answer


@breaks("get-outcome-names-the-owner-or-none")
def names_the_type_of_no_owner(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("context_type", lambda type: type or "Account")


@breaks("get-outcome-names-the-owner-or-none")
def gives_global_outcomes_to_the_first_account(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    is_global = answer.status == 200 and "context_id" in answer.json and answer.json["context_id"] is None
    return answer.with_json(answer.json | {"context_id": 1, "context_type": "Account"}) if is_global else answer


@breaks("get-outcome-names-the-owner-or-none")
def hides_the_id_of_the_owner(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("context_id", lambda id: None)


@breaks("get-outcome-names-a-course-as-owner", "get-outcome-names-an-account-as-owner")
def names_owners_in_lower_case(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("context_type", on_text(str.lower))


@breaks("get-outcome-names-a-course-as-owner")
def names_the_account_of_the_course_as_owner(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("context_type", lambda type: type and "Account")


@breaks("get-outcome-names-an-account-as-owner")
def names_the_root_account_as_such(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("context_type", lambda type: "RootAccount" if type == "Account" else type)


@breaks("get-outcome-refuses-a-missing-outcome")
def shows_null_for_a_missing_outcome(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return Response(200, b"null") if answer.status == 404 else answer


@breaks("get-outcome-refuses-a-missing-outcome")
def says_that_a_missing_outcome_is_gone(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return error(410) if answer.status == 404 else answer


@breaks("get-outcome-refuses-an-id-that-is-no-number")
def takes_an_id_that_is_no_number_for_the_first(request: Request, provider: Provider) -> Response:
    return provider(request if request.id.isdecimal() else request.with_id(1))


@breaks("get-outcome-refuses-an-id-that-is-no-number")
def reads_the_digits_of_every_script(request: Request, provider: Provider) -> Response:
    return provider(request.with_id(int(request.id)) if request.id.isdecimal() else request)


@breaks("get-outcome-refuses-an-id-that-is-no-number")
def calls_a_huge_id_malformed(request: Request, provider: Provider) -> Response:
    return error(400) if len(request.id) > 19 else provider(request)


@breaks("get-outcome-refuses-an-outsider")
def shows_everything_to_everybody(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return provider(request.with_token(SITE_ADMIN)) if answer.status == 403 else answer


@breaks("get-outcome-refuses-an-outsider")
def hides_what_is_forbidden(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return error(404) if answer.status == 403 else answer


def may_only_read(answer: Response, context_type: str | None) -> bool:
    return answer.status == 200 and answer.json["context_type"] == context_type and not answer.json["can_edit"]


@breaks("get-outcome-shows-a-course-outcome-to-its-student")
def hides_course_outcomes_from_readers(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return error(403) if may_only_read(answer, "Course") else answer


@breaks("get-outcome-shows-an-account-outcome-to-its-student")
def hides_account_outcomes_from_readers(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return error(403) if may_only_read(answer, "Account") else answer


@breaks("get-outcome-shows-a-global-outcome-to-everybody")
def hides_global_outcomes_from_readers(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return error(403) if may_only_read(answer, None) else answer


@breaks("get-outcome-shows-a-global-outcome-to-everybody")
def hides_global_outcomes_from_outsiders(request: Request, provider: Provider) -> Response:
    return error(403) if request.has_token_of("outsider") else provider(request)


@breaks("get-outcome-tells-an-editor-that-they-can-edit")
def tells_nobody_that_they_can_edit(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("can_edit", lambda can: False)


@breaks("get-outcome-tells-a-reader-that-they-cannot-edit")
def tells_everybody_that_they_can_edit(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("can_edit", lambda can: True)


@breaks("get-outcome-tells-a-reader-that-they-cannot-edit")
def tells_teachers_that_they_can_edit_everything(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("can_edit", lambda can: can or request.has_token_of("teacher"))


def for_readers(answer: Response, **shown: Any) -> Response:
    is_reader = answer.status == 200 and not answer.json["can_edit"]
    return answer.with_json(answer.json | shown) if is_reader else answer


@breaks("get-outcome-differs-between-requesters-only-in-rights")
def hides_the_guid_from_readers(request: Request, provider: Provider) -> Response:
    return for_readers(provider(request), vendor_guid=None)


@breaks("get-outcome-differs-between-requesters-only-in-rights")
def shows_readers_the_built_in_mastery(request: Request, provider: Provider) -> Response:
    return for_readers(provider(request), mastery_points=4)


@breaks("get-outcome-tells-whether-it-can-be-unlinked")
def does_not_know_whether_it_can_be_unlinked(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("can_unlink", lambda can: None)


@breaks("get-outcome-tells-whether-it-can-be-unlinked")
def says_in_words_whether_it_can_be_unlinked(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("can_unlink", str)


@breaks("get-outcome-gives-the-scale-fields-together")
def leaves_out_points_possible(request: Request, provider: Provider) -> Response:
    return provider(request).dropping("points_possible")


@breaks("get-outcome-gives-the-scale-fields-together")
def leaves_out_the_method_of_account_outcomes(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    of_account = answer.status == 200 and answer.json["context_type"] == "Account"
    return answer.dropping("calculation_method") if of_account else answer


def under_account_scales(answer: Response, **shown: Any) -> Response:
    is_under = answer.status == 200 and isinstance(answer.json, dict) and "ratings" not in answer.json
    return answer.with_json(answer.json | shown) if is_under else answer


@breaks("get-outcome-omits-the-scale-fields-under-account-scales")
def gives_null_under_account_scales(request: Request, provider: Provider) -> Response:
    return under_account_scales(provider(request), **dict.fromkeys(SCALE))


@breaks("get-outcome-omits-the-scale-fields-under-account-scales")
def gives_a_method_under_account_scales(request: Request, provider: Provider) -> Response:
    return under_account_scales(provider(request), calculation_method="highest")


@breaks("get-outcome-sorts-ratings-by-points")
def gives_the_lowest_rating_first(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_ratings(lambda ratings: ratings[::-1])


@breaks("get-outcome-sorts-ratings-by-points")
def sorts_points_as_texts(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_ratings(lambda rows: sorted(rows, key=lambda r: str(r["points"]), reverse=True))


@breaks("get-outcome-gives-the-top-rating-as-points-possible")
def gives_the_lowest_rating_as_points_possible(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.mapping("points_possible", lambda points: answer.json["ratings"][-1]["points"])


@breaks("get-outcome-gives-the-top-rating-as-points-possible")
def gives_the_built_in_five_as_points_possible(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("points_possible", lambda points: 5)


@breaks("get-outcome-gives-the-top-rating-as-points-possible")
def gives_whole_points_possible(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("points_possible", int)


def by_method(answer: Response, methods: tuple[str, ...], calculation_int: int | None) -> Response:
    shows = answer.status == 200 and isinstance(answer.json, dict) and answer.json.get("calculation_method") in methods
    return answer.with_json(answer.json | {"calculation_int": calculation_int}) if shows else answer


@breaks("get-outcome-gives-calculation-int-where-the-method-uses-it")
def gives_null_where_no_calculation_int_is_used(request: Request, provider: Provider) -> Response:
    return by_method(provider(request), WITHOUT_INT, None)


@breaks("get-outcome-gives-calculation-int-where-the-method-uses-it")
def gives_a_calculation_int_for_the_average(request: Request, provider: Provider) -> Response:
    return by_method(provider(request), ("average",), 65)


@breaks("get-outcome-gives-calculation-int-where-the-method-uses-it")
def leaves_out_the_calculation_int_of_n_mastery(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    counts = answer.status == 200 and answer.json.get("calculation_method") == "n_mastery"
    return answer.dropping("calculation_int") if counts else answer


@breaks("get-outcome-keeps-calculation-int-in-range")
def gives_calculation_int_as_a_fraction_of_ten_thousand(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("calculation_int", lambda value: value * 100)


@breaks("get-outcome-keeps-calculation-int-in-range")
def gives_the_same_calculation_int_for_every_method(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("calculation_int", lambda value: 65)
