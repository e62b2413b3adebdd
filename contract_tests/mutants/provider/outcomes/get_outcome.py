"""Faults of get_outcome: the fields of an outcome, permissions and add_defaults."""

from typing import Any

from canvas_outcomes_contract.checks.provider.outcomes.outcome_model import SCALE_FIELDS
from contract_tests.mutants.provider import on_request, on_response
from contract_tests.mutants.provider.conditions import has_param, has_token_of, on_number, on_string
from contract_tests.mutants.provider.faults import Fault, Faults, Provider, Request, Response, Row, error, refuse


def stores_each_visit(request: Request, provider: Provider) -> Response:
    response = provider(request)
    if request.operation == "get_outcome" and response.status == 200:
        provider(request.updating(vendor_guid=f"{response.json['vendor_guid']}+"[-50:]))
    return response


def gives_global_outcomes_an_owner(response: Response) -> Response:
    is_global = response.outcome.get("context_id", "?") is None
    return response.with_fields(context_id=1, context_type="Account") if is_global else response


def shows_everything_to_everybody(request: Request, provider: Provider) -> Response:
    response = provider(request)
    return provider(request.as_admin()) if response.status == 403 else response


def hide_from_readers(context_type: str | None) -> Fault:
    """Forbid outcomes with this type of owner to roles that cannot edit them."""

    def changed(response: Response) -> Response:
        is_hidden = response.json["context_type"] == context_type and not response.json["can_edit"]
        return error(403) if is_hidden else response

    return on_response.change(changed, status=200)


def show_readers(**fields: Any) -> Fault:
    """Send other fields to roles that cannot edit the outcome."""
    return on_response.change(
        lambda response: response if response.json["can_edit"] else response.with_fields(**fields), status=200
    )


def show_under_account_scales(**fields: Any) -> Fault:
    return on_response.change(
        lambda response: response if "ratings" in response.outcome else response.with_fields(**fields)
    )


def show_calculation_int(value: int | None, methods: tuple[str, ...]) -> Fault:
    return on_response.change(
        lambda response: (
            response.with_fields(calculation_int=value)
            if response.outcome.get("calculation_method") in methods
            else response
        )
    )


def leave_out(field: str, where: str, value: str) -> Fault:
    """Leave out a field of outcomes where another field has this value."""
    return on_response.change(
        lambda response: response.without(field) if response.outcome.get(where) == value else response
    )


def is_get(request: Request) -> bool:
    return request.operation == "get_outcome"


def with_defaults(request: Request) -> bool:
    return request.params.get("add_defaults") == "true"


def marks_the_last_of_equal_ratings(response: Response) -> Response:
    def marked(rows: list[Row]) -> list[Row]:
        reached = [row for row in rows if row["points"] == response.json["mastery_points"]]
        return [row | {"mastery": row is reached[-1]} for row in rows] if reached else rows

    return response.change_ratings(marked)


FAULTS: Faults = {
    "get-outcome-shows-the-requested-outcome": {
        "shows the first outcome": on_request.id(1, is_get),
        "shows the next id": on_response.field("id", on_number(lambda id: id + 1)),
    },
    "get-outcome-leads-back-by-url": {
        "links to a page": on_response.field("url", lambda url: url.replace("/api/v1", "")),
        "links to the first outcome": on_response.field("url", lambda url: "/api/v1/outcomes/1"),
    },
    "get-outcome-changes-nothing": {"stores each visit in vendor_guid": stores_each_visit},
    "get-outcome-names-the-owner-or-none": {
        "names a type where there is no owner": on_response.field("context_type", lambda type: type or "Account"),
        "gives global outcomes to the first account": on_response.change(gives_global_outcomes_an_owner),
        "hides the id of the owner": on_response.field("context_id", lambda id: None),
    },
    "get-outcome-names-a-course-as-owner": {
        "names owners in lower case": on_response.field("context_type", on_string(str.lower)),
        "names the account of the course as owner": on_response.field("context_type", lambda type: type and "Account"),
    },
    "get-outcome-names-an-account-as-owner": {
        "names owners in lower case": on_response.field("context_type", on_string(str.lower)),
        "names a root account as such": on_response.field(
            "context_type", lambda type: "RootAccount" if type == "Account" else type
        ),
    },
    "get-outcome-refuses-a-missing-outcome": {
        "sends null for a missing outcome": on_response.instead_of(404, Response(200, b"null")),
        "responds with 410 to a missing outcome": on_response.status(404, 410),
    },
    "get-outcome-refuses-an-id-that-is-no-number": {
        "shows the first outcome for an id that is not a number": on_request.id(
            1, lambda request: not request.id.isdecimal()
        ),
        "reads digits of every script": on_request.change(
            lambda request: request.with_id(int(request.id)), when=lambda request: request.id.isdecimal()
        ),
        "responds with 400 to a huge id": refuse(400, lambda request: len(request.id) > 19),
    },
    "get-outcome-refuses-an-outsider": {
        "shows everything to everybody": shows_everything_to_everybody,
        "responds with 404 to a forbidden request": on_response.status(403, 404),
    },
    "get-outcome-shows-a-course-outcome-to-its-student": {
        "hides course outcomes from readers": hide_from_readers("Course")
    },
    "get-outcome-shows-an-account-outcome-to-its-student": {
        "hides account outcomes from readers": hide_from_readers("Account")
    },
    "get-outcome-shows-a-global-outcome-to-everybody": {
        "hides global outcomes from readers": hide_from_readers(None),
        "hides global outcomes from outsiders": refuse(403, has_token_of("outsider")),
    },
    "get-outcome-tells-an-editor-that-they-can-edit": {
        "sends can_edit false to everybody": on_response.field("can_edit", lambda can: False)
    },
    "get-outcome-tells-a-reader-that-they-cannot-edit": {
        "sends can_edit true to everybody": on_response.field("can_edit", lambda can: True),
        "sends can_edit true to teachers": on_response.field("can_edit", lambda can: True, has_token_of("teacher")),
    },
    "get-outcome-differs-between-requesters-only-in-rights": {
        "hides vendor_guid from readers": show_readers(vendor_guid=None),
        "shows readers the built-in mastery_points": show_readers(mastery_points=4),
    },
    "get-outcome-tells-whether-it-can-be-unlinked": {
        "sends can_unlink null": on_response.field("can_unlink", lambda can: None),
        "sends can_unlink as a string": on_response.field("can_unlink", str),
    },
    "get-outcome-gives-the-scale-fields-together": {
        "leaves out points_possible": on_response.without("points_possible"),
        "leaves out the method of account outcomes": leave_out("calculation_method", "context_type", "Account"),
    },
    "get-outcome-omits-the-scale-fields-under-account-scales": {
        "sends null under account scales": show_under_account_scales(**dict.fromkeys(SCALE_FIELDS)),
        "sends a method under account scales": show_under_account_scales(calculation_method="highest"),
    },
    "get-outcome-sorts-ratings-by-points": {
        "sends the lowest rating first": on_response.ratings(lambda rows: rows[::-1]),
        "sorts points as strings": on_response.ratings(
            lambda rows: sorted(rows, key=lambda r: str(r["points"]), reverse=True)
        ),
    },
    "get-outcome-gives-the-top-rating-as-points-possible": {
        "sends the lowest rating as points_possible": on_response.change(
            lambda response: response.change_field("points_possible", lambda _: response.json["ratings"][-1]["points"])
        ),
        "sends 5 as points_possible": on_response.field("points_possible", lambda points: 5),
        "sends points_possible as an integer": on_response.field("points_possible", int),
    },
    "get-outcome-gives-calculation-int-where-the-method-uses-it": {
        "sends null where a calculation_int is used": show_calculation_int(None, ("n_mastery",)),
        "sends a calculation_int for the average": show_calculation_int(65, ("average",)),
        "leaves out the calculation_int of n_mastery": leave_out("calculation_int", "calculation_method", "n_mastery"),
    },
    "get-outcome-keeps-calculation-int-in-range": {
        "sends calculation_int as a fraction of ten thousand": on_response.field("calculation_int", lambda n: n * 100),
        "sends the same calculation_int for every method": on_response.field("calculation_int", lambda n: 65),
    },
    "get-outcome-marks-one-rating-as-mastery-with-add-defaults": {
        "marks no rating": on_response.rating(lambda row: row | {"mastery": False}),
        "marks two ratings": on_response.ratings(lambda rows: [r | {"mastery": r in rows[:2]} for r in rows]),
        "leaves mastery out where it is false": on_response.rating(
            lambda row: {k: v for k, v in row.items() if v is not False}
        ),
    },
    "get-outcome-marks-the-rating-at-mastery-points": {
        "marks the highest rating": on_response.ratings(lambda rows: [r | {"mastery": r is rows[0]} for r in rows]),
        "marks the last of equal ratings": on_response.change(marks_the_last_of_equal_ratings, with_defaults),
    },
    "get-outcome-colors-ratings-with-add-defaults": {
        "sends colors as in CSS": on_response.rating(lambda row: row | {"color": f"#{row.get('color')}"}),
        "colors only the rating of mastery": on_response.rating(
            lambda row: {k: row[k] for k in row if k != "color" or row["mastery"]}
        ),
    },
    "get-outcome-adds-defaults-to-ratings-only": {
        "leaves out vendor_guid with defaults": on_response.without("vendor_guid", when=with_defaults),
        "sends built-in descriptions with defaults": on_response.rating(
            lambda row: row | {"description": "Meets Expectations"}, with_defaults
        ),
        "sends add_defaults in the outcome": on_response.change(
            lambda response: response.with_fields(add_defaults=True), with_defaults
        ),
    },
    "get-outcome-adds-no-defaults-unasked": {
        "always adds defaults": on_request.params(add_defaults="true"),
        "reads add_defaults=false as true": on_request.params(has_param("add_defaults"), add_defaults="true"),
        "always marks mastery": on_response.rating(lambda row: {"mastery": False} | row),
    },
}
