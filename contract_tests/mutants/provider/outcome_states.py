"""Faults of get_outcome and update_outcome: outcomes that are deleted, archived or retired."""

from contract_tests.mutants.provider.faults import Fault, Faults, Provider, Request, Response, change_request, refuse

DELETED, ARCHIVED, RETIRED = "32", "31", "30"  # of the demo world
ACTIVE = 2


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
        is_meant = request.is_update and request.id == id
        return shows_another(id)(request.reading(), provider) if is_meant else provider(request)

    return fault


FAULTS: Faults = {
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
        "shows an active outcome for a retired one": change_request(
            lambda request: request.with_id(ACTIVE), when=lambda request: request.id == RETIRED
        ),
    },
    "update-outcome-refuses-a-deleted-outcome": {
        "updates a deleted outcome": accepts_updates(DELETED),
        "responds with 409 to an update of a deleted outcome": refuse(
            409, lambda request: (request.method, request.id) == ("PUT", DELETED)
        ),
    },
    "update-outcome-refuses-an-archived-outcome": {
        "updates an archived outcome": accepts_updates(ARCHIVED),
        "forbids an update of an archived outcome": refuse(
            403, lambda request: (request.method, request.id) == ("PUT", ARCHIVED)
        ),
    },
}
