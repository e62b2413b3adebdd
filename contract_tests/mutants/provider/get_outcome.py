"""Faults of get_outcome: the fields of an outcome, who may see it, and add_defaults; long, because it is a list."""

from typing import Any

from contract_tests.mutants.provider.faults import (
    SITE_ADMIN,
    Fault,
    Faults,
    Provider,
    Request,
    Response,
    change_request,
    change_response,
    error,
    has_token_of,
    instead_of,
    on_number,
    on_string,
    refuse,
    response_field,
    response_ratings,
    response_without,
)

SCALE = ("points_possible", "mastery_points", "ratings", "calculation_method", "calculation_int")
WITHOUT_INT = ("highest", "latest", "average")
Rating = dict[str, Any]


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
    return provider(request.with_token(SITE_ADMIN)) if response.status == 403 else response


def hide_from_readers(context_type: str | None) -> Fault:
    """Refuse outcomes of this owner to those who cannot edit them."""

    def changed(response: Response) -> Response:
        is_hidden = response.json["context_type"] == context_type and not response.json["can_edit"]
        return error(403) if is_hidden else response

    return change_response(changed, status=200)


def show_readers(**fields: Any) -> Fault:
    """Show other fields to those who cannot edit the outcome."""
    return change_response(
        lambda response: response if response.json["can_edit"] else response.with_fields(**fields), status=200
    )


def show_under_account_scales(**fields: Any) -> Fault:
    return change_response(
        lambda response: response if "ratings" in response.outcome else response.with_fields(**fields)
    )


def show_calculation_int(value: int | None, methods: tuple[str, ...]) -> Fault:
    return change_response(
        lambda response: (
            response.with_fields(calculation_int=value)
            if response.outcome.get("calculation_method") in methods
            else response
        )
    )


def leave_out(field: str, where: str, value: str) -> Fault:
    """Leave out a field of outcomes where another field has this value."""
    return change_response(
        lambda response: response.without(field) if response.outcome.get(where) == value else response
    )


def asks_for_defaults(request: Request) -> bool:
    return request.params.get("add_defaults") == "true"


def without(rating: Rating, name: str) -> Rating:
    return {key: value for key, value in rating.items() if key != name}


def marks_the_last_of_equal_ratings(response: Response) -> Response:
    def marked(rows: list[Rating]) -> list[Rating]:
        reached = [row for row in rows if row["points"] == response.json["mastery_points"]]
        return [row | {"mastery": row is reached[-1]} for row in rows] if reached else rows

    return response.change_ratings(marked)


FAULTS: Faults = {
    "get-outcome-shows-the-requested-outcome": {
        "shows the first outcome": change_request(
            lambda request: request.with_id(1), when=lambda request: request.operation == "get_outcome"
        ),
        "shows the next id": response_field("id", on_number(lambda id: id + 1)),
    },
    "get-outcome-leads-back-by-url": {
        "links to a page": response_field("url", lambda url: url.replace("/api/v1", "")),
        "links to the first outcome": response_field("url", lambda url: "/api/v1/outcomes/1"),
    },
    "get-outcome-changes-nothing": {
        "stores each visit in vendor_guid": stores_each_visit,
    },
    "get-outcome-names-the-owner-or-none": {
        "names a type where there is no owner": response_field("context_type", lambda type: type or "Account"),
        "gives global outcomes to the first account": change_response(gives_global_outcomes_an_owner),
        "hides the id of the owner": response_field("context_id", lambda id: None),
    },
    "get-outcome-names-a-course-as-owner": {
        "names owners in lower case": response_field("context_type", on_string(str.lower)),
        "names the account of the course as owner": response_field("context_type", lambda type: type and "Account"),
    },
    "get-outcome-names-an-account-as-owner": {
        "names owners in lower case": response_field("context_type", on_string(str.lower)),
        "names a root account as such": response_field(
            "context_type", lambda type: "RootAccount" if type == "Account" else type
        ),
    },
    "get-outcome-refuses-a-missing-outcome": {
        "sends null for a missing outcome": instead_of(404, Response(200, b"null")),
        "responds with 410 to a missing outcome": instead_of(404, error(410)),
    },
    "get-outcome-refuses-an-id-that-is-no-number": {
        "shows the first outcome for an id that is not a number": change_request(
            lambda request: request.with_id(1), when=lambda request: not request.id.isdecimal()
        ),
        "reads digits of every script": change_request(
            lambda request: request.with_id(int(request.id)), when=lambda request: request.id.isdecimal()
        ),
        "responds with 400 to a huge id": refuse(400, lambda request: len(request.id) > 19),
    },
    "get-outcome-refuses-an-outsider": {
        "shows everything to everybody": shows_everything_to_everybody,
        "responds with 404 to a forbidden request": instead_of(403, error(404)),
    },
    "get-outcome-shows-a-course-outcome-to-its-student": {
        "hides course outcomes from readers": hide_from_readers("Course"),
    },
    "get-outcome-shows-an-account-outcome-to-its-student": {
        "hides account outcomes from readers": hide_from_readers("Account"),
    },
    "get-outcome-shows-a-global-outcome-to-everybody": {
        "hides global outcomes from readers": hide_from_readers(None),
        "hides global outcomes from outsiders": refuse(403, has_token_of("outsider")),
    },
    "get-outcome-tells-an-editor-that-they-can-edit": {
        "sends can_edit false to everybody": response_field("can_edit", lambda can: False),
    },
    "get-outcome-tells-a-reader-that-they-cannot-edit": {
        "sends can_edit true to everybody": response_field("can_edit", lambda can: True),
        "sends can_edit true to teachers": response_field("can_edit", lambda can: True, has_token_of("teacher")),
    },
    "get-outcome-differs-between-requesters-only-in-rights": {
        "hides vendor_guid from readers": show_readers(vendor_guid=None),
        "shows readers the built-in mastery_points": show_readers(mastery_points=4),
    },
    "get-outcome-tells-whether-it-can-be-unlinked": {
        "sends can_unlink null": response_field("can_unlink", lambda can: None),
        "sends can_unlink as a string": response_field("can_unlink", str),
    },
    "get-outcome-gives-the-scale-fields-together": {
        "leaves out points_possible": response_without("points_possible"),
        "leaves out the method of account outcomes": leave_out("calculation_method", "context_type", "Account"),
    },
    "get-outcome-omits-the-scale-fields-under-account-scales": {
        "sends null under account scales": show_under_account_scales(**dict.fromkeys(SCALE)),
        "sends a method under account scales": show_under_account_scales(calculation_method="highest"),
    },
    "get-outcome-sorts-ratings-by-points": {
        "sends the lowest rating first": response_ratings(lambda rows: rows[::-1]),
        "sorts points as strings": response_ratings(
            lambda rows: sorted(rows, key=lambda r: str(r["points"]), reverse=True)
        ),
    },
    "get-outcome-gives-the-top-rating-as-points-possible": {
        "sends the lowest rating as points_possible": change_response(
            lambda response: response.change_field("points_possible", lambda _: response.json["ratings"][-1]["points"])
        ),
        "sends 5 as points_possible": response_field("points_possible", lambda points: 5),
        "sends points_possible as an integer": response_field("points_possible", int),
    },
    "get-outcome-gives-calculation-int-where-the-method-uses-it": {
        "sends null where no calculation_int is used": show_calculation_int(None, WITHOUT_INT),
        "sends a calculation_int for the average": show_calculation_int(65, ("average",)),
        "leaves out the calculation_int of n_mastery": leave_out("calculation_int", "calculation_method", "n_mastery"),
    },
    "get-outcome-keeps-calculation-int-in-range": {
        "sends calculation_int as a fraction of ten thousand": response_field("calculation_int", lambda n: n * 100),
        "sends the same calculation_int for every method": response_field("calculation_int", lambda n: 65),
    },
    "get-outcome-marks-one-rating-as-mastery-with-add-defaults": {
        "marks no rating": response_ratings(lambda rows: [r | {"mastery": False} for r in rows]),
        "marks two ratings": response_ratings(
            lambda rows: [r | {"mastery": r is rows[0] or r is rows[1]} for r in rows]
        ),
        "leaves mastery out where it is false": response_ratings(
            lambda rows: [r if r.get("mastery") else without(r, "mastery") for r in rows]
        ),
    },
    "get-outcome-marks-the-rating-at-mastery-points": {
        "marks the highest rating": response_ratings(lambda rows: [r | {"mastery": r is rows[0]} for r in rows]),
        "marks the last of equal ratings": change_response(marks_the_last_of_equal_ratings, asks_for_defaults),
    },
    "get-outcome-colors-ratings-with-add-defaults": {
        "sends colors as in CSS": response_ratings(lambda rows: [r | {"color": f"#{r.get('color')}"} for r in rows]),
        "colors only the rating of mastery": response_ratings(
            lambda rows: [r if r.get("mastery") else without(r, "color") for r in rows]
        ),
    },
    "get-outcome-adds-defaults-to-ratings-only": {
        "leaves out vendor_guid with defaults": response_without("vendor_guid", when=asks_for_defaults),
        "sends built-in descriptions with defaults": response_ratings(
            lambda rows: [r | {"description": "Meets Expectations"} for r in rows], asks_for_defaults
        ),
        "sends add_defaults in the outcome": change_response(
            lambda response: response.with_fields(add_defaults=True), asks_for_defaults
        ),
    },
    "get-outcome-adds-no-defaults-unasked": {
        "always adds defaults": change_request(lambda request: request.with_params(add_defaults="true")),
        "reads add_defaults=false as true": change_request(
            lambda request: request.with_params(add_defaults="true"),
            when=lambda request: "add_defaults" in request.params,
        ),
        "always marks mastery": response_ratings(lambda rows: [{"mastery": False} | r for r in rows]),
    },
}
