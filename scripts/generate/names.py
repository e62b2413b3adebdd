"""Names and texts of a contract as the client has them."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from openapi_python_client import strings

# Python names that every method has or the classes need themselves.
ARGUMENTS = {"body", "encoding", "extra_query", "headers", "timeout"}
# The methods of every model, and the first argument of one that has the fields as arguments.
MODEL_MEMBERS = {"cls", "example", "to_dict", "to_json"}
MEMBERS = {"close", "aclose", "from_env", "rate_limit", "with_raw_response"}

# The names of errors by status, and Status418Error for others. The phrases of http.HTTPStatus vary between Pythons.
ERRORS = {
    "304": "NotModifiedError",
    "400": "BadRequestError",
    "401": "UnauthorizedError",
    "402": "PaymentRequiredError",
    "403": "ForbiddenError",
    "404": "NotFoundError",
    "405": "MethodNotAllowedError",
    "406": "NotAcceptableError",
    "409": "ConflictError",
    "410": "GoneError",
    "412": "PreconditionFailedError",
    "413": "ContentTooLargeError",
    "415": "UnsupportedMediaTypeError",
    "422": "UnprocessableContentError",
    "429": "RateLimitedError",
    "5XX": "ServerError",
}


def error_name(status: str) -> str:
    return ERRORS.get(status, f"Status{status}Error")


def python_name(wire: str, taken: Iterable[str] = ()) -> str:
    """Return the Python name of something in the contract: include[] is include, course[name] is course_name."""
    words = re.sub(r"\[(\w+)", r"_\1", wire)
    name = str(strings.PythonIdentifier(words, "field_"))
    while name in taken:
        name += "_"
    return name


def quoted(value: str) -> str:
    return f'"{strings.in_double_quote_literal(value)}"'


def text(value: Any) -> str:
    raw = value.get_untrusted_value() if hasattr(value, "get_untrusted_value") else value
    return raw.strip() if raw else ""


def limits(schema: dict[str, Any]) -> Iterator[str]:
    """Yield the limits of a schema as sentences."""
    longest, most, least = map(schema.get, ("maxLength", "maximum", "minimum"))
    if longest is not None:
        yield f"At most {longest} characters."
    if least is not None and most is not None:
        yield f"{least:g} to {most:g}."
