"""Faults of update_outcome: ratings, mastery_points and what follows from them; long, because it is a list."""

from typing import Any

from contract_tests.mutants.faults import Provider, Request, Response, breaks, error, on_number, on_text, stored

Rating = dict[str, Any]
BUILT_IN = [{"description": "Exceeds Expectations", "points": 5}, {"description": "Meets Expectations", "points": 3}]


def each_rating(request: Request, name: str, change: Any) -> Request:
    """The same update with one key of each rating changed, if the rating carries it."""

    def changed(rating: Any) -> Any:
        return rating | {name: change(rating[name])} if isinstance(rating, dict) and name in rating else rating

    return request.mapping_ratings(lambda ratings: list(map(changed, ratings)))


def points_of(ratings: Any) -> list[float]:
    return [r["points"] for r in ratings or () if isinstance(r, dict) and isinstance(r.get("points"), int | float)]


@breaks("update-outcome-stores-ratings")
def rounds_points_of_ratings(request: Request, provider: Provider) -> Response:
    return provider(each_rating(request, "points", on_number(round)))


@breaks("update-outcome-stores-ratings")
def strips_descriptions_of_ratings(request: Request, provider: Provider) -> Response:
    return provider(each_rating(request, "description", on_text(str.strip)))


@breaks("update-outcome-stores-ratings")
def describes_a_rating_with_an_empty_description(request: Request, provider: Provider) -> Response:
    return provider(each_rating(request, "description", lambda text: text or "No description"))


@breaks("update-outcome-stores-ratings")
def ignores_ratings(request: Request, provider: Provider) -> Response:
    return provider(request.dropping("ratings"))


@breaks("update-outcome-stores-ratings")
def stores_the_built_in_names_of_three_ratings(request: Request, provider: Provider) -> Response:
    return provider(
        request.mapping_ratings(
            lambda rows: [r | {"points": 4} if r.get("points") == 5 else r for r in rows if isinstance(r, dict)]
        )
    )


@breaks("update-outcome-replaces-all-ratings")
def keeps_ratings_beyond_the_new_ones(request: Request, provider: Provider) -> Response:
    earlier = stored(request, provider).get("ratings") or []
    return provider(request.mapping_ratings(lambda new: [*new, *earlier[len(new) :]]))


@breaks("update-outcome-replaces-all-ratings")
def takes_five_ratings_at_most(request: Request, provider: Provider) -> Response:
    return provider(request.mapping_ratings(lambda new: new[:2]))


@breaks("update-outcome-sorts-new-ratings")
def answers_ratings_in_the_order_sent(request: Request, provider: Provider) -> Response:
    answer, sent = provider(request), points_of(request.fields.get("ratings"))
    by_sent = lambda rating: sent.index(rating["points"]) if rating["points"] in sent else 0  # noqa: E731
    return answer.mapping_ratings(lambda ratings: sorted(ratings, key=by_sent)) if sent else answer


@breaks("update-outcome-sorts-new-ratings")
def sorts_new_ratings_upwards(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.mapping_ratings(lambda ratings: ratings[::-1]) if "ratings" in request.fields else answer


@breaks("update-outcome-sorts-new-ratings")
def sorts_new_ratings_by_text(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.mapping_ratings(lambda rows: sorted(rows, key=lambda r: str(r["points"]), reverse=True))


@breaks("update-outcome-derives-points-possible")
def keeps_points_possible(request: Request, provider: Provider) -> Response:
    before = stored(request, provider).get("points_possible")
    answer = provider(request)
    return answer.mapping("points_possible", lambda points: before) if request.method == "PUT" else answer


@breaks("update-outcome-derives-points-possible")
def gives_the_first_points_sent_as_possible(request: Request, provider: Provider) -> Response:
    sent = points_of(request.fields.get("ratings"))
    return provider(request).mapping("points_possible", lambda points: sent[0] if sent else points)


@breaks("update-outcome-derives-points-possible")
def gives_mastery_points_as_possible(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.mapping("points_possible", lambda points: max(points, answer.json["mastery_points"]))


@breaks("update-outcome-resets-mastery-points-with-new-ratings")
def keeps_mastery_points_with_new_ratings(request: Request, provider: Provider) -> Response:
    before = {"mastery_points": stored(request, provider).get("mastery_points")}
    return provider(request.with_fields(before | request.fields) if "ratings" in request.fields else request)


@breaks("update-outcome-resets-mastery-points-with-new-ratings")
def resets_mastery_points_to_three(request: Request, provider: Provider) -> Response:
    default = {"mastery_points": 3}
    return provider(request.with_fields(default | request.fields) if "ratings" in request.fields else request)


@breaks("update-outcome-resets-mastery-points-with-new-ratings")
def resets_mastery_points_to_the_lowest_rating(request: Request, provider: Provider) -> Response:
    sent = points_of(request.fields.get("ratings"))
    return provider(request.with_fields({"mastery_points": min(sent)} | request.fields) if sent else request)


@breaks("update-outcome-takes-mastery-points-with-new-ratings")
def ignores_mastery_points_next_to_ratings(request: Request, provider: Provider) -> Response:
    return provider(request.dropping("mastery_points") if "ratings" in request.fields else request)


@breaks("update-outcome-takes-mastery-points-with-new-ratings")
def bounds_mastery_points_by_points_possible(request: Request, provider: Provider) -> Response:
    top = max(points_of(request.fields.get("ratings")), default=0)
    return provider(request.mapping("mastery_points", on_number(lambda points: min(points, top))))


@breaks("update-outcome-takes-mastery-points-with-new-ratings", "update-outcome-stores-mastery-points")
def takes_zero_mastery_points_for_not_sent(request: Request, provider: Provider) -> Response:
    return provider(request.dropping("mastery_points") if request.fields.get("mastery_points") == 0 else request)


@breaks("update-outcome-stores-mastery-points")
def cuts_mastery_points_to_an_integer(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("mastery_points", on_number(int)))


@breaks("update-outcome-stores-mastery-points")
def ignores_mastery_points(request: Request, provider: Provider) -> Response:
    return provider(request.dropping("mastery_points"))


@breaks("update-outcome-stores-mastery-points")
def ignores_mastery_points_next_to_a_title(request: Request, provider: Provider) -> Response:
    return provider(request.dropping("mastery_points") if "title" in request.fields else request)


def with_mastery_points_alone(request: Request, ratings: Any) -> Request:
    alone = request.fields.get("mastery_points") is not None and "ratings" not in request.fields
    return request.with_fields(request.fields | {"ratings": ratings}) if alone else request


@breaks("update-outcome-keeps-ratings-when-mastery-points-change")
def resets_ratings_when_mastery_points_change(request: Request, provider: Provider) -> Response:
    return provider(with_mastery_points_alone(request, BUILT_IN))


@breaks("update-outcome-keeps-ratings-when-mastery-points-change")
def adds_a_rating_at_new_mastery_points(request: Request, provider: Provider) -> Response:
    new = {"description": "Mastery", "points": request.fields.get("mastery_points")}
    return provider(with_mastery_points_alone(request, [*(stored(request, provider).get("ratings") or ()), new]))


@breaks("update-outcome-describes-a-rating-without-description")
def describes_a_rating_with_empty_text(request: Request, provider: Provider) -> Response:
    return provider(request.mapping_ratings(lambda rows: [{"description": ""} | r for r in rows]))


@breaks("update-outcome-describes-a-rating-without-description")
def drops_a_rating_without_description(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.mapping_ratings(lambda rows: [r | {"description": r["description"].upper()} for r in rows])


@breaks("update-outcome-gives-a-rating-without-points-zero")
def gives_a_rating_without_points_one(request: Request, provider: Provider) -> Response:
    return provider(request.mapping_ratings(lambda rows: [{"points": 1} | r for r in rows if isinstance(r, dict)]))


@breaks("update-outcome-gives-a-rating-without-points-zero")
def refuses_a_rating_without_points(request: Request, provider: Provider) -> Response:
    ratings = request.fields.get("ratings") or []
    return provider(request) if all("points" in rating for rating in ratings) else error(400)


@breaks("update-outcome-keeps-equal-and-negative-points")
def keeps_one_of_equal_ratings(request: Request, provider: Provider) -> Response:
    return provider(request.mapping_ratings(lambda rows: list({r.get("points"): r for r in rows}.values())))


@breaks("update-outcome-keeps-equal-and-negative-points")
def raises_negative_points_to_zero(request: Request, provider: Provider) -> Response:
    return provider(each_rating(request, "points", on_number(lambda points: max(points, 0))))


@breaks("update-outcome-drops-other-keys-of-ratings")
def answers_ratings_with_an_id(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_ratings(lambda rows: [r | {"id": f"blank_{n}"} for n, r in enumerate(rows)])


@breaks("update-outcome-drops-other-keys-of-ratings")
def answers_colors_as_sent(request: Request, provider: Provider) -> Response:
    colors = [r["color"] for r in request.fields.get("ratings") or () if isinstance(r, dict) and "color" in r]
    return provider(request).mapping_ratings(
        lambda rows: [r | {"color": c} for r, c in zip(rows, colors, strict=False)] or rows
    )


@breaks("update-outcome-takes-null-ratings-as-not-sent")
def resets_ratings_with_null(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("ratings", lambda ratings: BUILT_IN if ratings is None else ratings))


@breaks("update-outcome-takes-null-ratings-as-not-sent")
def takes_null_mastery_points_for_zero(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("mastery_points", lambda points: 0 if points is None else points))


@breaks("update-outcome-takes-null-ratings-as-not-sent")
def refuses_null_ratings(request: Request, provider: Provider) -> Response:
    return error(400) if request.fields.get("ratings", []) is None else provider(request)


@breaks("update-outcome-converts-numeric-text")
def takes_numeric_text_for_zero(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("mastery_points", lambda points: 0 if isinstance(points, str) else points))


@breaks("update-outcome-converts-numeric-text")
def refuses_numeric_text(request: Request, provider: Provider) -> Response:
    return error(400) if isinstance(request.fields.get("mastery_points"), str) else provider(request)


@breaks("update-outcome-converts-numeric-text")
def reads_the_integer_part_of_numeric_text(request: Request, provider: Provider) -> Response:
    return provider(each_rating(request, "points", on_text(lambda text: text.partition(".")[0])))


@breaks("update-outcome-refuses-unusable-ratings")
def ignores_ratings_that_are_no_list(request: Request, provider: Provider) -> Response:
    return provider(request if isinstance(request.fields.get("ratings"), list) else request.dropping("ratings"))


@breaks("update-outcome-refuses-unusable-ratings")
def ignores_an_empty_list_of_ratings(request: Request, provider: Provider) -> Response:
    return provider(request.dropping("ratings") if request.fields.get("ratings") == [] else request)


@breaks("update-outcome-refuses-unusable-ratings")
def reads_scalars_as_points(request: Request, provider: Provider) -> Response:
    rated = lambda row: {"points": row} if isinstance(row, int | float) else row  # noqa: E731
    return provider(request.mapping_ratings(lambda rows: list(map(rated, rows))))


@breaks("update-outcome-refuses-unusable-ratings")
def reads_an_object_as_one_rating(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("ratings", lambda row: [row] if isinstance(row, dict) else row))
