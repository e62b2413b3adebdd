"""Faults of update_outcome: what an update keeps, ignores, answers and leaves alone."""

import time

from contract_tests.mutants.faults import Provider, Request, Response, breaks, error, on_text, stored

TEXTS = ("title", "display_name", "description", "vendor_guid")
CHANGEABLE = (*TEXTS, "mastery_points", "ratings", "calculation_method", "calculation_int")
NAMED = (*CHANGEABLE, "add_defaults")
BUILT_IN = [{"description": "Exceeds Expectations", "points": 5}, {"description": "Meets Expectations", "points": 3}]


def is_update(request: Request) -> bool:
    return request.operation == "update_outcome"


def adding(request: Request, **fields: object) -> Request:
    """The same update with fields that it does not carry itself, if it carries any."""
    return request.with_fields(fields | request.fields) if request.fields else request


@breaks("update-outcome-answers-what-is-stored")
def answers_what_was_before(request: Request, provider: Provider) -> Response:
    before = stored(request, provider)
    answer = provider(request)
    return answer.with_json(before) if is_update(request) and answer.status == 200 else answer


@breaks("update-outcome-answers-what-is-stored")
def answers_what_was_sent(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    sent = {key: value for key, value in request.fields.items() if key in CHANGEABLE}
    return answer.with_json(answer.json | sent) if answer.status == 200 else answer


@breaks("update-outcome-answers-what-is-stored")
def answers_as_if_it_had_stored(request: Request, provider: Provider) -> Response:
    before = stored(request, provider)
    answer = provider(request)
    if is_update(request) and answer.status == 200:
        provider(request.updating(**{key: before[key] for key in TEXTS}))
    return answer


@breaks("update-outcome-follows-from-the-updates-before-it")
def stores_nothing_and_says_so(request: Request, provider: Provider) -> Response:
    return provider(request.reading()) if is_update(request) else provider(request)


@breaks("update-outcome-keeps-fields-not-sent")
def clears_the_display_name_that_is_not_sent(request: Request, provider: Provider) -> Response:
    return provider(adding(request, display_name=None))


@breaks("update-outcome-keeps-fields-not-sent")
def empties_the_guid_that_is_not_sent(request: Request, provider: Provider) -> Response:
    return provider(adding(request, vendor_guid=""))


@breaks("update-outcome-keeps-fields-not-sent")
def forgets_the_description_that_is_not_sent(request: Request, provider: Provider) -> Response:
    return provider(adding(request, description=None))


@breaks("update-outcome-keeps-fields-not-sent")
def wipes_the_ratings_that_are_not_sent(request: Request, provider: Provider) -> Response:
    return provider(adding(request, ratings=BUILT_IN))


@breaks("update-outcome-keeps-fields-not-sent")
def resets_the_method_that_is_not_sent(request: Request, provider: Provider) -> Response:
    return provider(adding(request, calculation_method="decaying_average", calculation_int=65))


@breaks("update-outcome-keeps-fields-not-sent")
def copies_the_title_to_the_display_name(request: Request, provider: Provider) -> Response:
    return provider(adding(request, display_name=request.fields["title"]) if "title" in request.fields else request)


@breaks("update-outcome-ignores-unrecognized-fields")
def refuses_unrecognized_fields(request: Request, provider: Provider) -> Response:
    return provider(request) if set(request.fields) <= set(NAMED) else error(400)


@breaks("update-outcome-ignores-unrecognized-fields")
def reads_the_title_by_the_name_of_its_column(request: Request, provider: Provider) -> Response:
    columns = {"short_description": "title"}
    return provider(request.with_fields({columns.get(key, key): value for key, value in request.fields.items()}))


@breaks("update-outcome-ignores-unrecognized-fields")
def answers_unrecognized_fields(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    extra = {key: value for key, value in request.fields.items() if key not in NAMED}
    return answer.with_json(extra | answer.json) if answer.status == 200 else answer


@breaks("update-outcome-accepts-an-empty-update")
def refuses_an_empty_update(request: Request, provider: Provider) -> Response:
    return error(400) if is_update(request) and not request.fields else provider(request)


@breaks("update-outcome-accepts-an-empty-update")
def clears_everything_by_an_empty_update(request: Request, provider: Provider) -> Response:
    return provider(request if request.fields else request.with_fields(dict.fromkeys(TEXTS[1:])))


@breaks("update-outcome-is-idempotent", "update-outcome-replaces-all-ratings")
def appends_ratings(request: Request, provider: Provider) -> Response:
    earlier = stored(request, provider).get("ratings") or []
    return provider(request.mapping_ratings(lambda ratings: [*earlier, *ratings][-20:]))


@breaks("update-outcome-is-idempotent")
def takes_a_name_sent_again_for_a_switch(request: Request, provider: Provider) -> Response:
    before = stored(request, provider).get("display_name")
    return provider(request.mapping("display_name", lambda name: None if name == before else name))


@breaks("update-outcome-is-idempotent", "update-outcome-follows-from-the-updates-before-it")
def numbers_a_title_that_is_taken(request: Request, provider: Provider) -> Response:
    before = stored(request, provider).get("title")
    return provider(request.mapping("title", lambda title: f"{title} 2"[:255] if title == before else title))


@breaks("update-outcome-follows-from-the-updates-before-it")
def keeps_the_guid_once_it_has_one(request: Request, provider: Provider) -> Response:
    before = stored(request, provider).get("vendor_guid")
    return provider(request.mapping("vendor_guid", lambda guid: before or guid))


@breaks("update-outcome-follows-from-the-updates-before-it")
def takes_a_form_only_from_an_outcome_without_name(request: Request, provider: Provider) -> Response:
    is_form = is_update(request) and request.media_type != "application/json"
    return provider(request.reading() if is_form and stored(request, provider).get("title") else request)


@breaks("update-outcome-follows-from-the-updates-before-it")
def mixes_up_the_title_of_parts(request: Request, provider: Provider) -> Response:
    return provider(request.reading() if request.media_type == "multipart/form-data" else request)


@breaks("update-outcome-leaves-other-outcomes-alone")
def updates_the_next_outcome_too(request: Request, provider: Provider) -> Response:
    if is_update(request):
        provider(request.with_id(2))
    return provider(request)


@breaks("update-outcome-leaves-other-outcomes-alone")
def gives_every_outcome_the_same_description(request: Request, provider: Provider) -> Response:
    if "description" in request.fields:
        provider(request.with_id(4).updating(description=request.fields["description"]))
    return provider(request)


@breaks("update-outcome-leaves-other-outcomes-alone")
def gives_the_account_outcome_the_same_ratings(request: Request, provider: Provider) -> Response:
    if "ratings" in request.fields:
        provider(request.with_id(3).updating(ratings=request.fields["ratings"]))
    return provider(request)


@breaks("update-outcome-cannot-change-derived-fields")
def answers_derived_fields_as_sent(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.with_json(answer.json | request.fields) if answer.status == 200 else answer


@breaks("update-outcome-cannot-change-derived-fields")
def makes_a_rating_of_points_possible(request: Request, provider: Provider) -> Response:
    points = request.fields.get("points_possible")
    return provider(adding(request, ratings=[{"description": "All", "points": points}]) if points == 7 else request)


@breaks("update-outcome-cannot-change-derived-fields")
def refuses_derived_fields(request: Request, provider: Provider) -> Response:
    return error(400) if {"id", "url"} & set(request.fields) else provider(request)


@breaks("update-outcome-loses-no-concurrent-update")
def reads_waits_and_writes_everything(request: Request, provider: Provider) -> Response:
    before = stored(request, provider)
    if not request.fields:
        return provider(request)
    time.sleep(0.05)
    return provider(adding(request, **{key: before[key] for key in TEXTS if key in before}))


@breaks("update-outcome-converts-a-scalar-title")
def refuses_a_number_as_title(request: Request, provider: Provider) -> Response:
    return error(400) if isinstance(request.fields.get("title"), int) else provider(request)


@breaks("update-outcome-converts-a-scalar-title")
def stores_a_number_as_title_with_a_fraction(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("title", lambda title: f"{title}.0" if isinstance(title, int) else title))


@breaks("update-outcome-clears-text-with-null")
def takes_null_for_not_sent(request: Request, provider: Provider) -> Response:
    return provider(request.dropping(*(key for key in TEXTS if request.fields.get(key, "") is None)))


@breaks("update-outcome-clears-text-with-null")
def stores_null_as_empty_text(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("vendor_guid", lambda guid: guid or ""))


@breaks("update-outcome-clears-text-with-null")
def stores_null_as_a_word(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("display_name", lambda name: "null" if name is None else name))


@breaks("update-outcome-keeps-empty-text")
def stores_empty_text_as_null(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("display_name", on_text(lambda name: name or None)))


@breaks("update-outcome-keeps-empty-text")
def takes_empty_text_for_not_sent(request: Request, provider: Provider) -> Response:
    return provider(request.dropping(*(key for key in TEXTS if request.fields.get(key) == "")))
