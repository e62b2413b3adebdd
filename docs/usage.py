"""Use every name and type of the client that apps may rely on.

`tox -e diff` type-checks the base revision of this file against the new client; an error would break apps.
Run it: python docs/usage.py http://127.0.0.1:8000 admin-token
"""

import asyncio
import sys
from collections.abc import Sequence

from canvas_outcomes import CONTRACT, AsyncClient, Client, Retries, errors
from canvas_outcomes.models import UNSET, CalculationMethod, Outcome, OutcomeAlignment, OutcomeUpdate, Rating

OUTCOME, COURSE, ASSIGNMENT, STUDENT = 1, 1, 1, 30


def show(client: Client) -> Outcome:
    outcome = client.get_outcome(OUTCOME, add_defaults=True, timeout=5)
    identity: tuple[int, str] = (outcome.id, outcome.url)
    owner: tuple[int | None, str | None] = (outcome.context_id, outcome.context_type)
    title: str = outcome.title
    strings: list[str | None] = [outcome.display_name, outcome.description, outcome.vendor_guid]
    rights: list[bool] = [outcome.can_edit, outcome.assessed, outcome.has_updateable_rubrics or False]
    can_unlink: bool | None = outcome.can_unlink if outcome.can_unlink is not UNSET else None
    values: dict[str, object] = outcome.to_dict()
    print(outcome.to_json(), values, Outcome.example(title="Mine", ratings=UNSET).title)
    print(identity, owner, title, strings, rights, can_unlink)
    return outcome


def read_ratings(outcome: Outcome) -> None:
    limits: list[float | None] = [
        points if points is not UNSET else None for points in (outcome.points_possible, outcome.mastery_points)
    ]
    method: str = outcome.calculation_method or CalculationMethod.HIGHEST
    value: int | None = outcome.calculation_int if outcome.calculation_int is not UNSET else None
    print(limits, method, value)
    for rating in outcome.ratings or []:
        description: str = rating.description
        points: float = rating.points
        mastery: bool = rating.mastery or False
        color: str = rating.color or "none"
        print(description, points, mastery, color)


def change(client: Client) -> Outcome:
    ratings: Sequence[Rating] = [Rating(description="Exceeds", points=5), Rating(description="Misses", points=0)]
    update = OutcomeUpdate(title="Reads a graph", description="<p>Reads one.</p>", vendor_guid=None, mastery_points=2.5)
    client.update_outcome(OUTCOME, update)
    client.update_outcome(OUTCOME, OutcomeUpdate(display_name=None), add_defaults=True)
    client.update_outcome(OUTCOME, OutcomeUpdate(ratings=ratings), encoding="form")
    method = OutcomeUpdate(calculation_method=CalculationMethod.N_MASTERY, calculation_int=3)
    return client.update_outcome(str(OUTCOME), method, encoding="multipart")


def alignments(client: Client) -> list[OutcomeAlignment]:
    rows: list[OutcomeAlignment] = client.list_outcome_alignments(course_id=COURSE, assignment_id=ASSIGNMENT)
    rows += client.list_outcome_alignments(COURSE, student_id=STUDENT)
    for row in rows:
        related = (row.learning_outcome_id, row.assignment_id, row.assessment_id)
        ids: list[int | None] = [id if id is not UNSET else None for id in (row.id, *related)]
        strings: list[str | None] = [row.title, row.submission_types, row.url or None]
        print(ids, strings)
    return rows


def handle_errors(client: Client) -> str:
    try:
        client.get_outcome(999_999)
    except errors.NotFoundError as error:
        request: errors.RequestInfo = error.request
        details: tuple[int, str | None, bytes] = (error.status, error.message, error.body)
        print(request.operation, details)
    except (errors.BadRequestError, errors.UnauthorizedError, errors.ForbiddenError, errors.RateLimitedError) as error:
        return str(error)
    except (errors.ServerError, errors.ApiError) as error:
        return str(error.status)
    except (errors.DecodeError, errors.TimeoutError, errors.TransportError, errors.InvalidRequestError) as error:
        return str(error)
    except errors.CanvasOutcomesError as error:
        return str(error)
    return "not found"


async def concurrent(base_url: str, token: str) -> list[Outcome]:
    async with AsyncClient(base_url, token=lambda: token) as client:
        outcomes = await asyncio.gather(*(client.get_outcome(OUTCOME) for _ in range(3)))
        await client.update_outcome(OUTCOME, OutcomeUpdate(title="Reads a graph"))
        rows: list[OutcomeAlignment] = await client.list_outcome_alignments(COURSE, assignment_id=ASSIGNMENT)
        print(len(rows))
        return outcomes


def main(base_url: str, token: str) -> None:
    version: str = CONTRACT.version
    with Client(base_url, token=token, timeout=10, retries=Retries(limit=1)) as client:
        read_ratings(show(client))
        read_ratings(change(client))
        alignments(client)
        print(version, handle_errors(client))
        raw = client.with_raw_response.get_outcome(OUTCOME)
        outcome: Outcome = raw.parsed
        print(raw.response.status_code, outcome.title)
    asyncio.run(concurrent(base_url, token))


if __name__ == "__main__":
    main(*sys.argv[1:])
