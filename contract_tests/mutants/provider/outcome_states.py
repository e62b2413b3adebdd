"""Faults of get_outcome and update_outcome: outcomes that are deleted, archived or retired."""

from contract_tests.mutants.faults import Provider, Request, Response, breaks, error

DELETED, ARCHIVED, RETIRED = "32", "31", "30"  # of the demo world
ACTIVE = 2


def reading_another(request: Request, provider: Provider, id: str) -> Response:
    """Shows an outcome that is gone as if it were there."""
    is_meant = request.operation == "get_outcome" and request.id == id
    return provider(request.with_id(ACTIVE)).mapping("id", lambda _: int(id)) if is_meant else provider(request)


def updating_nothing(request: Request, provider: Provider, id: str) -> Response:
    """Answers an update of an outcome that is gone as if it had been there."""
    is_meant = request.operation == "update_outcome" and request.id == id
    return reading_another(request.reading(), provider, id) if is_meant else provider(request)


@breaks("get-outcome-refuses-a-deleted-outcome")
def shows_deleted_outcomes(request: Request, provider: Provider) -> Response:
    return reading_another(request, provider, DELETED)


@breaks("get-outcome-refuses-a-deleted-outcome")
def says_that_a_deleted_outcome_is_gone(request: Request, provider: Provider) -> Response:
    return error(410) if request.id == DELETED else provider(request)


@breaks("get-outcome-refuses-an-archived-outcome")
def shows_archived_outcomes(request: Request, provider: Provider) -> Response:
    return reading_another(request, provider, ARCHIVED)


@breaks("get-outcome-refuses-an-archived-outcome")
def forbids_archived_outcomes(request: Request, provider: Provider) -> Response:
    return error(403) if request.id == ARCHIVED else provider(request)


@breaks("get-outcome-shows-a-retired-outcome")
def misses_retired_outcomes(request: Request, provider: Provider) -> Response:
    return error(404) if request.id == RETIRED else provider(request)


@breaks("get-outcome-shows-a-retired-outcome")
def shows_an_active_outcome_for_a_retired_one(request: Request, provider: Provider) -> Response:
    return provider(request.with_id(ACTIVE) if request.id == RETIRED else request)


@breaks("update-outcome-refuses-a-deleted-outcome")
def updates_deleted_outcomes(request: Request, provider: Provider) -> Response:
    return updating_nothing(request, provider, DELETED)


@breaks("update-outcome-refuses-a-deleted-outcome")
def calls_an_update_of_a_deleted_outcome_a_conflict(request: Request, provider: Provider) -> Response:
    return error(409) if (request.method, request.id) == ("PUT", DELETED) else provider(request)


@breaks("update-outcome-refuses-an-archived-outcome")
def updates_archived_outcomes(request: Request, provider: Provider) -> Response:
    return updating_nothing(request, provider, ARCHIVED)


@breaks("update-outcome-refuses-an-archived-outcome")
def forbids_updates_of_archived_outcomes(request: Request, provider: Provider) -> Response:
    return error(403) if (request.method, request.id) == ("PUT", ARCHIVED) else provider(request)
