"""Add mastery and color to ratings, for add_defaults (canvas-behaviour 3.5)."""

from typing import Any

BLUE, GREEN, YELLOW, ORANGE, RED, GRAY = "2B7ABC", "03893D", "FAB901", "D97900", "E62429", "555555"

# (number of ratings, index of the mastery level) -> colors; None stands for every other index.
COLORS: dict[tuple[int, int | None], tuple[str, ...]] = {
    (1, None): (GREEN,),
    (2, None): (GREEN, GRAY),
    (3, 1): (BLUE, GREEN, GRAY),
    (3, None): (GREEN, YELLOW, GRAY),
    (4, 1): (BLUE, GREEN, YELLOW, GRAY),
    (4, 2): (),
    (4, None): (GREEN, YELLOW, RED, GRAY),
    (5, 1): (BLUE, GREEN, YELLOW, RED, GRAY),
    (6, 1): (BLUE, GREEN, YELLOW, ORANGE, RED, GRAY),
}


def with_defaults(ratings: list[dict[str, Any]], mastery_points: int | float) -> list[dict[str, Any]]:
    """Copy the ratings with mastery, and with color where there is a default."""
    mastery = mastery_index([rating["points"] for rating in ratings], mastery_points)
    marked = [rating | {"mastery": index == mastery} for index, rating in enumerate(ratings)]
    colors = COLORS.get((len(ratings), mastery), COLORS.get((len(ratings), None)))
    if not colors:
        return marked
    return [rating | {"color": colors[index]} for index, rating in enumerate(marked)]


def mastery_index(points: list[int | float], mastery_points: int | float) -> int:
    if mastery_points in points:
        return points.index(mastery_points)
    return 0 if len(points) <= 4 else 1
