"""A small correct server of outcome groups and results in one course, in front of which faults are put."""

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from canvas_outcomes_contract.cases.responses import with_string_ids
from contract_tests.mutants.provider.faults import Request, Response, error

COURSE, GROUP, STUDENT = 1, 7, 30
PATH = re.compile(r"/api/v1/courses/([^/]+)/outcome_(groups|results)(?:/([^/]+?))?(\.json)?")
ROUTES = {
    ("GET", "groups", False): "list_outcome_groups",
    ("POST", "groups", False): "create_outcome_group",
    ("GET", "groups", True): "get_outcome_group",
    ("PUT", "groups", True): "update_outcome_group",
    ("DELETE", "groups", True): "delete_outcome_group",
    ("GET", "results", False): "list_outcome_results",
}
LENGTHS = range(1, 256)  # of a title
IS_ID = re.compile("[0-9]+(~[0-9]+)?").fullmatch
CHALLENGE = {"www_authenticate": 'Bearer realm="canvas-lms"'}
# The users, all of whom may do everything but act as another; that only the admin may.
USERS = {
    "admin-token": 10,
    "teacher-token": 20,
    "student-token": STUDENT,
    "other-student-token": 31,
    "outsider-token": 50,
}
RESULTS = ({"id": 1, "user_id": STUDENT, "score": 2.5, "submitted_at": "9999-12-31T23:59:59Z"},)


def operation_of(request: Request) -> str:
    """The operationId of a request; empty if it has none."""
    path = PATH.fullmatch(request.path)
    return "" if path is None else ROUTES.get((request.method, path[2], path[3] is not None), "")


def token_of(request: Request) -> str | None:
    header = request.headers.get("authorization")
    return header.removeprefix("Bearer ") if header else request.params.get("access_token")


@dataclass
class Server:
    """The records of one server."""

    groups: dict[int, dict[str, Any]] = field(
        default_factory=lambda: {GROUP: {"id": GROUP, "title": "Kept", "vendor_guid": None}}
    )
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(100))

    def __call__(self, request: Request) -> Response:
        response = self.respond(request)
        if "canvas-string-ids" in request.headers.get("accept", "") and response.body:
            response = response.with_json(with_string_ids(response.json))
        return response.with_headers(x_request_cost="0.1", x_rate_limit_remaining="600.0")

    def respond(self, request: Request) -> Response:
        operation, token = operation_of(request), token_of(request)
        if token == "unscoped-token":
            return error(401)
        if token not in USERS:
            return error(401).with_headers(**CHALLENGE)
        acts_as = request.params.get("as_user_id", str(USERS[token]))
        if acts_as not in [str(user) for name, user in USERS.items() if token in (name, "admin-token")]:
            return error(401).with_json({"errors": "Invalid as_user_id"})
        path = PATH.fullmatch(request.path)
        if not operation or path is None or path[1] != str(COURSE):
            return error(404)
        respond: Callable[..., Response] = getattr(self, operation)
        if path[3] is None:
            return respond(request)
        group = self.groups.get(_number(path[3], 0))
        return error(404) if group is None else respond(request, group)

    def list_outcome_groups(self, request: Request) -> Response:
        page, size = (_number(request.params.get(name), default) for name, default in (("page", 1), ("per_page", 10)))
        address = f"http://{request.headers['host']}{request.path}?page="
        last = max(1, -(-len(self.groups) // size))
        links = {"current": page} | ({"next": page + 1} if page < last else {}) | {"first": 1, "last": last}
        link = ",".join(f'<{address}{number}&per_page={size}>; rel="{name}"' for name, number in links.items())
        return _json(200, list(self.groups.values())[(page - 1) * size :][:size]).with_headers(link=link)

    def create_outcome_group(self, request: Request) -> Response:
        title = request.fields.get("title")
        if not _is_title(title):
            return error(400)
        id = next(self.ids)
        self.groups[id] = {"id": id, "title": title, "vendor_guid": None}
        path = request.path.removesuffix(".json")
        return _json(201, self.groups[id]).with_headers(location=f"{path}/{id}")

    def get_outcome_group(self, request: Request, group: dict[str, Any]) -> Response:
        return _json(200, group)

    def update_outcome_group(self, request: Request, group: dict[str, Any]) -> Response:
        guid = request.fields.get("vendor_guid")
        is_object = isinstance(_parsed(request.body), dict)
        is_valid = guid is None or (isinstance(guid, str) and len(guid) <= LENGTHS[-1])
        if not (is_object and is_valid and _is_title(request.fields.get("title", "left out"))):
            return error(400)
        group |= {name: value for name, value in request.fields.items() if name in ("title", "vendor_guid")}
        return _json(200, group)

    def delete_outcome_group(self, request: Request, group: dict[str, Any]) -> Response:
        del self.groups[group["id"]]
        return Response(204, b"", {})

    def list_outcome_results(self, request: Request) -> Response:
        since = _date(request.params.get("submitted_since", ""))
        users = parse_qs(request.query, keep_blank_values=True).get("user_ids[]", [])
        if since is None or not all(map(IS_ID, users)):
            return error(400)
        found = [one for one in RESULTS if not users or str(one["user_id"]) in users]
        return _json(200, found)


def _json(status: int, value: Any) -> Response:
    return Response(status, json.dumps(value).encode())


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _is_title(value: Any) -> bool:
    return isinstance(value, str) and len(value) in LENGTHS


def _number(text: str | None, default: int) -> int:
    """A positive number of up to 9 digits; the default for anything else, as in Canvas."""
    return int(text) if text and re.fullmatch("[1-9][0-9]{0,8}", text, re.ASCII) else default


def _date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
