"""The provider under test: a base URL, tokens by role and known resources."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import requests

from canvas_outcomes_contract.cases.verdicts import NotApplicable, ProviderGone
from canvas_outcomes_contract.connection.created_records import CreatedRecords
from canvas_outcomes_contract.connection.known_requests import KnownRequests
from canvas_outcomes_contract.connection.pace import MAX_WAIT, Pace, is_throttled, retry_delay
from canvas_outcomes_contract.connection.target import Target
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.connection.transport import (
    NOT_CONNECTED,
    Received,
    explain,
    http_client,
    obstacle,
    receive,
)
from canvas_outcomes_contract.contract.document import Contract, Operation
from canvas_outcomes_contract.contract.judging import judging

NO_WRITES = "The target allows no writes. Set writes: true to judge updates."
NOT_DISPOSABLE = "The request cannot be undone. Set disposable: true if everything in the target may be changed."
THROTTLED = "{} still throttles the run (status={}) after a request has waited {:g} s for it. Lower --rate."
NOT_FOUND = 404
SHOWN_NOTES = 5
SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
NO_TOKEN = None  # the role of a request without a token
RANDOM_HEADERS = ("X-Schemathesis-TestCaseId",)  # independent of the seed
RECONNECT_TIMEOUT = 3.0  # seconds


@dataclass(repr=False)
class Provider:
    """Sends requests, from one or several threads, and records every exchange."""

    target: Target
    base_url: str
    contract: Contract
    recorder: Recorder
    pace: Pace
    before_write: Callable[[str], None] = lambda path: None  # called with the path of each request but GET
    require_time: Callable[[], float] = lambda: math.inf  # returns the seconds left; raises NotApplicable

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Keep Hypothesis from printing every field of a dataclass: the whole run."""
        printer.text(f"<provider at {self.base_url}>")

    def __post_init__(self) -> None:
        self.created = CreatedRecords(self.contract)
        self.known = KnownRequests(self.contract, self.target)
        self.http = http_client(self.target)

    def close(self) -> None:
        self.http.close()

    def send(
        self,
        operation: str | None,
        method: str,
        path: str,
        *,
        role: str | None = NO_TOKEN,
        params: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx2.Response:
        """Send a request to `path` below the base URL. Raises NotApplicable for a role without a token."""
        headers = dict(headers or {})
        if role is not NO_TOKEN:
            headers.setdefault("Authorization", f"Bearer {self.target.token(role)}")
        request = self.http.build_request(
            method, self.base_url + path, params=_query(params), headers=headers, content=content
        )
        return self._exchange(request, operation, role)

    def send_prepared(
        self, operation: str, prepared: requests.PreparedRequest, role: str, phase: str
    ) -> httpx2.Response:
        """Send a request that Schemathesis generated, with the token of a role."""
        headers = {str(name): str(value) for name, value in prepared.headers.items() if name not in RANDOM_HEADERS}
        headers["Authorization"] = f"Bearer {self.target.token(role)}"
        body: Any = prepared.body
        content = body.encode() if isinstance(body, str) else body
        request = httpx2.Request(
            prepared.method or "GET", prepared.url or self.base_url, headers=headers, content=content
        )
        return self._exchange(request, operation, role, phase)

    def _exchange(
        self, request: httpx2.Request, operation: str | None, role: str | None, phase: str = ""
    ) -> httpx2.Response:
        """Send a request, again after a wait while the provider throttles."""
        self.require_permission(request.method)
        request.headers.update(self.target.headers)
        if request.method not in SAFE_METHODS and not self.target.disposable:
            self.before_write(request.url.raw_path.decode("ascii").partition("?")[0])
        waited, attempt = 0.0, 0
        while is_throttled(response := self._send_in_slot(request, operation, role, phase)):
            delay = retry_delay(response, attempt, time.time())
            if waited + delay > MAX_WAIT:
                raise ProviderGone(THROTTLED.format(self.base_url, response.status_code, MAX_WAIT))
            self.pace.sleep(min(delay, self.require_time()))
            waited, attempt = waited + delay, attempt + 1
        self.created.add(operation, response)
        return response

    def require_permission(self, *methods: str) -> None:
        """Raise NotApplicable if the target does not allow requests of one of the methods."""
        for method in set(methods).difference(SAFE_METHODS):
            if not self.target.writes:
                raise NotApplicable(NO_WRITES)
            if not (method == "PUT" or self.target.disposable):
                raise NotApplicable(NOT_DISPOSABLE)

    def _send_in_slot(
        self, request: httpx2.Request, operation: str | None, role: str | None, phase: str
    ) -> httpx2.Response:
        self.require_time()
        with self.pace.slot():
            started = time.perf_counter()
            response, problem = self._send_connected(request)
            self.recorder.add(response, time.perf_counter() - started, operation, role, phase)
            if problem and not response.status_code:
                self._raise_if_gone()
            if problem:
                self.require_time()  # its end may be what cut the response
                raise AssertionError(f"{request.method} {self.recorder.redact(str(request.url))} returned {problem}")
            return response

    def _send_connected(self, request: httpx2.Request) -> Received:
        """Send a request, once more if no connection could be opened. Raises ProviderGone if none can be."""
        try:
            return receive(self.http, request, self.target, self._seconds())
        except NOT_CONNECTED:
            self._raise_if_gone()
        try:
            return receive(self.http, request, self.target, self._seconds())
        except NOT_CONNECTED as error:
            raise ProviderGone(explain(error, self.target, self.base_url)) from None

    def _seconds(self) -> float:
        """The seconds that a response may take."""
        return min(self.target.response_seconds, self.require_time())

    def _raise_if_gone(self) -> None:
        until = time.monotonic() + RECONNECT_TIMEOUT
        while reason := obstacle(self.target, self.base_url):
            if time.monotonic() > until:
                raise ProviderGone(reason)
            time.sleep(0.1)

    def send_known_request(self, operation: Operation, **changes: Any) -> httpx2.Response:
        """Send the operation's known request with some of its parts changed."""
        return self.send(operation.id, operation.method, **self.known_request(operation) | changes)

    def known_request(self, operation: Operation) -> dict[str, Any]:
        """A request to which a correct provider of this target responds with a success."""
        return self.known.request(operation, self.parameters_of_a_fresh_record(operation))

    def parameters_of_a_fresh_record(self, operation: Operation) -> dict[str, Any]:
        """Create a record for an operation that uses it up, and return its parameters; empty for other operations."""
        creator = self.created.creator(operation)
        if creator is None:
            return {}
        response = self.send_known_request(creator)
        for link, values in self.created.links_of(creator, response):
            if link.operation == operation.id:
                return values
        raise NotApplicable(
            f"No record for {operation.id}: status={response.status_code} for {creator.id}, which has to create one."
        )

    def delete_created_records(self) -> list[str]:
        """Delete the records that the run created. Returns a note for each that remains."""
        return [
            note
            for path, (operation, _) in list(self.created.to_delete.items())
            if (note := self._delete(operation, path))
        ]

    def _delete(self, operation: Operation, path: str) -> str:
        role = judging(self.contract, operation).role
        try:
            status = self.send(operation.id, operation.method, path, role=role).status_code
        except (AssertionError, NotApplicable, ProviderGone) as error:
            return f"Cannot delete {path}, which the run created: {error}"
        deleted = operation.documented(status) in operation.successes or status == NOT_FOUND
        return "" if deleted else f"Cannot delete {path}, which the run created: status={status}."


def _query(params: dict[str, Any] | None) -> dict[str, str] | None:
    """Query parameters as strings, without those that are None."""
    present = {name: value for name, value in (params or {}).items() if value is not None}
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in present.items()} or None
