"""Example responses, and the error class of each status."""

import json
from functools import cache
from typing import Any

import httpx2

from canvas_outcomes import errors
from canvas_outcomes_contract.checks.client.documented import CONTRACT, OPERATIONS, DocumentedResponse, successes_of
from canvas_outcomes_contract.checks.client.variants import drawn_once, request_variants, response_variants
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
# The operations of the checks of an outcome and of its update, by the schema of their bodies.
SHOW = next(
    documented.operation
    for variant in response_variants()
    if variant.schema == {"$ref": "#/components/schemas/Outcome"}
    for documented in variant.responses
)
UPDATE_REQUEST = next(
    one
    for one in request_variants()
    if one.kind == "json" and one.schema == {"$ref": "#/components/schemas/OutcomeUpdate"}
)
UPDATE = UPDATE_REQUEST.operation
ERROR_NAMES = {
    "304": "NotModified",
    "400": "BadRequest",
    "401": "Unauthorized",
    "402": "PaymentRequired",
    "403": "Forbidden",
    "404": "NotFound",
    "405": "MethodNotAllowed",
    "406": "NotAcceptable",
    "409": "Conflict",
    "410": "Gone",
    "412": "PreconditionFailed",
    "413": "ContentTooLarge",
    "415": "UnsupportedMediaType",
    "422": "UnprocessableContent",
    "429": "RateLimited",
    "5XX": "Server",
}
# The statuses that have an error class: those that an operation documents, and two that the client itself needs.
ERROR_STATUSES = {"429", "5XX"} | {
    status for operation in OPERATIONS for status in operation.definition["responses"] if status[0] in "345"
}


def error_class(status: int, *, is_throttled: bool = False) -> Any:
    """The class of the error for a status, documented or not."""
    found = [key for key in (str(status), f"{status // 100}XX") if key in ERROR_STATUSES]
    return class_of("429") if is_throttled else class_of(found[0]) if found else errors.ApiError


def class_of(status: str) -> Any:
    """The error class of a documented status or range."""
    return getattr(errors, f"{ERROR_NAMES.get(status, f'Status{status}')}Error")


@cache
def example_body(documented: DocumentedResponse) -> Any:
    """The first example of a response, or else a simple body by its schema; None for an empty one."""
    if documented.kind == "none" or documented.examples:
        return next(iter(documented.examples), None)
    variant = next(one for one in response_variants() if documented in one.responses)
    return drawn_once(variant.replies())[1]


def encoded(body: Any, kind: str) -> bytes:
    """The content of a response. Negative cases may be bytes already."""
    if isinstance(body, bytes):
        return body
    texts = {"none": "", "json": json.dumps(body)}
    return texts.get(kind, str(body)).encode("latin-1" if kind == "bytes" else "utf-8")


def response(documented: DocumentedResponse, body: Any, status: int | None = None, **headers: Any) -> httpx2.Response:
    """A documented response with this body."""
    media_type = {"Content-Type": f"{documented.media_type}; charset=utf-8"} if documented.media_type else {}
    content = encoded(body, documented.kind)
    return httpx2.Response(status or documented.statuses[0], content=content, headers=media_type | headers)


def success(operation: Operation, **headers: Any) -> httpx2.Response:
    """The documented example of a successful response."""
    documented = successes_of(operation)[0]
    return response(documented, example_body(documented), **headers)


def schema_named(name: str) -> Any:
    return CONTRACT.resolve({"$ref": f"#/components/schemas/{name}"})
