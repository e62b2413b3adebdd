"""Answers of the provider, and assertions that say got, wanted and where."""

from typing import Any

import httpx

from canvas_outcomes_contract.cases.outcome_model import matches
from canvas_outcomes_contract.cases.verdicts import Deviates

STRING_IDS = {"Accept": "application/json+canvas-string-ids"}


class JsonObject(dict[str, Any]):
    """A JSON object of an answer. A key that is missing is the provider's fault, not the suite's."""

    def __missing__(self, key: str) -> Any:
        raise AssertionError(f"{key!r} is missing, but the contract requires it: got {sorted(self)}")


def request_line(response: httpx.Response) -> str:
    return f"{response.request.method} {response.request.url.path}"


def assert_status(response: httpx.Response, *wanted: int) -> None:
    expected = " or ".join(map(str, wanted))
    assert response.status_code in wanted, (
        f"status={response.status_code}, but {request_line(response)} should answer {expected}: {response.text[:300]}"
    )


def assert_forbidden(response: httpx.Response) -> None:
    """403, or what Canvas answered before: 401 without a challenge."""
    if response.status_code == 401 and "WWW-Authenticate" not in response.headers:
        raise Deviates("got 401 without WWW-Authenticate, wanted 403")
    assert_status(response, 403)


def assert_challenged(response: httpx.Response) -> None:
    assert_status(response, 401)
    assert "WWW-Authenticate" in response.headers, f"{request_line(response)} answered 401 without WWW-Authenticate"


def parse_json(response: httpx.Response) -> Any:
    """The JSON of an answer."""
    try:
        return response.json(object_hook=JsonObject)
    except ValueError:
        raise AssertionError(f"{request_line(response)} answered no JSON: {response.content[:300]!r}") from None


def parse_outcome(response: httpx.Response) -> JsonObject:
    """The outcome that a provider answered with 200."""
    assert_status(response, 200)
    outcome = parse_json(response)
    assert isinstance(outcome, JsonObject), f"{request_line(response)} answered no object: {response.text[:300]}"
    return outcome


def parse_alignments(response: httpx.Response) -> list[JsonObject]:
    """The alignments that a provider answered with 200."""
    assert_status(response, 200)
    rows = parse_json(response)
    assert isinstance(rows, list), f"{request_line(response)} answered no list: {response.text[:300]}"
    return rows


def rejected_attributes(response: httpx.Response) -> set[str]:
    """The attributes that an update was refused for."""
    assert_status(response, 400)
    errors = parse_json(response)["errors"]
    assert isinstance(errors, dict), f"{request_line(response)} answered no map of errors: {response.text[:300]}"
    return set(errors)


class Differences(dict[str, tuple[Any, Any]]):
    """Fields that are not as wanted, each as (wanted, got); empty when all are."""

    def lines(self) -> list[str]:
        return [f"{field}: got {got!r}, wanted {wanted!r}" for field, (wanted, got) in self.items()]


def changed_fields(before: dict[str, Any], after: dict[str, Any]) -> Differences:
    """Every key that has not the same value in both."""
    keys = before.keys() | after.keys()
    return Differences(
        {key: (before.get(key), after.get(key)) for key in sorted(keys) if before.get(key) != after.get(key)}
    )


def mismatches(wanted: dict[str, Any], got: dict[str, Any]) -> Differences:
    """Every field that is not as the model wants it."""
    return Differences(
        {key: (value, got.get(key)) for key, value in wanted.items() if not matches(value, got.get(key))}
    )


def without(outcome: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in outcome.items() if key not in keys}
