"""Faults that a response schema detects: undocumented statuses, media types, headers and bodies; and failures."""

from dataclasses import replace

from contract_tests.mutants.provider import on_response
from contract_tests.mutants.provider.faults import Faults, Request, Response, fail, refuse
from contract_tests.mutants.provider.outcomes.list_outcome_alignments import without

PAGE = Response(404, b"<html></html>", {"content-type": "text/html"})


def has_an_id_that_is_not_a_number(request: Request) -> bool:
    ids = request.path.removeprefix("/api/v1/outcomes/").removeprefix("/api/v1/courses/")
    return not ids.partition("/")[0].isdecimal()


OF_OUTCOMES = {
    "leaves out whether the outcome is assessed": on_response.without("assessed"),
    "always sends ids as strings": on_response.field("id", str),
    "sends yes for true": on_response.field("can_edit", lambda can: "yes" if can else "no"),
    "sends null for no rubrics": on_response.field("has_updateable_rubrics", lambda has: None),
    "sends points as strings": on_response.rating(lambda row: row | {"points": str(row["points"])}),
    "sends ratings without points": on_response.rating(lambda row: {"description": row["description"]}),
    "sends ratings as a mapping by number": on_response.ratings(lambda rows: {str(n): r for n, r in enumerate(rows)}),
    "sends calculation_int as a fraction": on_response.field("calculation_int", lambda value: value / 100),
}
SWITCH_OTHER_THAN_TRUE_OR_FALSE = {
    "fails on add_defaults that is neither true nor false": fail(
        lambda request: request.params.get("add_defaults", "true") not in ("true", "false")
    )
}
FAULTS: Faults = {
    "{operation}-answers-as-documented": {
        "responds with 202": on_response.change(lambda response: replace(response, status=202), status=200),
        "responds with 410 instead of 404": on_response.status(404, 410),
        "labels its JSON as HTML": on_response.change(
            lambda response: response.with_headers(content_type="text/html"), status=200
        ),
        "sends an empty body": on_response.change(lambda response: replace(response, body=b""), status=200),
        "guards its JSON against scripts": on_response.change(
            lambda response: replace(response, body=b"while(1);" + response.body), status=200
        ),
        "wraps its JSON in an object": on_response.change(
            lambda response: response.with_json({"data": response.json}), status=200
        ),
        "reports the cost in words": on_response.headers(x_request_cost="cheap"),
        "sends the errors of a 404 as one string": on_response.change(
            lambda response: response.with_json({"errors": "The specified resource does not exist."}), status=404
        ),
        "sends a page with a 404": on_response.instead_of(404, PAGE),
    },
    "get-outcome-answers-as-documented": OF_OUTCOMES,
    "update-outcome-answers-as-documented": OF_OUTCOMES,
    "list-outcome-alignments-answers-as-documented": {
        "leaves out the submission types": on_response.row(without("submission_types")),
        "sends the submission types as a list": on_response.row(
            lambda row: row | {"submission_types": row["submission_types"].split(",")}
        ),
        "leaves out the outcome": on_response.row(without("id", "learning_outcome_id")),
        "sends ids of assignments as strings": on_response.row(
            lambda row: row | {"assignment_id": str(row.get("assignment_id"))}
        ),
        "sends a single alignment without a list": on_response.rows(
            lambda rows: rows[0] if len(rows) == 1 else rows or None
        ),
    },
    "{operation}-never-fails-on-a-request": {
        "fails on an id that is not a number": fail(has_an_id_that_is_not_a_number),
        "fails on a huge id": fail(lambda request: len(request.path) > 200),
        "fails on a null character in the query": fail(lambda request: "\0" in "".join(request.params.values())),
        "responds with 502 to a parameter that is a list": refuse(
            502, lambda request: "add_defaults[]" in request.params
        ),
        "fails on a long query": fail(lambda request: len(request.query) > 4000),
    },
    "get-outcome-never-fails-on-a-request": SWITCH_OTHER_THAN_TRUE_OR_FALSE,
    "update-outcome-never-fails-on-a-request": SWITCH_OTHER_THAN_TRUE_OR_FALSE,
    "list-outcome-alignments-never-fails-on-a-request": {
        "fails on a student id that is not a number": fail(
            lambda request: not request.params.get("student_id", "1").isdecimal()
        )
    },
}
