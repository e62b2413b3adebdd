"""Read responses of the provider, and assert with messages that contain got, wanted and the request."""

from typing import Any

import httpx2

from canvas_outcomes_contract.cases.equality import Fields, is_number, matches
from canvas_outcomes_contract.contract.escaping import shortened

SHOWN_CHARACTERS = 300  # of a body or a value in a message
STRING_IDS = {"Accept": "application/json+canvas-string-ids"}


class WrongResponse(AssertionError):
    """A response that breaks a clause. Only for such a failure is a deviation of live Canvas recognized."""

    def __init__(self, message: str, response: httpx2.Response) -> None:
        super().__init__(message)
        self.response = response


class JsonObject(dict[str, Any]):
    """A JSON object of a response. A missing key fails the check instead of raising KeyError."""

    def __missing__(self, key: str) -> Any:
        raise AssertionError(f"{key!r} is missing, but the contract requires it: got {sorted(self)}")


def request_line(response: httpx2.Response) -> str:
    return f"{response.request.method} {response.request.url.path}"


def assert_response(response: httpx2.Response, is_right: bool, wanted: str) -> None:
    """Assert that a response is right; `wanted` completes the message `… should return …`."""
    if not is_right:
        raise WrongResponse(
            f"status={response.status_code}, but {request_line(response)} should return {wanted}: "
            f"{shown_body(response)}",
            response,
        )


def assert_status(response: httpx2.Response, *expected: int) -> None:
    assert_response(response, response.status_code in expected, " or ".join(map(str, expected)))


def assert_refused(response: httpx2.Response) -> None:
    """Assert a status of 400 or above, where another clause judges which one."""
    assert_response(response, response.status_code >= 400, "a status of 400 or above")


def assert_no_failure(response: httpx2.Response) -> None:
    assert_response(response, response.status_code < 500, "a status below 500")


def assert_challenged(response: httpx2.Response) -> None:
    assert_status(response, 401)
    assert_response(response, "WWW-Authenticate" in response.headers, "401 with WWW-Authenticate")


def parse_json(response: httpx2.Response) -> Any:
    try:
        return response.json(object_hook=JsonObject)
    except (ValueError, RecursionError):  # the latter for lists in thousands of lists
        raise AssertionError(
            f"{request_line(response)} should return JSON: {response.content[:SHOWN_CHARACTERS]!r}"
        ) from None


def parse_body(response: httpx2.Response) -> Any:
    """The JSON or text of a body; None for an empty one."""
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
    if not response.content:
        return None
    return response.text if media_type and not media_type.endswith("json") else parse_json(response)


def is_like(first: Any, second: Any, actual: Any) -> bool:
    """Whether a value equals the first one; where two responses to the same request differ, the type is enough."""
    if isinstance(first, dict) and isinstance(second, dict) and isinstance(actual, dict):
        keys = first.keys()
        same = keys == second.keys() == actual.keys()
        return same and all(is_like(first[key], second[key], actual[key]) for key in keys)
    if isinstance(first, list) and isinstance(second, list) and isinstance(actual, list):
        same = len(first) == len(second) == len(actual)
        return same and all(map(is_like, first, second, actual))
    return bool(actual == first) or (first != second and type(actual) is type(first))


def rejected_attributes(response: httpx2.Response) -> set[str]:
    """The attributes in the errors map of a response with 400."""
    assert_status(response, 400)
    errors = parse_json(response)["errors"]
    assert isinstance(errors, dict), f"{request_line(response)} should return a map of errors: {shown_body(response)}"
    return set(errors)


class Differences(dict[str, tuple[Any, Any]]):
    """Fields that differ, each with its (expected, actual) values."""

    def messages(self) -> list[str]:
        return [f"{field}: got {shown(actual)}, wanted {shown(expected)}" for field, (expected, actual) in self.items()]


def shown(value: object) -> str:
    """A value in a message."""
    return shortened(repr(value), SHOWN_CHARACTERS)


def shown_body(response: httpx2.Response) -> str:
    """The body of a response in a message."""
    return shortened(response.text, SHOWN_CHARACTERS)


def changed_fields(before: Fields, after: Fields) -> Differences:
    """Every key whose values differ."""
    keys = before.keys() | after.keys()
    return Differences(
        {key: (before.get(key), after.get(key)) for key in sorted(keys) if before.get(key) != after.get(key)}
    )


def mismatches(expected: Fields, actual: Fields) -> Differences:
    """Every field that does not match the model."""
    return Differences(
        {key: (value, actual.get(key)) for key, value in expected.items() if not matches(value, actual.get(key))}
    )


def without(record: Fields, *keys: str) -> Fields:
    return {key: value for key, value in record.items() if key not in keys}


def with_string_ids(value: Any, key: str = "") -> Any:
    """The value with string ids, as a provider sends it on request."""
    if isinstance(value, dict):
        return {name: with_string_ids(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_string_ids(inner, key) for inner in value]
    is_id = is_number(value) and value == int(value) and (key == "id" or key.endswith("_id"))
    return str(int(value)) if is_id else value
