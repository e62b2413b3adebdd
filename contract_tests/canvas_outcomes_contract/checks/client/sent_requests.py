"""Parts of a request of the client, parsed by the styles of the contract and as a Rails application parses them."""

import json
import re
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote_to_bytes
from uuid import UUID

import httpx2

from canvas_outcomes_contract.cases.encodings import form_pairs, form_value
from canvas_outcomes_contract.checks.client import rack
from canvas_outcomes_contract.checks.client.documented import (
    CONTRACT,
    kind_of,
    parameters_of,
    schema_of,
    token_place,
    token_value,
)
from canvas_outcomes_contract.checks.client.equality import Schema, alternatives, named
from canvas_outcomes_contract.checks.client.variants import Case, RequestVariant
from canvas_outcomes_contract.contract.document import PLACEHOLDER, Operation

DELIMITERS = {"pipeDelimited": "|", "spaceDelimited": " "}
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d.+")
SCHEMES = CONTRACT.document.get("components", {}).get("securitySchemes", {}).values()
TOKEN_HEADERS = {"Authorization", *(one["name"] for one in SCHEMES if one.get("in") == "header")}
Parameters = dict[tuple[str, str], Any]  # by place and name
Raw = dict[tuple[str, str], list[bytes]]


def expected(operation: Operation, case: Case, token: str) -> Parameters:
    """The parameters and the token that the contract requires for a case. Null and empty values are not sent."""
    place, values = token_place(operation), case.parameters
    parameters = {(one["in"], one["name"]): one for one in parameters_of(operation)}
    sent = {key: _expected(parameters[key], value) for key, value in values.items() if value is not None}
    for key in [key for key, value in sent.items() if isinstance(value, dict) and _is_spread(parameters[key])]:
        sent |= {(key[0], name): value for name, value in sent.pop(key).items()}
    kept = {key: value for key, value in sent.items() if value != [] and (value != {} or "content" in parameters[key])}
    return kept | ({place: token_value(operation, token)} if place else {})


def _is_spread(parameter: Schema) -> bool:
    """Whether each property of an object is a parameter of its own."""
    return "content" not in parameter and parameter.get("style", "form") == "form"


def _expected(parameter: Schema, value: Any) -> Any:
    value = named(CONTRACT, schema_of(parameter), value)
    if "content" in parameter:
        return value
    value = _plain(value)
    if isinstance(value, dict):
        return {key: _canonical(form_value(item)) for key, item in value.items()}
    if isinstance(value, list):
        texts = [_canonical(form_value(item)) for item in value]
        # An item that contains the delimiter looks like two.
        delimiter = DELIMITERS.get(parameter.get("style", ""))
        return texts if delimiter is None or not texts else delimiter.join(texts).split(delimiter)
    return _canonical(form_value(value))


def parameters(operation: Operation, request: httpx2.Request) -> Parameters:
    """The parameters and the token of a request. Whatever the operation does not document is a parameter, too."""
    path, _, query = request.url.raw_path.partition(b"?")
    literals = [re.escape(one).encode() for one in PLACEHOLDER.split(operation.path)[::2]]
    segments = re.fullmatch(b"([^/]+?)".join(literals), path)
    assert segments is not None, f"got the path {path.decode()}, wanted {operation.path}"
    names = PLACEHOLDER.findall(operation.path)
    raw: Raw = {("path", name): [value] for name, value in zip(names, segments.groups(), strict=True)}
    for name, _, value in (part.partition(b"=") for part in query.split(b"&") if part):
        raw.setdefault(("query", _text("query", name)), []).append(value)
    headers = {one["name"] for one in parameters_of(operation) if one["in"] == "header"}
    for name in headers | TOKEN_HEADERS:
        raw["header", name] = [value.encode() for value in request.headers.get_list(name)]
    found = {(one["in"], one["name"]): _read(one, raw) for one in parameters_of(operation)}
    rest = {key: _one_or_all([_text(key[0], value) for value in values]) for key, values in raw.items()}
    return {key: value for key, value in (rest | found).items() if value != []}


def _read(parameter: Schema, raw: Raw) -> Any:
    """Take the value of a parameter out of the raw ones, and decode it by its style."""
    place, name, style = parameter["in"], parameter["name"], parameter.get("style", "form")
    if style == "deepObject":
        keys = [key for key in raw if key[0] == place and key[1].startswith(f"{name}[")]
        return {
            key[1][len(name) + 1 : -1]: _one_or_all([_text(place, one) for one in raw.pop(key)]) for key in keys
        } or []
    values = raw.pop((place, name), [])
    if "content" in parameter:
        return _one_or_all([named(CONTRACT, schema_of(parameter), json.loads(_text(place, one))) for one in values])
    is_list = any("items" in one for one in alternatives(CONTRACT, schema_of(parameter), []))
    delimiter = DELIMITERS.get(style, "," if place != "query" or parameter.get("explode") is False else "")
    if is_list and delimiter:
        # Only a comma is a delimiter that is not escaped. A repeated name is another style.
        parts = [one.split(b",") if delimiter == "," else [one] for one in values]
        lists = [[_text(place, item) for item in items] for items in parts]
        return _one_or_all(lists if delimiter == "," else [text.split(delimiter) for [text] in lists])
    texts = [_text(place, one) for one in values]
    return texts if is_list else _one_or_all(texts)


def _one_or_all(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _text(place: str, raw: bytes) -> str:
    escaped = raw.replace(b"+", b" ") if place == "query" else raw
    return _canonical((raw if place == "header" else unquote_to_bytes(escaped)).decode())


def _canonical(text: str) -> str:
    """Write equal dates with times in the same way."""
    try:
        return datetime.fromisoformat(text).isoformat() if DATE_TIME.fullmatch(text) else text
    except ValueError:
        return text


def media_type(request: httpx2.Request) -> str | None:
    return request.headers.get("Content-Type", "").partition(";")[0].strip() or None


def expected_body(variant: RequestVariant, body: Any) -> Any:
    """A body without undocumented fields: bytes, a string, JSON, or the strings of a form."""
    if variant.kind == "bytes":
        return body.encode("latin-1")
    value = named(CONTRACT, variant.schema, body)
    return _nested(list(form_pairs(_plain(value)))) if variant.kind in ("form", "multipart") else value


def body(variant: RequestVariant, request: httpx2.Request) -> Any:
    """Parse the body by the media type of the request."""
    kind = kind_of(media_type(request) or "")
    if kind == "json":
        return named(CONTRACT, variant.schema, json.loads(request.content))
    if kind in ("form", "multipart"):
        return _nested(form(request))
    return request.content if kind == "bytes" else request.content.decode()


def form(request: httpx2.Request) -> list[rack.Pair]:
    """The names and values of a form, in order."""
    if media_type(request) == "multipart/form-data":
        return rack.multipart_pairs(request.content, request.headers["Content-Type"])
    return rack.urlencoded_pairs(request.content)


def _nested(pairs: list[rack.Pair]) -> dict[str, Any]:
    return rack.nested([(name, _canonical(value)) for name, value in pairs])


def _plain(value: Any) -> Any:
    """The value with strings for dates, UUIDs and bytes."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value
