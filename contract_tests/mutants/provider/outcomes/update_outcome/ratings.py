"""Faults of update_outcome: ratings, mastery_points and the points derived from them."""

import re
from collections.abc import Callable
from typing import Any

from contract_tests.mutants.provider import on_request, on_response
from contract_tests.mutants.provider.conditions import on_number, on_string, sends
from contract_tests.mutants.provider.faults import Fault, Faults, Provider, Request, Response, Row, refuse, stored

BEYOND_DOUBLES = re.compile(rb"(points\": )(-?)(1e999|9{400})")
BUILT_IN = [{"description": "Exceeds Expectations", "points": 5}, {"description": "Meets Expectations", "points": 3}]


def each_rating(name: str, change: Callable[[Any], Any]) -> Fault:
    """Change one key of each rating in the request, if it is there."""

    def changed(rating: Any) -> Any:
        return rating | {name: change(rating[name])} if isinstance(rating, dict) and name in rating else rating

    return on_request.ratings(lambda ratings: list(map(changed, ratings)))


def points_sent(request: Request) -> list[float]:
    ratings = [rating for rating in request.fields.get("ratings") or () if isinstance(rating, dict)]
    return [rating["points"] for rating in ratings if isinstance(rating.get("points"), int | float)]


def has_ratings(request: Request) -> bool:
    return "ratings" in request.fields


def stores_five_points_as_four(ratings: list[Any]) -> list[Row]:
    return [r | {"points": 4} if r.get("points") == 5 else r for r in ratings if isinstance(r, dict)]


def keeps_ratings_beyond_the_new_ones(request: Request, provider: Provider) -> Response:
    earlier = stored(request, provider).get("ratings") or []
    return provider(request.change_ratings(lambda new: [*new, *earlier[len(new) :]]))


def appends_ratings(request: Request, provider: Provider) -> Response:
    earlier = stored(request, provider).get("ratings") or []
    return provider(request.change_ratings(lambda new: [*earlier, *new][-20:]))


def sends_ratings_in_the_order_received(request: Request, provider: Provider) -> Response:
    response, sent = provider(request), points_sent(request)

    def place(rating: Row) -> int:
        return sent.index(rating["points"]) if rating["points"] in sent else 0

    return response.change_ratings(lambda ratings: sorted(ratings, key=place)) if sent else response


def keeps_points_possible(request: Request, provider: Provider) -> Response:
    before = stored(request, provider).get("points_possible")
    response = provider(request)
    return response.change_field("points_possible", lambda _: before) if request.method == "PUT" else response


def sends_the_first_points_as_points_possible(request: Request, provider: Provider) -> Response:
    sent = points_sent(request)
    return provider(request).change_field("points_possible", lambda points: sent[0] if sent else points)


def raises_points_possible_to_mastery_points(response: Response) -> Response:
    return response.change_field("points_possible", lambda points: max(points, response.json["mastery_points"]))


def keeps_mastery_points_with_new_ratings(request: Request, provider: Provider) -> Response:
    before = {"mastery_points": stored(request, provider).get("mastery_points")}
    return provider(request.with_fields(before | request.fields) if has_ratings(request) else request)


def resets_mastery_points_to_the_lowest_rating(request: Request) -> Request:
    return request.with_fields({"mastery_points": min(points_sent(request))} | request.fields)


def bounds_mastery_points_by_points_possible(request: Request) -> Request:
    top = max(points_sent(request), default=0)
    return request.change_field("mastery_points", on_number(lambda points: min(points, top)))


def has_mastery_points_alone(request: Request) -> bool:
    return request.fields.get("mastery_points") is not None and not has_ratings(request)


def adds_a_rating_at_new_mastery_points(request: Request, provider: Provider) -> Response:
    if not has_mastery_points_alone(request):
        return provider(request)
    new = {"description": "Mastery", "points": request.fields["mastery_points"]}
    ratings = [*(stored(request, provider).get("ratings") or ()), new]
    return provider(request.with_fields(request.fields | {"ratings": ratings}))


def sends_colors_as_received(request: Request, provider: Provider) -> Response:
    colors = [r["color"] for r in request.fields.get("ratings") or () if isinstance(r, dict) and "color" in r]

    def colored(ratings: list[Row]) -> list[Row]:
        return [r | {"color": c} for r, c in zip(ratings, colors, strict=False)] or ratings

    return provider(request).change_ratings(colored)


ZERO_AS_ABSENT = {"ignores mastery_points of 0": on_request.without("mastery_points", when=sends("mastery_points", 0))}
FAULTS: Faults = {
    "update-outcome-stores-ratings": {
        "cuts a description at an ampersand": each_rating(
            "description", on_string(lambda text: text.partition("&")[0])
        ),
        "rounds points of ratings": each_rating("points", on_number(round)),
        "strips descriptions of ratings": each_rating("description", on_string(str.strip)),
        "replaces an empty description of a rating": each_rating("description", lambda text: text or "No description"),
        "ignores ratings": on_request.without("ratings"),
        "stores a rating of 5 points as one of 4": on_request.ratings(stores_five_points_as_four),
    },
    "update-outcome-replaces-all-ratings": {
        "keeps ratings beyond the new ones": keeps_ratings_beyond_the_new_ones,
        "stores two ratings at most": on_request.ratings(lambda new: new[:2]),
        "appends ratings": appends_ratings,
    },
    "update-outcome-is-idempotent": {"appends ratings": appends_ratings},
    "update-outcome-sorts-new-ratings": {
        "sends ratings in the order received": sends_ratings_in_the_order_received,
        "sorts new ratings upwards": on_response.ratings(lambda ratings: ratings[::-1], has_ratings),
        "sorts new ratings as strings": on_response.ratings(
            lambda rows: sorted(rows, key=lambda r: str(r["points"]), reverse=True)
        ),
    },
    "update-outcome-derives-points-possible": {
        "keeps points_possible": keeps_points_possible,
        "sends the first points as points_possible": sends_the_first_points_as_points_possible,
        "raises points_possible to mastery_points": on_response.change(raises_points_possible_to_mastery_points),
    },
    "update-outcome-resets-mastery-points-with-new-ratings": {
        "keeps mastery_points with new ratings": keeps_mastery_points_with_new_ratings,
        "resets mastery_points to 3": on_request.change(
            lambda request: request.with_fields({"mastery_points": 3} | request.fields), when=has_ratings
        ),
        "resets mastery_points to the lowest rating": on_request.change(
            resets_mastery_points_to_the_lowest_rating, when=lambda request: bool(points_sent(request))
        ),
    },
    "update-outcome-takes-mastery-points-with-new-ratings": {
        "ignores mastery_points next to ratings": on_request.without("mastery_points", when=has_ratings),
        "bounds mastery_points by points_possible": on_request.change(bounds_mastery_points_by_points_possible),
        **ZERO_AS_ABSENT,
    },
    "update-outcome-stores-mastery-points": {
        **ZERO_AS_ABSENT,
        "cuts mastery_points to an integer": on_request.field("mastery_points", on_number(int)),
        "ignores mastery_points": on_request.without("mastery_points"),
        "ignores mastery_points next to a title": on_request.without("mastery_points", when=sends("title")),
    },
    "update-outcome-keeps-ratings-when-mastery-points-change": {
        "sorts ratings upwards when mastery_points change": on_response.ratings(
            lambda ratings: ratings[::-1], has_mastery_points_alone
        ),
        "resets ratings when mastery_points change": on_request.change(
            lambda request: request.with_fields(request.fields | {"ratings": BUILT_IN}), when=has_mastery_points_alone
        ),
        "adds a rating at new mastery_points": adds_a_rating_at_new_mastery_points,
    },
    "update-outcome-describes-a-rating-without-description": {
        "describes a rating with an empty string": on_request.rating(lambda row: {"description": ""} | row),
        "sends descriptions in upper case": on_response.rating(lambda r: r | {"description": r["description"].upper()}),
    },
    "update-outcome-gives-a-rating-without-points-zero": {
        "gives a rating without points 1 point": on_request.rating(lambda row: {"points": 1} | row),
        "refuses a rating without points": refuse(
            400, lambda request: any("points" not in rating for rating in request.fields.get("ratings") or [])
        ),
    },
    "update-outcome-keeps-equal-and-negative-points": {
        "keeps one of equal ratings": on_request.ratings(lambda new: list({r.get("points"): r for r in new}.values())),
        "raises negative points to 0": each_rating("points", on_number(lambda points: max(points, 0))),
    },
    "update-outcome-drops-other-keys-of-ratings": {
        "sends ratings with an id": on_response.rating(lambda r: r | {"id": "blank"}),
        "sends colors as received": sends_colors_as_received,
    },
    "update-outcome-takes-null-ratings-as-not-sent": {
        "resets ratings with null": on_request.field("ratings", lambda new: BUILT_IN if new is None else new),
        "reads null mastery_points as 0": on_request.field("mastery_points", lambda n: 0 if n is None else n),
        "refuses null ratings": refuse(400, sends("ratings", None)),
    },
    "update-outcome-converts-numeric-text": {
        "reads a numeric string as 0": on_request.field("mastery_points", on_string(lambda text: 0)),
        "refuses a numeric string": refuse(400, lambda request: isinstance(request.fields.get("mastery_points"), str)),
        "reads the integer part of a numeric string": each_rating("points", on_string(lambda text: text.split(".")[0])),
    },
    "update-outcome-refuses-numbers-that-cannot-be-stored": {
        "stores the largest number instead of a larger one": on_request.change(
            lambda request: request.with_body(BEYOND_DOUBLES.sub(rb"\1 \g<2>1e308", request.body))
        ),
        "stores zero instead of a number that is too large": on_request.change(
            lambda request: request.with_body(BEYOND_DOUBLES.sub(rb"\1 0", request.body))
        ),
        "responds with 422 to a number that is too large": refuse(
            422, lambda request: BEYOND_DOUBLES.search(request.body) is not None
        ),
    },
    "update-outcome-refuses-unusable-ratings": {
        "ignores ratings that are not a list": on_request.without(
            "ratings", when=lambda request: not isinstance(request.fields.get("ratings"), list)
        ),
        "ignores an empty list of ratings": on_request.without("ratings", when=sends("ratings", [])),
        "ignores an empty object of ratings": on_request.without("ratings", when=sends("ratings", {})),
        "reads scalars as points": on_request.ratings(
            lambda rows: [{"points": row} if isinstance(row, int | float) else row for row in rows]
        ),
        "reads an object as one rating": on_request.field("ratings", lambda r: [r] if isinstance(r, dict) else r),
    },
}
