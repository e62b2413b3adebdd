"""Uses all of the client against a mock, as apps would, and prints as JSON what is wrong.

Run it with the client in PYTHONPATH: python drive.py http://127.0.0.1:4010
"""

import asyncio
import json
import ssl
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
from canvas_outcomes import AsyncClient, Client, Retries, errors
from canvas_outcomes.models import CalculationMethod, OutcomeUpdate, Rating

NAMES = ("Exceeds Expectations", "Meets Expectations", "Does Not Meet Expectations")
RATINGS = [Rating(description=name, points=points) for name, points in zip(NAMES, (5, 3, 0), strict=True)]
FULL = OutcomeUpdate(
    title="Outcome Title",
    display_name="Title for reporting",
    description="Outcome description",
    vendor_guid="customid9001",
    mastery_points=3,
    ratings=RATINGS,
)
METHOD = OutcomeUpdate(calculation_method=CalculationMethod.N_MASTERY, calculation_int=3)
CONTEXT = ssl.create_default_context()  # making one takes longer than a call
Call = tuple[str, tuple[Any, ...], dict[str, Any]]
CALLS: list[Call] = [
    ("get_outcome", (1,), {}),
    ("get_outcome", ("1",), {"add_defaults": True}),
    ("get_outcome", (2**63 - 1,), {"add_defaults": False, "timeout": 5}),
    *(("update_outcome", (1, FULL), {"encoding": encoding}) for encoding in ("json", "form", "multipart")),
    *(("update_outcome", (1, METHOD), {"encoding": encoding}) for encoding in ("json", "form", "multipart")),
    ("update_outcome", (1, OutcomeUpdate(display_name=None)), {"add_defaults": True}),
    ("update_outcome", (1, OutcomeUpdate(title="Größe & Maß; 100 %")), {"encoding": "form", "add_defaults": False}),
    ("list_outcome_alignments", (1,), {"assignment_id": 1}),
    ("list_outcome_alignments", (1,), {"student_id": 30}),
    ("list_outcome_alignments", ("1",), {"student_id": "30", "assignment_id": "1", "timeout": 5}),
]
REFUSALS = {
    400: errors.BadRequestError,
    401: errors.UnauthorizedError,
    403: errors.ForbiddenError,
    404: errors.NotFoundError,
    500: errors.ServerError,
}


def complaints(answer: httpx.Response) -> Iterator[str]:
    """What Prism and Steady have against a request, by their headers."""
    for violation in json.loads(answer.headers.get("sl-violations", "[]")):
        if violation["location"][0] == "request":
            yield f"violation at {'.'.join(violation['location'])}: {violation['code']}"
    for n in range(1, int(answer.headers.get("X-Steady-Error-Count", "0")) + 1):
        said = [answer.headers[f"X-Steady-Error-{n}-{what}"] for what in ("Path", "Message")]
        yield f"violation at {': '.join(said)}"


class Driver:
    """Makes each call with each kind of client, and keeps what is wrong with it."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.answers: list[httpx.Response] = []
        self.wrong: set[str] = set()

    async def see(self, answer: httpx.Response) -> None:
        self.answers.append(answer)

    def sync(self, call: Call, **options: Any) -> tuple[Any, Any]:
        name, given, named = call
        options |= {"event_hooks": {"response": [self.answers.append]}, "verify": CONTEXT, "trust_env": False}
        with Client(self.base_url, token="t", sleep=lambda _: None, **options) as client:
            return getattr(client, name)(*given, **named), getattr(client.with_raw_response, name)(*given, **named)

    def concurrent(self, call: Call, **options: Any) -> tuple[Any, Any]:
        return asyncio.run(self._gather(call, **options))

    async def _gather(self, call: Call, **options: Any) -> tuple[Any, Any]:
        name, given, named = call
        options |= {"event_hooks": {"response": [self.see]}, "verify": CONTEXT, "trust_env": False}
        async with AsyncClient(self.base_url, token=lambda: "t", sleep=pause, **options) as client:
            raw = getattr(client.with_raw_response, name)
            return await asyncio.gather(getattr(client, name)(*given, **named), raw(*given, **named))

    def answered(self, way: str, call: Call) -> None:
        where = f"{way} {call[0]} {CALLS.index(call)}"
        self.answers.clear()
        try:
            plain, raw = getattr(self, way)(call)
            told = raw.response.json()
            for typed in (plain, raw.parsed):
                if msgspec.to_builtins(typed) != told:
                    self.wrong.add(f"{where}: the models lose something")
        except Exception as error:
            self.wrong.add(f"{where}: {type(error).__name__}")
        self.judge(where)

    def refused(self, way: str, call: Call, status: int) -> None:
        where = f"{way} {call[0]} {status}"
        self.answers.clear()
        try:
            getattr(self, way)(call, headers={"Prefer": f"code={status}"}, retries=Retries(limit=1))
            self.wrong.add(f"{where}: not raised")
        except REFUSALS[status] as error:
            if (error.status, error.request.operation, bool(error.body)) != (status, call[0], True):
                self.wrong.add(f"{where}: the error says another thing")
            str(error)
        except Exception as error:
            self.wrong.add(f"{where}: {type(error).__name__}")
        self.judge(where)

    def judge(self, where: str) -> None:
        self.wrong.update(f"{where}: {said}" for answer in self.answers for said in complaints(answer))
        if not self.answers:
            self.wrong.add(f"{where}: nothing was sent")


async def pause(_: float) -> None:
    """The mock needs no rest between two attempts."""


def main(base_url: str) -> None:
    driver = Driver(base_url)
    for way in ("sync", "concurrent"):
        for call in CALLS:
            driver.answered(way, call)
        for call in (CALLS[0], CALLS[3], CALLS[-1]):
            for status in REFUSALS:
                driver.refused(way, call, status)
    print(json.dumps(sorted(driver.wrong)))


if __name__ == "__main__":
    main(sys.argv[1])
