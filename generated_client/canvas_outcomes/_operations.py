# Written by `tox -e regenerate` from openapi.yaml. Edit that or scripts/templates, never this file.
"""The operations of the contract: what each asks for, as a request that is not sent yet."""

from typing import Literal

from . import _encoding
from ._answers import Call, Operation
from ._encoding import FormFields
from .errors import InvalidRequestError
from .models import (
    AuthorizationError,
    ErrorList,
    MessageError,
    Outcome,
    OutcomeAlignment,
    OutcomeUpdate,
    RefusalError,
    ValidationErrors,
)

GET_OUTCOME: Operation[Outcome] = Operation(
    "get_outcome",
    "GET",
    Outcome,
    {
        400: [ErrorList],
        401: [AuthorizationError, ErrorList],
        403: [AuthorizationError],
        404: [ErrorList],
        5: [ErrorList],
    },
)
UPDATE_OUTCOME: Operation[Outcome] = Operation(
    "update_outcome",
    "PUT",
    Outcome,
    {
        400: [ValidationErrors, ErrorList],
        401: [AuthorizationError, ErrorList],
        403: [AuthorizationError, RefusalError],
        404: [ErrorList],
        413: [ErrorList],
        5: [ErrorList],
    },
)
UPDATE_OUTCOME_FORM: FormFields = {
    "title": None,
    "display_name": None,
    "description": None,
    "vendor_guid": None,
    "mastery_points": None,
    "ratings": ["description", "points"],
    "calculation_method": None,
    "calculation_int": None,
    "add_defaults": None,
}
LIST_OUTCOME_ALIGNMENTS: Operation[list[OutcomeAlignment]] = Operation(
    "list_outcome_alignments",
    "GET",
    list[OutcomeAlignment],
    {
        400: [MessageError, ErrorList],
        401: [AuthorizationError, ErrorList, MessageError],
        403: [AuthorizationError, MessageError],
        404: [ErrorList, MessageError],
        5: [ErrorList],
    },
)


def get_outcome(id: int | str, *, add_defaults: bool | None = None) -> Call[Outcome]:
    """Show an outcome."""
    id_segment = _encoding.integer("id", id)
    target = f"/api/v1/outcomes/{id_segment}"
    query = ""
    if add_defaults is not None:
        query += f"&add_defaults={_encoding.boolean('add_defaults', add_defaults)}"
    if query:
        target = f"{target}?{query[1:]}"
    return Call(GET_OUTCOME, target)


def update_outcome(
    id: int | str,
    body: OutcomeUpdate,
    *,
    add_defaults: bool | None = None,
    encoding: Literal["json", "form", "multipart"] = "json",
) -> Call[Outcome]:
    """Update an outcome."""
    id_segment = _encoding.integer("id", id)
    target = f"/api/v1/outcomes/{id_segment}"
    query = ""
    if add_defaults is not None:
        query += f"&add_defaults={_encoding.boolean('add_defaults', add_defaults)}"
    if query:
        target = f"{target}?{query[1:]}"
    content, media_type = _encoding.body(body, OutcomeUpdate, encoding, UPDATE_OUTCOME_FORM)
    return Call(UPDATE_OUTCOME, target, content, media_type)


def list_outcome_alignments(
    course_id: int | str, *, student_id: int | str | None = None, assignment_id: int | str | None = None
) -> Call[list[OutcomeAlignment]]:
    """List the outcome alignments of a student or an assignment in a course."""
    if student_id is None and assignment_id is None:
        raise InvalidRequestError("cannot list_outcome_alignments: student_id or assignment_id is needed.")
    course_id_segment = _encoding.integer("course_id", course_id)
    target = f"/api/v1/courses/{course_id_segment}/outcome_alignments"
    query = ""
    if student_id is not None:
        query += f"&student_id={_encoding.integer('student_id', student_id)}"
    if assignment_id is not None:
        query += f"&assignment_id={_encoding.integer('assignment_id', assignment_id)}"
    if query:
        target = f"{target}?{query[1:]}"
    return Call(LIST_OUTCOME_ALIGNMENTS, target)
