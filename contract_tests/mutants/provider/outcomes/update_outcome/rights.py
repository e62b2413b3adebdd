"""Faults of update_outcome: permissions, and updates under account scales."""

from collections.abc import Callable

from contract_tests.mutants.provider import on_request, on_response
from contract_tests.mutants.provider.conditions import always, has_token_of, sends
from contract_tests.mutants.provider.faults import Fault, Faults, Provider, Request, Response, When, error, refuse

OF_SCALES = ("mastery_points", "ratings", "calculation_method", "calculation_int")
READERS = ("student", "other_student", "observer")


def is_forbidden(request: Request, response: Response) -> bool:
    """Whether the requester may not update the outcome; a refusal under account scales is another one."""
    return request.method == "PUT" and response.status == 403 and "error" not in (response.json or {})


def when_forbidden(act: Callable[[Request, Provider, Response], Response], when: When = always) -> Fault:
    """Act differently if the requester may not update the outcome."""

    def fault(request: Request, provider: Provider) -> Response:
        response = provider(request)
        return act(request, provider, response) if is_forbidden(request, response) and when(request) else response

    return fault


def update_as_admin(request: Request, provider: Provider, _: Response) -> Response:
    return provider(request.as_admin())


def update_and_refuse(request: Request, provider: Provider, response: Response) -> Response:
    provider(request.as_admin())
    return response


def update_and_deny(request: Request, provider: Provider, _: Response) -> Response:
    provider(request.as_admin())
    return error(401)


def hide(request: Request, provider: Provider, _: Response) -> Response:
    return error(404)


def validate(request: Request, provider: Provider, response: Response) -> Response:
    return error(400) if provider(request.as_admin()).status == 400 else response


def is_under_account_scales(request: Request, provider: Provider) -> bool:
    outcome = provider(request.reading())
    return request.method == "PUT" and outcome.status == 200 and "ratings" not in outcome.json


def ignore_under_account_scales(*fields: str) -> Fault:
    """Ignore these fields of an update of an outcome under account scales."""
    return lambda request, provider: provider(
        request.without(*fields) if is_under_account_scales(request, provider) else request
    )


def stores_the_title_next_to_refused_mastery_points(request: Request, provider: Provider) -> Response:
    response = provider(request)
    if response.status == 403 and "title" in request.fields:
        provider(request.updating(title=request.fields["title"]))
    return response


def refuses_everything_under_account_scales(request: Request, provider: Provider) -> Response:
    return error(403) if is_under_account_scales(request, provider) else provider(request)


def teacher_updates(id: str) -> Fault:
    """Let teachers update the outcome of this id."""
    return on_request.as_admin(lambda request: request.has_token_of("teacher") and request.id == id)


FAULTS: Faults = {
    "update-outcome-refuses-a-missing-outcome": {
        "sends an empty outcome for a missing one": on_response.instead_of(404, Response(200, b"{}")),
        "forbids an update of a missing outcome": on_response.status(404, 403, lambda request: request.method == "PUT"),
    },
    "update-outcome-refuses-a-reader": {
        "lets readers update": when_forbidden(update_as_admin, has_token_of(*READERS)),
        "lets observers update": on_request.as_admin(has_token_of("observer")),
        "stores an update of a reader that it refuses": when_forbidden(update_and_refuse, has_token_of(*READERS)),
        "stores an update of a reader and responds with 401, as older Canvas does": when_forbidden(
            update_and_deny, has_token_of(*READERS)
        ),
        "responds with 404 to readers": when_forbidden(hide),
    },
    "update-outcome-refuses-an-outsider": {
        "lets outsiders update": on_request.as_admin(has_token_of("outsider")),
        "stores an update of an outsider that it refuses": when_forbidden(update_and_refuse, has_token_of("outsider")),
        "responds with 404 to outsiders": when_forbidden(hide, has_token_of("outsider")),
    },
    "update-outcome-refuses-a-teacher-on-an-account-outcome": {
        "lets teachers update the account outcome": teacher_updates("3"),
        "lets teachers update everything": on_request.as_admin(has_token_of("teacher")),
    },
    "update-outcome-refuses-a-teacher-on-a-global-outcome": {
        "lets teachers update the global outcome": teacher_updates("4"),
        "lets teachers update everything": on_request.as_admin(has_token_of("teacher")),
    },
    "update-outcome-refuses-before-it-validates": {
        "validates before it refuses": when_forbidden(validate),
        "requires a title before it refuses": refuse(400, sends("title", "")),
    },
    "update-outcome-refuses-scale-changes-under-account-scales": {
        "ignores scale changes under account scales": ignore_under_account_scales(*OF_SCALES),
        "ignores a method under account scales": ignore_under_account_scales("calculation_method"),
        "stores the title next to refused mastery_points": stores_the_title_next_to_refused_mastery_points,
        "responds with 400 to scale changes": on_response.change(
            lambda response: error(400) if "error" in response.json else response, status=403
        ),
    },
    "update-outcome-accepts-texts-under-account-scales": {
        "refuses everything under account scales": refuses_everything_under_account_scales,
        "ignores vendor_guid under account scales": ignore_under_account_scales("vendor_guid"),
    },
}
