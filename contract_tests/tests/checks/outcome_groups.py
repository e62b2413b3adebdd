"""A server of outcome_groups.yaml that can be made faulty."""

import itertools
import json
import re
from collections.abc import Collection, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

ERRORS = {"errors": [{"message": "An error."}]}
PATH = re.compile(r"/api/v1/courses/(\d{1,18})/outcome_groups(?:/(\d{1,18}))?(\.json)?")
COURSE, GROUP = 1, 7


class OutcomeGroups(BaseHTTPRequestHandler):
    """The groups of one course; a subclass holds those of one server, and its faults."""

    faults: ClassVar[Collection[str]]
    groups: ClassVar[dict[int, dict[str, Any]]]
    ids: ClassVar[Iterator[int]]
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.wfile = self.connection.makefile("wb")  # buffered: one packet for each response

    def respond(self, status: int, body: Any = None, **headers: str) -> None:
        accepts_strings = "canvas-string-ids" in self.headers.get("Accept", "")
        if accepts_strings and isinstance(body, dict) and "id" in body:
            body = body | {"id": str(body["id"])}
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        headers |= {"X-Request-Cost": "0.1", "X-Rate-Limit-Remaining": "600.0"}
        headers |= {"Content-Type": "application/json"} if content else {}
        headers |= {} if status == 204 else {"Content-Length": str(len(content))}
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def handle_request(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = urlsplit(self.path)
        given = parse_qs(url.query).get("access_token", [""])[0]
        token = self.headers.get("Authorization", f"Bearer {given}").removeprefix("Bearer ")
        ignores_token = "ignored token" in self.faults and self.command == "DELETE"
        if token == "unscoped-token":
            return self.respond(401, ERRORS)
        if token != "teacher-token" and not ignores_token:
            return self.respond(401, ERRORS, WWW_Authenticate='Bearer realm="canvas-lms"')
        path = PATH.fullmatch(url.path)
        if path is None or int(path[1]) != COURSE or (path[2] is None) != (self.command == "POST"):
            return self.respond(404, ERRORS)
        return self.create(content) if self.command == "POST" else self.find(int(path[2]))

    def create(self, content: bytes) -> None:
        try:
            title = json.loads(content)["title"]
        except (ValueError, LookupError, TypeError):
            return self.respond(400, ERRORS)
        if not isinstance(title, str) or not 0 < len(title) < 256:
            return self.respond(400, ERRORS)
        id = next(self.ids)
        group = self.groups[id] = {"id": id, "title": title, "parent": None}
        if "missing property" in self.faults:
            group = {"id": id}
        location = {} if "missing header" in self.faults else {"Location": f"{self.path}/{id}"}
        return self.respond(200 if "wrong status" in self.faults else 201, group, **location)

    def find(self, id: int) -> None:
        group = self.groups.get(id)
        if group is None and "500 on an unknown id" in self.faults and self.command == "GET":
            return self.respond(500, ERRORS)
        if group is None or ("404 for a known id" in self.faults and self.command == "DELETE"):
            return self.respond(404, ERRORS)
        if self.command == "GET":
            return self.respond(200, group)
        del self.groups[id]
        return self.respond(204)

    do_GET = do_POST = do_DELETE = handle_request

    def log_message(self, format: str, *args: object) -> None: ...


def server_with(faults: Collection[str]) -> type[OutcomeGroups]:
    groups = {GROUP: {"id": GROUP, "title": "Kept", "parent": None}}
    return type("Server", (OutcomeGroups,), {"faults": faults, "groups": groups, "ids": itertools.count(100)})
