"""Control of a running server from Python, for tests of apps."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import msgspec

from canvas_outcomes_server.control.messages import Kind, Method, Received

SECONDS_TO_RESPOND = 30


class CanvasOutcomesServer:
    """A server that was started with --control.

    Attributes:
        url: Its base URL, without a slash at the end.
        token: An access token of its world without limits, of an admin if there is one; None if the world has none,
            and before the first reset() or load().
        folder: The folder of the files that load() reads: the working directory, or in a test with the fixture
            canvas_outcomes_server the folder of the test.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.token: str | None = None
        self.folder = Path()

    def reset(self) -> None:
        """Load the world again, remove all faults, forget the requests, and use the time of the machine."""
        self.token = self._send("POST", "reset")["token"]

    def load(self, world: str | Path | Mapping[str, Any]) -> None:
        """Reset to another world, from a YAML or JSON file or as a mapping. Raises ValueError if it is not usable."""
        if isinstance(world, (str, Path)):
            text = (self.folder / world).read_bytes()
        else:
            text = json.dumps(world, default=_as_json).encode()
        self.token = self._send("PUT", "world", text)["token"]

    def fail(
        self,
        kind: Kind | None = None,
        *,
        operation: str | None = None,
        method: Method | None = None,
        path: str | None = None,
        times: int | None = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        delay: float = 0,
        delay_between_bytes: float = 0,
    ) -> None:
        """Make requests fail. Raises ValueError if the arguments cannot be combined.

        Args:
            kind: connection_reset, html_page or throttled: nothing is changed. Or truncated_body or malformed_json,
                which damage the response to a request that was carried out.
            operation: The operationId of the requests that fail; all requests if nothing selects some.
            method: The method of the requests that fail; GET is HEAD too.
            path: The path of the requests that fail, decoded and without a query; * matches any characters.
            times: The number of requests that fail; None for all.
            status: The status of the response; nothing is changed.
            headers: Headers of that response.
            body: The body of that response: a string, or a value that is sent as JSON; None for an error list.
            delay: Seconds before the response.
            delay_between_bytes: Seconds before each byte of the body but the first.
        """
        given = {name: value for name, value in locals().items() if name != "self" and value is not None}
        self._send("POST", "faults", json.dumps(given).encode())

    def repair(self) -> None:
        """Remove all faults."""
        self._send("DELETE", "faults")

    @property
    def requests(self) -> list[Received]:
        """The latest 1000 requests in the order of their arrival, with tokens redacted."""
        return msgspec.convert(self._send("GET", "requests"), list[Received])

    def clock(self, now: datetime | str | None) -> None:
        """Set the time by which tokens expire, with a zone; None for the time of the machine. Raises ValueError."""
        shown = now.isoformat() if isinstance(now, datetime) else now
        self._send("PUT", "clock", json.dumps({"now": shown}).encode())

    def _send(self, method: str, name: str, body: bytes | None = None) -> Any:
        # A connection of its own: the server closes one that is idle for long, between two slow tests.
        connection = HTTPConnection(self.url.rpartition("/")[2], timeout=SECONDS_TO_RESPOND)
        try:
            connection.request(method, f"/_control/{name}", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            content = json.loads(response.read() or "null")
        finally:
            connection.close()
        if response.status >= HTTPStatus.BAD_REQUEST:
            raise ValueError(content["errors"][0]["message"])
        return content


def _as_json(value: object) -> Any:
    """Convert a value of a world that JSON does not have, such as a read-only mapping, a set or a time."""
    if isinstance(value, Mapping):
        return dict(value)
    return [*value] if isinstance(value, Collection) else str(value)
