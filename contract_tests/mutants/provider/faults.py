"""Requests, responses and faults. A fault is a function of the request, in front of a correct provider."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from canvas_outcomes_contract.contract.document import Contract, contract_path

CONTRACT = Contract(contract_path())
JSON = "application/json; charset=utf-8"
FORM = "application/x-www-form-urlencoded"
SITE_ADMIN = "site-admin-token"  # of the demo world; may do everything


@dataclass(frozen=True)
class Request:
    """A received request."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        """The operationId; empty for a request that the contract does not have."""
        found = CONTRACT.operation_at(self.method, self.path)
        return "" if found is None else found.id

    @property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def fields(self) -> dict[str, Any]:
        """The JSON object of the body; empty for any other body."""
        return self._object or {}

    @property
    def form(self) -> list[tuple[str, str]]:
        """The names and values of a URL-encoded form, in order; empty for any other body."""
        return parse_qsl(self.body.decode("latin-1"), True, encoding="utf-8") if self.media_type == FORM else []

    @property
    def id(self) -> str:
        """The id of the outcome in the path."""
        return unquote(self.path.rpartition("/")[2].removesuffix(".json"))

    @property
    def has_token(self) -> bool:
        return "authorization" in self.headers or "access_token" in self.params

    @property
    def token(self) -> str:
        """The token in the header; empty without one."""
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    def has_token_of(self, *roles: str) -> bool:
        """Whether the token is the one of a role in the demo world."""
        return self.headers.get("authorization") in [f"Bearer {role.replace('_', '-')}-token" for role in roles]

    def with_token(self, token: str) -> "Request":
        return self.with_params(access_token=None).with_headers(authorization=f"Bearer {token}")

    def as_admin(self) -> "Request":
        return self.with_token(SITE_ADMIN)

    def with_id(self, id: int | str) -> "Request":
        return replace(self, path=f"{self.path.rpartition('/')[0]}/{id}")

    def with_params(self, **changes: str | None) -> "Request":
        """Set query parameters; None removes one."""
        params = {name: value for name, value in (self.params | changes).items() if value is not None}
        return replace(self, query=urlencode(params)) if params != self.params else self

    def with_headers(self, **changes: str | None) -> "Request":
        """Set headers, named with _ for -; None removes one."""
        return replace(self, headers=_with_headers(self.headers, changes))

    def with_body(self, body: bytes) -> "Request":
        return replace(self, body=body)

    def with_form(self, form: list[tuple[str, str]]) -> "Request":
        """Replace the names and values of a form; any other body stays."""
        return replace(self, body=urlencode(form).encode()) if self.media_type == FORM else self

    def with_fields(self, fields: dict[str, Any]) -> "Request":
        """Replace the JSON object of the body; any other body stays."""
        return replace(self, body=json.dumps(fields).encode()) if self._object is not None else self

    def change_field(self, name: str, change: Callable[[Any], Any]) -> "Request":
        """Change one field of the JSON object, if it is there."""
        return self.with_fields(self.fields | {name: change(self.fields[name])}) if name in self.fields else self

    def change_ratings(self, change: Callable[[list[Any]], Any]) -> "Request":
        return self.change_field("ratings", lambda ratings: change(ratings) if isinstance(ratings, list) else ratings)

    def without(self, *names: str) -> "Request":
        """Remove fields of the JSON object."""
        if not set(names) & set(self.fields):
            return self
        return self.with_fields({key: value for key, value in self.fields.items() if key not in names})

    def updating(self, **fields: Any) -> "Request":
        """A JSON update of the same outcome with these fields alone, by the site admin."""
        headers = {"content-type": "application/json", "authorization": f"Bearer {SITE_ADMIN}"}
        return replace(self, method="PUT", query="", headers=headers, body=json.dumps(fields).encode())

    def reading(self) -> "Request":
        """A GET of the same outcome by the same requester."""
        headers = {name: value for name, value in self.headers.items() if name == "authorization"}
        return replace(self, method="GET", query="", headers=headers, body=b"")

    @property
    def _object(self) -> dict[str, Any] | None:
        try:
            parsed = json.loads(self.body) if self.media_type == "application/json" else None
        except (ValueError, RecursionError):
            return None
        return parsed if isinstance(parsed, dict) else None


@dataclass(frozen=True)
class Response:
    """A response before it is sent."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": JSON})

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def outcome(self) -> dict[str, Any]:
        """The outcome in a successful response; empty for any other response."""
        return self.json if self.status == 200 and isinstance(self.json, dict) else {}

    def with_body(self, body: bytes) -> "Response":
        return replace(self, body=body)

    def with_json(self, value: Any) -> "Response":
        return self.with_body(json.dumps(value).encode())

    def with_headers(self, **changes: str | None) -> "Response":
        """Set headers, named with _ for -; None removes one."""
        return replace(self, headers=_with_headers(self.headers, changes))

    def with_fields(self, **fields: Any) -> "Response":
        """Set fields of the outcome, if the response has one."""
        return self.with_json(self.outcome | fields) if self.outcome else self

    def change_field(self, name: str, change: Callable[[Any], Any]) -> "Response":
        """Change one field of the outcome, if it is there."""
        return self.with_fields(**{name: change(self.outcome[name])}) if name in self.outcome else self

    def change_ratings(self, change: Callable[[list[dict[str, Any]]], Any]) -> "Response":
        return self.change_field("ratings", lambda ratings: change(ratings) if isinstance(ratings, list) else ratings)

    def without(self, *names: str) -> "Response":
        """Remove fields of the outcome."""
        kept = {key: value for key, value in self.outcome.items() if key not in names}
        return self.with_json(kept) if self.outcome else self

    def change_rows(self, change: Callable[[list[dict[str, Any]]], Any]) -> "Response":
        """Change the list in a successful response, if it has one."""
        return self.with_json(change(self.json)) if self.status == 200 and isinstance(self.json, list) else self


def _with_headers(headers: dict[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    changed = headers | {name.replace("_", "-"): value for name, value in changes.items()}
    return {name: value for name, value in changed.items() if value is not None}


Provider = Callable[[Request], Response]
Fault = Callable[[Request, Provider], Response]
Faults = Mapping[str, Mapping[str, Fault]]  # by clause, then by name
When = Callable[[Request], bool]
Row = dict[str, Any]  # of a list


def error(status: int, message: str = "broken") -> Response:
    return Response(status, json.dumps({"errors": [{"message": message}]}).encode())


def respond(response: Response, when: When) -> Fault:
    """Send this response instead of forwarding the request."""
    return lambda request, provider: response if when(request) else provider(request)


def refuse(status: int, when: When) -> Fault:
    return respond(error(status), when)


def fail(when: When) -> Fault:
    return refuse(500, when)


def stored(request: Request, provider: Provider) -> dict[str, Any]:
    """The stored outcome; empty if the requester may not see it."""
    response = provider(request.reading())
    return response.json if response.status == 200 else {}
