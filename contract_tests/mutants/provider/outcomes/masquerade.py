"""Faults of several operations in requests as another user."""

from contract_tests.mutants.provider import on_request, on_response
from contract_tests.mutants.provider.conditions import MISSING
from contract_tests.mutants.provider.faults import Faults, Request, When, refuse

TEACHER, STUDENT, OTHER_STUDENT, STRONGER = "20", "30", "31", "21"  # of the demo world
TOKENS = {TEACHER: "teacher-token", STUDENT: "student-token", OTHER_STUDENT: "other-student-token"}


def acts_as(*users: str, role: str = "") -> When:
    """Whether the request is one as a user, of a role if there is one."""
    return lambda request: request.params.get("as_user_id") in users and (not role or request.has_token_of(role))


def is_of_another(request: Request) -> bool:
    """Whether a user without permission sends the id of another."""
    user = request.params.get("as_user_id", "")
    return user in TOKENS and not request.has_token_of("admin") and request.token != TOKENS[user]


def is_own(request: Request) -> bool:
    return request.token == TOKENS.get(request.params.get("as_user_id", ""))


def is_missing(request: Request) -> bool:
    return MISSING in request.params.get("as_user_id", "")


FAULTS: Faults = {
    "{operation}-acts-as-another-user": {
        "ignores as_user_id": on_request.params(acts_as(*TOKENS, role="admin"), as_user_id=None),
        "lets nobody act as another user": refuse(401, acts_as(*TOKENS, role="admin")),
        "acts as the same user whatever the id is": on_request.params(
            acts_as(*TOKENS, role="admin"), as_user_id=OTHER_STUDENT
        ),
    },
    "{operation}-acts-as-the-requester": {
        "refuses the requester's own id": refuse(401, is_own),
    },
    "{operation}-refuses-to-act-as-another-user": {
        "lets everybody act as other users": on_request.act_as("admin-token", is_of_another),
        "ignores as_user_id without permission": on_request.params(is_of_another, as_user_id=None),
        "forbids to act as another user": refuse(403, is_of_another),
        "sends WWW-Authenticate where it refuses to act as another user": on_response.headers(
            is_of_another, www_authenticate="Bearer"
        ),
    },
    "{operation}-refuses-to-act-as-a-user-with-more-permissions": {
        "lets an admin act as every user": on_request.act_as("site-admin-token", acts_as(STRONGER, role="admin")),
        "forbids to act as a user with more permissions": refuse(403, acts_as(STRONGER, role="admin")),
        "sends WWW-Authenticate where a user has more permissions": on_response.headers(
            acts_as(STRONGER), www_authenticate="Bearer"
        ),
    },
    "{operation}-refuses-to-act-as-a-missing-user": {
        "ignores the id of a missing user": on_request.params(is_missing, as_user_id=None),
        "responds with 404 to the id of a missing user": refuse(404, is_missing),
        "sends WWW-Authenticate for a missing user": on_response.headers(is_missing, www_authenticate="Bearer"),
    },
}
