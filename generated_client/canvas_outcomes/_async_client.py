# Written by `tox -e regenerate` from openapi.yaml. Edit that or scripts/templates, never this file.
"""The asynchronous client. One file, which what it says about its operations makes long."""

import ssl
from collections.abc import Callable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any, Literal, NoReturn

import httpx

from . import _operations
from ._answers import RawResponse, read
from ._async_sender import AsyncSender, Sleep, Token, wait
from ._connection import DEFAULT_TIMEOUT, Connection, RateLimit, Timeout, headers_to_send
from ._retries import Retries
from .errors import InvalidRequestError
from .models import (
    Outcome,
    OutcomeAlignment,
    OutcomeUpdate,
)


class AsyncClient:
    """The operations of the Canvas LMS Outcomes API.

    Their source is https://developerdocs.instructure.com/services/canvas/resources/outcomes.

    One client keeps one pool of connections, and may be shared by tasks. Close it, or use it as a context manager.

    Args:
        base_url: The address of the provider, with the prefix of its paths if it has one.
        token: An access token, or a callable that returns one; it is called for each request that is sent.
        timeout: Seconds, or an httpx.Timeout. If left out: 10 s to connect and 30 s for anything else, or what
            http_client has.
        retries: When a request is sent again.
        sleep: What waits between two attempts.
        headers: Headers to send with each request.
        transport, proxy, http2, verify, limits, event_hooks, trust_env: As in httpx.AsyncClient.
        http_client: A ready httpx.AsyncClient instead of these; it is left open when the client is closed.

    Raises:
        InvalidRequestError: The base URL cannot be used, or http_client is combined with what it replaces.
    """

    def __init__(
        self,
        base_url: str,
        *,
        token: Token,
        timeout: Timeout | None = None,
        retries: Retries = Retries(),  # noqa: B008 (immutable)
        sleep: Sleep = wait,
        headers: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        proxy: str | httpx.Proxy | None = None,
        http2: bool = False,
        verify: ssl.SSLContext | str | bool = True,
        limits: httpx.Limits | None = None,
        event_hooks: Mapping[str, list[Callable[..., Any]]] | None = None,
        trust_env: bool = True,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        if not isinstance(http_client, httpx.AsyncClient | None):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidRequestError(f"cannot use {http_client!r}: an httpx.AsyncClient is needed.")
        owned = http_client is None
        sent = headers_to_send(headers, http_client.headers if http_client else None)
        connection = Connection(base_url, timeout, None if owned else sent, retries)
        if http_client is None:
            http_client = httpx.AsyncClient(
                headers=sent,
                # A cookie would carry the session of one token into the requests of another.
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                timeout=DEFAULT_TIMEOUT,
                transport=transport,
                proxy=proxy,
                http2=http2,
                verify=verify,
                limits=limits or httpx.Limits(max_connections=100, max_keepalive_connections=20),
                event_hooks=event_hooks,
                trust_env=trust_env,
            )
        elif transport or proxy or http2 or verify is not True or limits or event_hooks:
            raise InvalidRequestError("cannot combine http_client with what it replaces. Configure the httpx client.")
        self._sender = AsyncSender(connection, http_client, owned, token, sleep)

    async def get_outcome(
        self, id: int | str, *, add_defaults: bool | None = None, timeout: Timeout | None = None
    ) -> Outcome:
        """Show an outcome.

        Returns the details of the outcome with the given id. Deleted and archived outcomes are not found; retired
        ones are.

        Args:
            id: The id of the outcome.
            add_defaults: If true, each rating in the answer carries whether it is the level of mastery, and its
                default color. Has no effect where account level mastery scales are enabled. Nothing is
                stored.
            timeout: Seconds, or an httpx.Timeout, for this call; None for that of the client.

        Raises:
            BadRequestError: The request cannot be read.
            UnauthorizedError: There is no token, or the token is unknown, expired, revoked or lacks the scope of the
                operation.
            ForbiddenError: The requester may not read the outcome, or is throttled.
            NotFoundError: There is no such outcome, or it is deleted or archived.
            RateLimitedError: The requester sent too many requests.
            ServerError: The provider failed.
            InvalidRequestError: An argument cannot be sent. Nothing was.
            DecodeError: The answer is a success that cannot be read.
            TransportError: No answer came.

        Scope of a token that is restricted: `url:GET|/api/v1/outcomes/:id`
        """
        call = _operations.get_outcome(id, add_defaults=add_defaults)
        return read(call, await self._sender.send(call, timeout))

    async def update_outcome(
        self,
        id: int | str,
        body: OutcomeUpdate,
        *,
        add_defaults: bool | None = None,
        encoding: Literal["json", "form", "multipart"] = "json",
        timeout: Timeout | None = None,
    ) -> Outcome:
        """Update an outcome.

        Modifies an existing outcome. Fields not provided are left as they are; unrecognized fields are ignored. New
        ratings replace all ratings of the outcome together; a single rating cannot be changed.

        Fields may be sent as JSON, as a form, as a multipart form or in the query string; a field in the query string
        wins over the same field in the body. A provider changes all fields of a request or none.

        Args:
            id: The id of the outcome.
            body: The fields to change.
            add_defaults: If true, each rating in the answer carries whether it is the level of mastery, and its
                default color. Has no effect where account level mastery scales are enabled. Nothing is
                stored.
            encoding: How the body is sent. A form can say neither null nor an empty list.
            timeout: Seconds, or an httpx.Timeout, for this call; None for that of the client.

        Raises:
            BadRequestError: The request cannot be read, or a value in it cannot be stored. Nothing was changed.
            UnauthorizedError: There is no token, or the token is unknown, expired, revoked or lacks the scope of the
                operation.
            ForbiddenError: The requester may not update the outcome, account level mastery scales do not allow the
                change, or the requester is throttled. Nothing was changed.
            NotFoundError: There is no such outcome, or it is deleted or archived.
            ContentTooLargeError: The body is larger than the provider reads. Nothing was changed.
            RateLimitedError: The requester sent too many requests.
            ServerError: The provider failed.
            InvalidRequestError: An argument cannot be sent. Nothing was.
            DecodeError: The answer is a success that cannot be read.
            TransportError: No answer came.

        Scope of a token that is restricted: `url:PUT|/api/v1/outcomes/:id`
        """
        call = _operations.update_outcome(id, body, add_defaults=add_defaults, encoding=encoding)
        return read(call, await self._sender.send(call, timeout))

    async def list_outcome_alignments(
        self,
        course_id: int | str,
        *,
        student_id: int | str | None = None,
        assignment_id: int | str | None = None,
        timeout: Timeout | None = None,
    ) -> list[OutcomeAlignment]:
        """List the outcome alignments of a student or an assignment in a course.

        Returns outcome alignments for a student or an assignment in a course. At least one of `student_id` and
        `assignment_id` must be sent. The answer is not paginated.

        With `student_id`: the alignments of what the student has a submission for: assignments, classic quizzes and
        live assessments; `assignment_id` narrows them to one assignment. Needs the right to read that student's
        grades.

        With `assignment_id` alone: every direct alignment of that assignment. Needs the permission `manage_grades` or
        `view_all_grades` in the course.

        Args:
            course_id: The id of the course.
            student_id: The id of the student. Returns the alignments of the student's submissions.
            assignment_id: The id of the assignment. Without student_id: every alignment of the assignment. With
                student_id: only the student's alignments of this assignment.
            timeout: Seconds, or an httpx.Timeout, for this call; None for that of the client.

        Raises:
            BadRequestError: Neither student_id nor assignment_id is usable, the student is not in the course, or the
                request cannot be read.
            UnauthorizedError: As for the other operations, or the requester may not see the grades of everybody in
                the course.
            ForbiddenError: The requester may not see the grades of the student, or is throttled.
            NotFoundError: There is no such course, student or assignment, or the assignment is not in the course.
            RateLimitedError: The requester sent too many requests.
            ServerError: The provider failed.
            InvalidRequestError: An argument cannot be sent. Nothing was.
            DecodeError: The answer is a success that cannot be read.
            TransportError: No answer came.

        Scope of a token that is restricted: `url:GET|/api/v1/courses/:course_id/outcome_alignments`
        """
        call = _operations.list_outcome_alignments(course_id, student_id=student_id, assignment_id=assignment_id)
        return read(call, await self._sender.send(call, timeout))

    @property
    def with_raw_response(self) -> "AsyncRawClient":
        """The same operations, each answering a RawResponse: the model and the httpx.Response it was read from."""
        return AsyncRawClient(self._sender)

    @property
    def rate_limit(self) -> RateLimit | None:
        """What the last answer said about the quota of the token; None before the first one."""
        return self._sender.connection.rate_limit

    async def aclose(self) -> None:
        """Close the pool of connections. Closing twice is fine; any other call raises ClientClosedError."""
        await self._sender.close()

    async def __aenter__(self) -> "AsyncClient":
        self._sender.refuse_if_closed()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._sender})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"cannot pickle or copy {self!r}: it holds a token and open connections. Create another one.")


class AsyncRawClient:
    """The operations of AsyncClient, each answering a RawResponse."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    async def get_outcome(
        self, id: int | str, *, add_defaults: bool | None = None, timeout: Timeout | None = None
    ) -> RawResponse[Outcome]:
        """Show an outcome. As AsyncClient.get_outcome."""
        call = _operations.get_outcome(id, add_defaults=add_defaults)
        response = await self._sender.send(call, timeout)
        return RawResponse(read(call, response), response)

    async def update_outcome(
        self,
        id: int | str,
        body: OutcomeUpdate,
        *,
        add_defaults: bool | None = None,
        encoding: Literal["json", "form", "multipart"] = "json",
        timeout: Timeout | None = None,
    ) -> RawResponse[Outcome]:
        """Update an outcome. As AsyncClient.update_outcome."""
        call = _operations.update_outcome(id, body, add_defaults=add_defaults, encoding=encoding)
        response = await self._sender.send(call, timeout)
        return RawResponse(read(call, response), response)

    async def list_outcome_alignments(
        self,
        course_id: int | str,
        *,
        student_id: int | str | None = None,
        assignment_id: int | str | None = None,
        timeout: Timeout | None = None,
    ) -> RawResponse[list[OutcomeAlignment]]:
        """List the outcome alignments of a student or an assignment in a course. As AsyncClient.list_outcome_alignments."""
        call = _operations.list_outcome_alignments(course_id, student_id=student_id, assignment_id=assignment_id)
        response = await self._sender.send(call, timeout)
        return RawResponse(read(call, response), response)
