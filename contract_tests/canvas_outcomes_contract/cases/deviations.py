"""Deviations of live Canvas, which the contract describes by schemas of exchanges."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

import httpx2

from canvas_outcomes_contract.cases.response_schemas import validator
from canvas_outcomes_contract.contract.document import Contract

PART = re.compile(r'name="([^"]*)"(?:\r\n[^\r\n]+)*\r\n\r\n(.*?)\r\n--', re.DOTALL)  # of a multipart form


class Deviations:
    """The deviations of all clauses."""

    def __init__(self, contract: Contract) -> None:
        clauses = [clause for clause in contract.clauses.values() if clause.deviating is not None]
        self.texts = {clause.id: str(clause.deviation) for clause in clauses}
        self._exchanges = {clause.id: validator(contract, clause.deviating or {}) for clause in clauses}

    def has(self, clause: str, response: httpx2.Response) -> bool:
        """Whether a response, which breaks the clause, does so as live Canvas is known to."""
        if clause not in self._exchanges:
            return False
        try:
            return self._exchanges[clause].is_valid(exchange(response))
        except ValueError:  # of values that are nested too deeply
            return False


def exchange(response: httpx2.Response) -> dict[str, Any]:
    """The mapping to which a schema in `deviating` applies: parameters of the request, and the response.

    `parameters` has the names and values of the query and of the body together, as Rails reads them; the query wins.
    """
    request = response.request
    return {
        "parameters": _body(request) | dict(parse_qsl(request.url.query.decode("ascii"), keep_blank_values=True)),
        "status": response.status_code,
        "headers": {name.lower(): value for name, value in response.headers.items()},
        "response": _json(response.content),
    }


def _body(request: httpx2.Request) -> dict[str, Any]:
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    text = request.content.decode("utf-8", "backslashreplace")
    if media_type == "application/x-www-form-urlencoded":
        try:
            return dict(parse_qsl(text, keep_blank_values=True, errors="strict"))
        except UnicodeDecodeError:
            return {}
    if media_type == "multipart/form-data":
        return dict(PART.findall(text))
    value = _json(request.content)
    return value if isinstance(value, dict) else {}


def _json(content: bytes) -> Any:
    """The JSON of a body, null for any other body. A number beyond the range of a double becomes a string."""
    try:
        return _encodable(json.loads(content, parse_float=_finite, parse_constant=str))
    except (ValueError, RecursionError):
        return None


def _finite(text: str) -> Any:
    return text if abs(float(text)) == float("inf") else float(text)


def _encodable(value: Any) -> Any:
    """The value with the escapes of lone surrogates, for a validator that accepts only UTF-8."""
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    if isinstance(value, list):
        return list(map(_encodable, value))
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
