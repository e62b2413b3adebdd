"""Faults of get_outcome: what add_defaults adds."""

from typing import Any

from contract_tests.mutants.faults import Provider, Request, Response, breaks

Rating = dict[str, Any]


def asks_for_defaults(request: Request) -> bool:
    return request.params.get("add_defaults") == "true"


@breaks("get-outcome-marks-one-rating-as-mastery-with-add-defaults")
def marks_no_rating(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_ratings(lambda rows: [r | {"mastery": False} for r in rows])


@breaks("get-outcome-marks-one-rating-as-mastery-with-add-defaults")
def marks_every_rating_above_the_lowest(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_ratings(lambda rows: [r | {"mastery": r is rows[0] or r is rows[1]} for r in rows])


@breaks("get-outcome-marks-one-rating-as-mastery-with-add-defaults")
def marks_the_rating_of_mastery_only(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_ratings(lambda rows: [r if r.get("mastery") else unmarked(r) for r in rows])


def unmarked(rating: Rating) -> Rating:
    return {key: value for key, value in rating.items() if key != "mastery"}


@breaks("get-outcome-marks-the-rating-at-mastery-points")
def marks_the_highest_rating(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_ratings(lambda rows: [r | {"mastery": r is rows[0]} for r in rows])


@breaks("get-outcome-marks-the-rating-at-mastery-points")
def marks_the_last_of_equal_ratings(request: Request, provider: Provider) -> Response:
    answer = provider(request)

    def marked(rows: list[Rating]) -> list[Rating]:
        reached = [row for row in rows if row["points"] == answer.json["mastery_points"]]
        return [row | {"mastery": row is reached[-1]} for row in rows] if reached else rows

    return answer.mapping_ratings(marked) if asks_for_defaults(request) else answer


@breaks("get-outcome-colors-ratings-with-add-defaults")
def writes_colors_as_css(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_ratings(lambda rows: [r | {"color": f"#{r.get('color')}"} for r in rows])


@breaks("get-outcome-colors-ratings-with-add-defaults")
def colors_the_rating_of_mastery_only(request: Request, provider: Provider) -> Response:
    def colored(rows: list[Rating]) -> list[Rating]:
        return [r if r.get("mastery") else {key: r[key] for key in r if key != "color"} for r in rows]

    return provider(request).mapping_ratings(colored)


@breaks("get-outcome-adds-defaults-to-ratings-only")
def leaves_out_the_guid_with_defaults(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.dropping("vendor_guid") if asks_for_defaults(request) else answer


@breaks("get-outcome-adds-defaults-to-ratings-only")
def gives_built_in_descriptions_with_defaults(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    if not asks_for_defaults(request):
        return answer
    return answer.mapping_ratings(lambda rows: [r | {"description": "Meets Expectations"} for r in rows])


@breaks("get-outcome-adds-defaults-to-ratings-only")
def says_at_the_top_that_there_are_defaults(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    is_outcome = asks_for_defaults(request) and answer.status == 200
    return answer.with_json(answer.json | {"add_defaults": True}) if is_outcome else answer


@breaks("get-outcome-adds-no-defaults-unasked")
def always_adds_defaults(request: Request, provider: Provider) -> Response:
    return provider(request.with_params(add_defaults="true"))


@breaks("get-outcome-adds-no-defaults-unasked")
def takes_the_text_false_for_true(request: Request, provider: Provider) -> Response:
    return provider(request.with_params(add_defaults="true") if "add_defaults" in request.params else request)


@breaks("get-outcome-adds-no-defaults-unasked")
def marks_mastery_unasked(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_ratings(lambda rows: [{"mastery": False} | r for r in rows])
