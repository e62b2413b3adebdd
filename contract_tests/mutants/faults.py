"""What a faulty provider is made of: a right provider, and one function of the request that stands before it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

JSON = "application/json; charset=utf-8"
FORM = "application/x-www-form-urlencoded"
SITE_ADMIN = "site-admin-token"  # of the demo world; may do everything


@dataclass(frozen=True)
class Request:
    """A request as it arrived."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        if self.path.rstrip("/").partition(".json")[0].endswith("outcome_alignments"):
            return "list_outcome_alignments"
        return "update_outcome" if self.method == "PUT" else "get_outcome"

    @property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def fields(self) -> dict[str, Any]:
        """The JSON object of the body; empty when the body is something else."""
        try:
            parsed = json.loads(self.body) if self.media_type == "application/json" else {}
        except (ValueError, RecursionError):
            return {}
        return parsed if isinstance(parsed, dict) else {}

    @property
    def form(self) -> list[tuple[str, str]]:
        """The names and values of the body, in their order; empty when the body is no form."""
        return parse_qsl(self.body.decode("latin-1"), True, encoding="utf-8") if self.media_type == FORM else []

    @property
    def id(self) -> str:
        """The id of the outcome, as the path says it."""
        return unquote(self.path.rpartition("/")[2].removesuffix(".json"))

    @property
    def has_token(self) -> bool:
        return "authorization" in self.headers or "access_token" in self.params

    def has_token_of(self, *roles: str) -> bool:
        """Whether the token is the one that the demo world gives to one of the roles."""
        return self.headers.get("authorization") in [f"Bearer {role.replace('_', '-')}-token" for role in roles]

    def with_token(self, token: str) -> "Request":
        return self.with_params(access_token=None).with_headers(authorization=f"Bearer {token}")

    def with_id(self, id: int | str) -> "Request":
        return replace(self, path=f"{self.path.rpartition('/')[0]}/{id}")

    def with_params(self, **changes: str | None) -> "Request":
        params = {name: value for name, value in (self.params | changes).items() if value is not None}
        return replace(self, query=urlencode(params)) if params != self.params else self

    def with_headers(self, **changes: str | None) -> "Request":
        """Headers by name with _ for -; None takes one away."""
        renamed = {name.replace("_", "-"): value for name, value in changes.items()}
        return replace(self, headers={k: v for k, v in (self.headers | renamed).items() if v is not None})

    def with_form(self, form: list[tuple[str, str]]) -> "Request":
        """The same request with other names and values as its body, if its body is a form."""
        return replace(self, body=urlencode(form).encode()) if self.media_type == FORM else self

    def with_fields(self, fields: dict[str, Any]) -> "Request":
        """The same request with another JSON object as its body, if its body is one."""
        return replace(self, body=json.dumps(fields).encode()) if self._has_object() else self

    def mapping(self, name: str, change: Callable[[Any], Any]) -> "Request":
        """The same request with one field of its JSON body changed, if it carries it."""
        if name not in self.fields:
            return self
        return self.with_fields(self.fields | {name: change(self.fields[name])})

    def dropping(self, *names: str) -> "Request":
        if not set(names) & set(self.fields):
            return self
        return self.with_fields({key: value for key, value in self.fields.items() if key not in names})

    def mapping_ratings(self, change: Callable[[list[Any]], Any]) -> "Request":
        return self.mapping("ratings", lambda ratings: change(ratings) if isinstance(ratings, list) else ratings)

    def updating(self, **fields: Any) -> "Request":
        """An update of the same outcome, as JSON and nothing else, by somebody who may."""
        body = json.dumps(fields).encode()
        headers = {"content-type": "application/json", "authorization": f"Bearer {SITE_ADMIN}"}
        return replace(self, method="PUT", query="", headers=headers, body=body)

    def reading(self) -> "Request":
        """The question what the outcome is now, by the same requester."""
        headers = {name: value for name, value in self.headers.items() if name == "authorization"}
        return replace(self, method="GET", query="", headers=headers, body=b"")

    def _has_object(self) -> bool:
        try:
            return self.media_type == "application/json" and isinstance(json.loads(self.body), dict)
        except (ValueError, RecursionError):
            return False


@dataclass(frozen=True)
class Response:
    """An answer as it goes out."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": JSON})

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def with_json(self, value: Any) -> "Response":
        return replace(self, body=json.dumps(value).encode())

    def with_headers(self, **changes: str | None) -> "Response":
        """Headers by name with _ for -; None takes one away."""
        renamed = {name.replace("_", "-"): value for name, value in changes.items()}
        return replace(self, headers={k: v for k, v in (self.headers | renamed).items() if v is not None})

    def mapping(self, name: str, change: Callable[[Any], Any]) -> "Response":
        """The same answer with one key of its object changed, if it is a success that has it."""
        if self.status != 200 or not isinstance(self.json, dict) or name not in self.json:
            return self
        return self.with_json(self.json | {name: change(self.json[name])})

    def dropping(self, *names: str) -> "Response":
        if self.status != 200 or not isinstance(self.json, dict):
            return self
        return self.with_json({key: value for key, value in self.json.items() if key not in names})

    def mapping_rows(self, change: Callable[[list[dict[str, Any]]], Any]) -> "Response":
        """The same answer with its list of alignments changed, if it is a success with a list."""
        return self.with_json(change(self.json)) if self.status == 200 and isinstance(self.json, list) else self

    def mapping_ratings(self, change: Callable[[list[dict[str, Any]]], Any]) -> "Response":
        return self.mapping("ratings", lambda ratings: change(ratings) if isinstance(ratings, list) else ratings)


Provider = Callable[[Request], Response]
Fault = Callable[[Request, Provider], Response]


@dataclass(frozen=True)
class Mutant:
    """A fault with its name and the clause that it breaks."""

    name: str
    clause: str
    fault: Fault


MUTANTS: dict[str, Mutant] = {}


def breaks(*clauses: str) -> Callable[[Fault], Fault]:
    """Registers a fault once for each of the clauses that it breaks; each is judged, and has to be killed, alone."""

    def register(fault: Fault) -> Fault:
        for clause in clauses:
            name = fault.__name__ if len(clauses) == 1 else f"{fault.__name__}[{clause}]"
            if name in MUTANTS:
                raise ValueError(f"Cannot register the mutant {name}: the name is taken.")
            MUTANTS[name] = Mutant(name, clause, fault)
        return fault

    return register


@dataclass(frozen=True)
class Only:
    """A fault of one operation; the others are right."""

    operation: str
    fault: Fault

    @property
    def __name__(self) -> str:
        return f"{self.fault.__name__}[{self.operation}]"

    def __call__(self, request: Request, provider: Provider) -> Response:
        return self.fault(request, provider) if request.operation == self.operation else provider(request)


def breaks_each(suffix: str) -> Callable[[Fault], Fault]:
    """Registers a fault of each of the three operations, for its clause OPERATION-suffix."""

    def register(fault: Fault) -> Fault:
        for operation in ("get_outcome", "update_outcome", "list_outcome_alignments"):
            breaks(f"{operation.replace('_', '-')}-{suffix}")(Only(operation, fault))
        return fault

    return register


def stored(request: Request, provider: Provider) -> dict[str, Any]:
    """What the right provider holds of the outcome; empty when the requester may not see it."""
    answer = provider(request.reading())
    return answer.json if answer.status == 200 else {}


def on_text(change: Callable[[str], Any]) -> Callable[[Any], Any]:
    """A change of texts that leaves every other value as it is."""
    return lambda value: change(value) if isinstance(value, str) else value


def on_number(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A change of numbers that leaves every other value as it is."""
    return lambda value: change(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def error(status: int, message: str = "broken") -> Response:
    return Response(status, json.dumps({"errors": [{"message": message}]}).encode())
