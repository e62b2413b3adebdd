"""Faults of update_outcome: who may update which outcome, and when that is asked."""

from contract_tests.mutants.faults import SITE_ADMIN, Provider, Request, Response, breaks, error

OF_SCALES = ("mastery_points", "ratings", "calculation_method", "calculation_int")
READERS = ("student", "other_student", "observer")


def forbidden(request: Request, answer: Response) -> bool:
    return request.operation == "update_outcome" and answer.status == 403 and "error" not in (answer.json or {})


def as_admin(request: Request, provider: Provider) -> Response:
    return provider(request.with_token(SITE_ADMIN))


@breaks("update-outcome-refuses-a-missing-outcome")
def updates_nothing_for_a_missing_outcome(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return Response(200, b"{}") if answer.status == 404 else answer


@breaks("update-outcome-refuses-a-missing-outcome")
def forbids_a_missing_outcome(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return error(403) if (request.method, answer.status) == ("PUT", 404) else answer


@breaks("update-outcome-refuses-a-reader")
def lets_readers_update(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return as_admin(request, provider) if forbidden(request, answer) and request.has_token_of(*READERS) else answer


@breaks("update-outcome-refuses-a-reader")
def lets_observers_update(request: Request, provider: Provider) -> Response:
    return as_admin(request, provider) if request.has_token_of("observer") else provider(request)


@breaks("update-outcome-refuses-a-reader")
def updates_for_readers_before_it_refuses_them(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    if forbidden(request, answer) and request.has_token_of(*READERS):
        as_admin(request, provider)
    return answer


@breaks("update-outcome-refuses-a-reader")
def hides_from_readers_what_they_may_not_update(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return error(404) if forbidden(request, answer) else answer


@breaks("update-outcome-refuses-an-outsider")
def lets_outsiders_update(request: Request, provider: Provider) -> Response:
    return as_admin(request, provider) if request.has_token_of("outsider") else provider(request)


@breaks("update-outcome-refuses-an-outsider")
def updates_for_outsiders_before_it_refuses_them(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    if forbidden(request, answer) and request.has_token_of("outsider"):
        as_admin(request, provider)
    return answer


@breaks("update-outcome-refuses-an-outsider")
def hides_from_outsiders_what_they_may_not_update(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return error(404) if forbidden(request, answer) and request.has_token_of("outsider") else answer


@breaks("update-outcome-refuses-a-teacher-on-an-account-outcome")
def lets_teachers_update_the_account(request: Request, provider: Provider) -> Response:
    return as_admin(request, provider) if request.has_token_of("teacher") and request.id == "3" else provider(request)


@breaks("update-outcome-refuses-a-teacher-on-a-global-outcome")
def lets_teachers_update_the_globe(request: Request, provider: Provider) -> Response:
    return as_admin(request, provider) if request.has_token_of("teacher") and request.id == "4" else provider(request)


@breaks(
    "update-outcome-refuses-a-teacher-on-an-account-outcome", "update-outcome-refuses-a-teacher-on-a-global-outcome"
)
def lets_teachers_update_everything(request: Request, provider: Provider) -> Response:
    return as_admin(request, provider) if request.has_token_of("teacher") else provider(request)


@breaks("update-outcome-refuses-before-it-validates")
def validates_before_it_refuses(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    invalid = forbidden(request, answer) and as_admin(request, provider).status == 400
    return error(400) if invalid else answer


@breaks("update-outcome-refuses-before-it-validates")
def checks_for_a_title_before_it_refuses(request: Request, provider: Provider) -> Response:
    return error(400) if request.fields.get("title") == "" else provider(request)


def is_scaled(request: Request, provider: Provider) -> bool:
    outcome = provider(request.reading())
    return request.method == "PUT" and outcome.status == 200 and "ratings" not in outcome.json


@breaks("update-outcome-refuses-scale-changes-under-account-scales")
def ignores_scale_changes_under_account_scales(request: Request, provider: Provider) -> Response:
    return provider(request.dropping(*OF_SCALES) if is_scaled(request, provider) else request)


@breaks("update-outcome-refuses-scale-changes-under-account-scales")
def allows_a_method_under_account_scales(request: Request, provider: Provider) -> Response:
    scaled = "calculation_method" in request.fields and is_scaled(request, provider)
    return provider(request.dropping("calculation_method") if scaled else request)


@breaks("update-outcome-refuses-scale-changes-under-account-scales")
def stores_the_title_next_to_refused_mastery_points(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    if answer.status == 403 and "title" in request.fields:
        provider(request.updating(title=request.fields["title"]))
    return answer


@breaks("update-outcome-refuses-scale-changes-under-account-scales")
def calls_scale_changes_invalid(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return error(400) if answer.status == 403 and "error" in answer.json else answer


@breaks("update-outcome-accepts-texts-under-account-scales")
def refuses_everything_under_account_scales(request: Request, provider: Provider) -> Response:
    return error(403) if is_scaled(request, provider) else provider(request)


@breaks("update-outcome-accepts-texts-under-account-scales")
def ignores_the_guid_under_account_scales(request: Request, provider: Provider) -> Response:
    return provider(request.dropping("vendor_guid") if is_scaled(request, provider) else request)
