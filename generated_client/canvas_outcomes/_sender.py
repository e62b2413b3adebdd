# Written by `tox -e regenerate` from openapi.yaml. Edit that or scripts/templates, never this file.
"""Sending: tokens, attempts and the end of a client."""

import time
from collections.abc import Callable
from typing import Any, TypeAlias

import httpx

from ._answers import Call
from ._connection import Connection, Timeout
from .errors import ClientClosedError

Token: TypeAlias = str | Callable[[], str]
Sleep: TypeAlias = Callable[[float], None]
wait: Sleep = time.sleep


class Sender:
    """Sends what an operation asks for until there is an answer, or no sense in asking again."""

    def __init__(self, connection: Connection, http: httpx.Client, owned: bool, token: Token, sleep: Sleep) -> None:
        self.connection = connection
        self._http = http
        self._owned = owned
        self._closed = False
        # A closure: no repr, log or list of attributes shows the token.
        self._token: Callable[[], str] = token if callable(token) else lambda: token
        self._sleep = sleep

    def __str__(self) -> str:
        return f"{self.connection.base_url!r}{', closed' if self._closed else ''}"

    def refuse_if_closed(self) -> None:
        """Raise ClientClosedError if the client, or the httpx client that it was given, is closed."""
        if self._closed or self._http.is_closed:
            raise ClientClosedError(f"cannot use the client of {self}: create another one.")

    def close(self) -> None:
        """Close the pool of connections, unless it belongs to somebody else."""
        self._closed = True
        if self._owned:
            self._http.close()

    def send(self, call: Call[Any], timeout: Timeout | None) -> httpx.Response:
        """The answer to a call if it is a success; raises the error of the last attempt otherwise."""
        attempt = 0
        while True:
            self.refuse_if_closed()
            token = self._token()
            request = self.connection.request(self._http, call, token, timeout)
            try:
                response = self._http.send(request, follow_redirects=False)
            except httpx.HTTPError as cause:
                error, pause = self.connection.lost(call, attempt, request, cause, token)
            except RuntimeError:
                self.refuse_if_closed()  # another thread closed it meanwhile
                raise
            else:
                if self.connection.accepts(call, response):
                    return response
                error, pause = self.connection.refused(call, attempt, response, token)
            if pause is None:
                raise error
            self._sleep(pause)
            attempt += 1
