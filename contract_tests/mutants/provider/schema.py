"""Faults that a schema can show: undocumented statuses, media types, headers and bodies; and failures of the server."""

from dataclasses import replace

from contract_tests.mutants.provider.faults import (
    Fault,
    Faults,
    Request,
    Response,
    When,
    alignments,
    change_response,
    error,
    instead_of,
    respond,
    response_field,
    response_headers,
    response_ratings,
    response_without,
)

SERVER_ERROR = Response(500, b'{"errors": [{"message": "An error occurred."}]}')
PAGE = Response(404, b"<html></html>", {"content-type": "text/html"})
NAMES_OF_THE_OUTCOME = ("id", "learning_outcome_id")


def fail(when: When) -> Fault:
    """Respond with 500."""
    return respond(SERVER_ERROR, when)


def has_an_id_that_is_not_a_number(request: Request) -> bool:
    ids = request.path.removeprefix("/api/v1/outcomes/").removeprefix("/api/v1/courses/")
    return not ids.partition("/")[0].isdecimal()


OF_OUTCOMES = {
    "leaves out whether the outcome is assessed": response_without("assessed"),
    "always sends ids as strings": response_field("id", str),
    "sends yes for true": response_field("can_edit", lambda can: "yes" if can else "no"),
    "sends null for no rubrics": response_field("has_updateable_rubrics", lambda has: None),
    "sends points as strings": response_ratings(lambda rows: [r | {"points": str(r["points"])} for r in rows]),
    "sends ratings without points": response_ratings(lambda rows: [{"description": r["description"]} for r in rows]),
    "sends ratings as a mapping by number": response_ratings(lambda rows: {str(n): r for n, r in enumerate(rows)}),
    "sends calculation_int as a fraction": response_field("calculation_int", lambda value: value / 100),
}
SWITCH_OTHER_THAN_TRUE_OR_FALSE = {
    "fails on add_defaults that is neither true nor false": fail(
        lambda request: request.params.get("add_defaults", "true") not in ("true", "false")
    ),
}
FAULTS: Faults = {
    "{operation}-answers-as-documented": {
        "responds with 202": change_response(lambda response: replace(response, status=202), status=200),
        "responds with 410 to what is missing": instead_of(404, error(410)),
        "labels its JSON as HTML": change_response(
            lambda response: response.with_headers(content_type="text/html"), status=200
        ),
        "sends an empty body": change_response(lambda response: replace(response, body=b""), status=200),
        "guards its JSON against scripts": change_response(
            lambda response: replace(response, body=b"while(1);" + response.body), status=200
        ),
        "wraps its JSON in an object": change_response(
            lambda response: response.with_json({"data": response.json}), status=200
        ),
        "reports the cost in words": response_headers(x_request_cost="cheap"),
        "sends the errors of a 404 as one string": change_response(
            lambda response: response.with_json({"errors": "The specified resource does not exist."}), status=404
        ),
        "sends a page with a 404": instead_of(404, PAGE),
    },
    "get-outcome-answers-as-documented": OF_OUTCOMES,
    "update-outcome-answers-as-documented": OF_OUTCOMES,
    "list-outcome-alignments-answers-as-documented": {
        "leaves out the submission types": alignments(
            lambda rows: [{k: row[k] for k in row if k != "submission_types"} for row in rows]
        ),
        "sends the submission types as a list": alignments(
            lambda rows: [row | {"submission_types": row["submission_types"].split(",")} for row in rows]
        ),
        "leaves out the outcome": alignments(
            lambda rows: [{k: row[k] for k in row if k not in NAMES_OF_THE_OUTCOME} for row in rows]
        ),
        "sends ids of assignments as strings": alignments(
            lambda rows: [row | {"assignment_id": str(row.get("assignment_id"))} for row in rows]
        ),
        "sends a single alignment without a list": alignments(lambda rows: rows[0] if len(rows) == 1 else rows or None),
    },
    "{operation}-never-fails-on-a-request": {
        "fails on an id that is not a number": fail(has_an_id_that_is_not_a_number),
        "fails on a huge id": fail(lambda request: len(request.path) > 200),
        "fails on a null character in the query": fail(lambda request: "\0" in "".join(request.params.values())),
        "fails on a long query": fail(lambda request: len(request.query) > 4000),
    },
    "get-outcome-never-fails-on-a-request": SWITCH_OTHER_THAN_TRUE_OR_FALSE,
    "update-outcome-never-fails-on-a-request": SWITCH_OTHER_THAN_TRUE_OR_FALSE,
    "list-outcome-alignments-never-fails-on-a-request": {
        "fails on a student id that is not a number": fail(
            lambda request: not request.params.get("student_id", "1").isdecimal()
        ),
    },
}
