"""Example responses, and the error class of each documented status."""

import httpx2

from canvas_outcomes import errors
from canvas_outcomes_contract.checks.client.variants import response_variants
from canvas_outcomes_contract.contract.document import Operation

OUTCOME = {
    "id": 1,
    "url": "/api/v1/outcomes/1",
    "context_id": 1,
    "context_type": "Account",
    "title": "Outcome title",
    "display_name": None,
    "description": None,
    "vendor_guid": None,
    "can_edit": True,
    "assessed": False,
}
ERROR_CLASSES = {
    "400": errors.BadRequestError,
    "401": errors.UnauthorizedError,
    "403": errors.ForbiddenError,
    "404": errors.NotFoundError,
    "413": errors.ContentTooLargeError,
    "429": errors.RateLimitedError,
    "5XX": errors.ServerError,
}
SUCCESSES = {
    documented.operation.id: documented.examples[0]
    for variant in response_variants()
    for documented in variant.responses
    if documented.status == "200"
}


def success(operation: Operation, **headers: str) -> httpx2.Response:
    """The documented example of a successful response."""
    return httpx2.Response(200, json=SUCCESSES[operation.id], headers=headers)
