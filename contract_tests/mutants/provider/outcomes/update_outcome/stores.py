"""Faults of update_outcome: fields that an update keeps, ignores, returns, or changes in other outcomes."""

import time

from canvas_outcomes_contract.checks.provider.outcomes.outcome_model import CALCULATION_FIELDS, TEXT_FIELDS
from contract_tests.mutants.provider import on_request
from contract_tests.mutants.provider.conditions import is_multipart, on_string, sends
from contract_tests.mutants.provider.faults import Fault, Faults, Provider, Request, Response, refuse, stored

CHANGEABLE = (*TEXT_FIELDS, "mastery_points", "ratings", *CALCULATION_FIELDS)
RECOGNIZED = (*CHANGEABLE, "add_defaults")
BUILT_IN = [{"description": "Exceeds Expectations", "points": 5}, {"description": "Meets Expectations", "points": 3}]


def is_update(request: Request) -> bool:
    return request.method == "PUT"


def add(request: Request, **fields: object) -> Request:
    """Add fields to an update that has other ones."""
    return request.with_fields(fields | request.fields) if request.fields else request


def always_store(**fields: object) -> Fault:
    """Store these fields with every update that does not have them."""
    return on_request.change(lambda request: add(request, **fields))


def sends_the_state_before_the_update(request: Request, provider: Provider) -> Response:
    before = stored(request, provider)
    response = provider(request)
    return response.with_json(before) if request.method == "PUT" and response.status == 200 else response


def sends_the_fields_received(request: Request, provider: Provider) -> Response:
    return provider(request).with_fields(**{k: v for k, v in request.fields.items() if k in CHANGEABLE})


def responds_as_if_it_had_stored(request: Request, provider: Provider) -> Response:
    before = stored(request, provider)
    response = provider(request)
    if request.method == "PUT" and response.status == 200:
        provider(request.updating(**{key: before[key] for key in TEXT_FIELDS}))
    return response


def copies_the_title_to_display_name(request: Request) -> Request:
    return add(request, display_name=request.fields["title"]) if "title" in request.fields else request


def reads_the_title_by_the_name_of_its_column(request: Request) -> Request:
    columns = {"short_description": "title"}
    return request.with_fields({columns.get(key, key): value for key, value in request.fields.items()})


def sends_unrecognized_fields(request: Request, provider: Provider) -> Response:
    response = provider(request)
    extra = {key: value for key, value in request.fields.items() if key not in RECOGNIZED}
    return response.with_fields(**(extra | response.outcome))


def clears_a_display_name_that_is_sent_again(request: Request, provider: Provider) -> Response:
    before = stored(request, provider).get("display_name")
    return provider(request.change_field("display_name", lambda name: None if name == before else name))


def numbers_a_title_that_is_taken(request: Request, provider: Provider) -> Response:
    before = stored(request, provider).get("title")
    return provider(request.change_field("title", lambda title: f"{title} 2"[:255] if title == before else title))


def never_changes_vendor_guid_again(request: Request, provider: Provider) -> Response:
    before = stored(request, provider).get("vendor_guid")
    return provider(request.change_field("vendor_guid", lambda guid: before or guid))


def ignores_a_form_once_there_is_a_title(request: Request, provider: Provider) -> Response:
    is_form = request.method == "PUT" and request.media_type != "application/json"
    return provider(request.reading() if is_form and stored(request, provider).get("title") else request)


def updates_a_second_outcome(request: Request, provider: Provider) -> Response:
    if request.method == "PUT":
        provider(request.with_id(2))
    return provider(request)


def copy_to_another_outcome(field: str, id: int) -> Fault:
    """Store a field in another outcome, too."""

    def fault(request: Request, provider: Provider) -> Response:
        if field in request.fields:
            provider(request.with_id(id).updating(**{field: request.fields[field]}))
        return provider(request)

    return fault


def sends_derived_fields_as_received(request: Request, provider: Provider) -> Response:
    return provider(request).with_fields(**request.fields)


def writes_everything_late(request: Request, provider: Provider) -> Response:
    before = stored(request, provider)
    if not request.fields:
        return provider(request)
    time.sleep(0.05)
    return provider(add(request, **{key: before[key] for key in TEXT_FIELDS if key in before}))


FAULTS: Faults = {
    "update-outcome-answers-what-is-stored": {
        "sends the state before the update": sends_the_state_before_the_update,
        "sends the fields received": sends_the_fields_received,
        "responds as if it had stored the update": responds_as_if_it_had_stored,
    },
    "update-outcome-keeps-fields-not-sent": {
        "clears display_name if it is not sent": always_store(display_name=None),
        "empties vendor_guid if it is not sent": always_store(vendor_guid=""),
        "clears the description if it is not sent": always_store(description=None),
        "resets ratings if they are not sent": always_store(ratings=BUILT_IN),
        "resets the method if it is not sent": always_store(calculation_method="decaying_average", calculation_int=65),
        "copies the title to display_name": on_request.change(copies_the_title_to_display_name),
    },
    "update-outcome-ignores-unrecognized-fields": {
        "refuses unrecognized fields": refuse(400, lambda request: not set(request.fields) <= set(RECOGNIZED)),
        "reads the title by the name of its column": on_request.change(reads_the_title_by_the_name_of_its_column),
        "sends unrecognized fields": sends_unrecognized_fields,
    },
    "update-outcome-accepts-an-empty-update": {
        "refuses an empty update": refuse(400, lambda request: request.method == "PUT" and not request.fields),
        "clears every string with an empty update": on_request.change(
            lambda request: request.with_fields(dict.fromkeys(TEXT_FIELDS[1:])), when=lambda request: not request.fields
        ),
    },
    "update-outcome-is-idempotent": {
        "clears a display_name that is sent again": clears_a_display_name_that_is_sent_again,
        "numbers a title that is taken": numbers_a_title_that_is_taken,
    },
    "update-outcome-follows-from-the-updates-before-it": {
        "does not store the update": on_request.change(lambda request: request.reading(), is_update),
        "numbers a title that is taken": numbers_a_title_that_is_taken,
        "never changes vendor_guid again": never_changes_vendor_guid_again,
        "ignores a form once there is a title": ignores_a_form_once_there_is_a_title,
        "ignores multipart forms": on_request.change(lambda request: request.reading(), when=is_multipart),
    },
    "update-outcome-leaves-other-outcomes-alone": {
        "updates a second outcome": updates_a_second_outcome,
        "stores the description in another outcome": copy_to_another_outcome("description", 4),
        "stores ratings in another outcome": copy_to_another_outcome("ratings", 3),
    },
    "update-outcome-cannot-change-derived-fields": {
        "sends derived fields as received": sends_derived_fields_as_received,
        "stores points_possible as a rating": on_request.change(
            lambda request: add(request, ratings=[{"description": "All", "points": 7}]),
            when=sends("points_possible", 7),
        ),
        "refuses derived fields": refuse(400, lambda request: bool({"id", "url"} & set(request.fields))),
    },
    "update-outcome-loses-no-concurrent-update": {"reads, waits and writes everything": writes_everything_late},
    "update-outcome-converts-a-scalar-title": {
        "refuses a number as title": refuse(400, lambda request: isinstance(request.fields.get("title"), int)),
        "stores an integer title with a fraction": on_request.field(
            "title", lambda title: f"{title}.0" if isinstance(title, int) else title
        ),
    },
    "update-outcome-clears-text-with-null": {
        "ignores null": on_request.change(
            lambda request: request.without(*(key for key in TEXT_FIELDS if request.fields.get(key, "") is None))
        ),
        "stores a null vendor_guid as an empty string": on_request.field("vendor_guid", lambda guid: guid or ""),
        "stores a null display_name as a string": on_request.field(
            "display_name", lambda n: "null" if n is None else n
        ),
    },
    "update-outcome-keeps-empty-text": {
        "stores an empty string as null": on_request.field("display_name", on_string(lambda name: name or None)),
        "ignores an empty string": on_request.change(
            lambda request: request.without(*(key for key in TEXT_FIELDS if request.fields.get(key) == ""))
        ),
    },
}
