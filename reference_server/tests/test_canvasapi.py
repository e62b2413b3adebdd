"""canvasapi, the client library most used with Canvas, works with the reference server."""

import warnings
from collections.abc import Callable, Iterator

import canvasapi  # type: ignore[import-untyped]
import httpx2
import pytest
from canvasapi import exceptions

from canvas_outcomes_server.process import running_server

# Ids of the demo world.
EDITABLE, COURSE_OUTCOME, MISSING = 1, 2, 999999
TOKENS = {"editor": "editor-token", "reader": "student-token", "teacher": "teacher-token"}
SCALE = {
    "ratings": [
        {"description": "Exceeds & more", "points": 5},
        {"description": "Meets = enough", "points": 2.5},
        {"description": "Does not; yet", "points": 0},
    ],
    "mastery_points": 2.5,
    "calculation_method": "n_mastery",
    "calculation_int": 3,
}
TEXTS = {"title": "Reads a graph + more", "display_name": "Gräfé \U0001f9ea", "vendor_guid": "a&b=c;d"}


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_server() as url:
        yield url


@pytest.fixture
def canvas(base_url: str) -> Callable[[str], canvasapi.Canvas]:
    """Make a canvasapi client with the token of a role, without its warning about HTTP."""

    def client(role: str) -> canvasapi.Canvas:
        with warnings.catch_warnings(action="ignore", category=UserWarning):
            return canvasapi.Canvas(base_url, TOKENS.get(role, role))

    return client


def outcome_by_httpx(base_url: str, id: int) -> dict[str, object]:
    """Read an outcome without canvasapi."""
    headers = {"Authorization": f"Bearer {TOKENS['editor']}"}
    outcome: dict[str, object] = httpx2.get(
        f"{base_url}/api/v1/outcomes/{id}", headers=headers, timeout=60, trust_env=False
    ).json()
    return outcome


def test_canvasapi_shows_an_outcome(canvas: Callable[[str], canvasapi.Canvas], base_url: str) -> None:
    outcome = canvas("teacher").get_outcome(COURSE_OUTCOME)

    expected = outcome_by_httpx(base_url, COURSE_OUTCOME)
    assert {name: getattr(outcome, name) for name in expected} == expected


@pytest.mark.parametrize("change", [TEXTS, SCALE], ids=["texts", "scale"])
def test_canvasapi_updates_an_outcome(
    canvas: Callable[[str], canvasapi.Canvas], base_url: str, change: dict[str, object]
) -> None:
    outcome = canvas("editor").get_outcome(EDITABLE)
    before = outcome_by_httpx(base_url, EDITABLE)

    updated = outcome.update(**change)

    after = outcome_by_httpx(base_url, EDITABLE)
    derived = {"points_possible": 5} if "ratings" in change else {}
    assert updated is True
    assert after == before | change | derived
    assert {name: getattr(outcome, name) for name in change} == change


@pytest.mark.parametrize(
    ("role", "id", "error"),
    [
        ("reader", EDITABLE, exceptions.Forbidden),
        ("unknown-token", EDITABLE, exceptions.InvalidAccessToken),
        ("editor", MISSING, exceptions.ResourceDoesNotExist),
    ],
)
def test_canvasapi_raises_the_same_errors_as_with_canvas(
    canvas: Callable[[str], canvasapi.Canvas], role: str, id: int, error: type[Exception]
) -> None:
    outcome = canvas("editor").get_outcome(EDITABLE)
    outcome.id = id
    outcome._requester = canvas(role)._Canvas__requester

    with pytest.raises(error):
        outcome.update(title="No")


def test_canvasapi_reports_the_invalid_attribute(canvas: Callable[[str], canvasapi.Canvas]) -> None:
    with pytest.raises(exceptions.BadRequest, match="short_description"):
        canvas("editor").get_outcome(EDITABLE).update(title="")
