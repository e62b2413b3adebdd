"""Run database work in the event loop's thread, in a thread pool, or in batches of one writer thread."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import cached_property
from queue import SimpleQueue
from time import monotonic
from typing import Any, Protocol, TypeVar

from canvas_outcomes_server.storage.session import Session

Result = TypeVar("Result")
LARGEST_BATCH = 64
SECONDS_TO_CLOSE = 1


class Runner(Protocol):
    def run(self, work: Callable[..., Result], *arguments: Any) -> Awaitable[Result]: ...

    def close(self) -> None: ...


class _OneSession:
    def __init__(self, session: Session) -> None:
        self._session = session

    def close(self) -> None:
        self._session.close()


class SameThread(_OneSession):
    async def run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        return work(self._session, *arguments)


@dataclass(slots=True)
class _Waiting:
    """Queued work and its result."""

    future: "asyncio.Future[Any]"
    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    result: Any = None
    problem: Exception | None = None

    def run(self, session: Callable[[], Session]) -> None:
        # A stop of the server cancels requests that wait for a lock. Their updates must not be made later.
        if self.future.cancelled():
            return
        try:
            self.result, self.problem = self.work(session(), *self.arguments), None
        except Exception as problem:
            self.problem = problem

    def resolve(self) -> None:
        if self.future.done():
            return
        if self.problem is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.problem)

    def resolve_in_loop(self) -> None:
        with suppress(RuntimeError):  # The loop has ended.
            self.future.get_loop().call_soon_threadsafe(self.resolve)


def _run_batch(batch: list[_Waiting], session: Session, transaction: AbstractContextManager[None]) -> None:
    try:
        with transaction:
            for item in batch:
                item.run(lambda: session)
    except Exception as problem:
        for item in batch:
            item.problem = problem


class Snapshots(_OneSession):
    """Runs reads that wait at the same time in one read transaction.

    A lock costs far more than a turn of the event loop, so a batch grows for as long as each turn adds reads, up to
    LARGEST_BATCH.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._waiting: list[_Waiting] = []

    # asyncio.get_running_loop() is a system call in Python 3.11.
    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    def run(self, work: Callable[..., Result], *arguments: Any) -> Awaitable[Result]:
        if not self._waiting:
            self._loop.call_soon(self._read_when_complete, 0)
        waiting = _Waiting(self._loop.create_future(), work, arguments)
        self._waiting.append(waiting)
        return waiting.future

    def _read_when_complete(self, before: int) -> None:
        if before < len(self._waiting) < LARGEST_BATCH:
            self._loop.call_soon(self._read_when_complete, len(self._waiting))
        else:
            self._read()

    def _read(self) -> None:
        batch, self._waiting = self._waiting, []
        _run_batch(batch, self._session, self._session.snapshot())
        for item in batch:
            item.resolve()


class _Queued:
    """Threads that take work from a queue. They are daemons, so that one that waits for a lock cannot delay a stop."""

    def __init__(self, open_session: Callable[[], Session], number: int) -> None:
        self._open = open_session
        self._waiting: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(number)]
        for thread in self._threads:
            thread.start()

    async def run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        waiting = _Waiting(asyncio.get_running_loop().create_future(), work, arguments)
        self._waiting.put(waiting)
        result: Result = await waiting.future
        return result

    def _work(self) -> None:
        """Do the work of the queue until None."""
        raise NotImplementedError

    def close(self) -> None:
        for _ in self._threads:
            self._waiting.put(None)
        until = monotonic() + SECONDS_TO_CLOSE
        for thread in self._threads:
            thread.join(max(0, until - monotonic()))


class Threads(_Queued):
    """Threads with a session each. A session that the database closed is replaced without failing a request."""

    def _work(self) -> None:
        session: Session | None = None

        def usable() -> Session:
            nonlocal session
            if session is None or session.is_closed:
                session = self._open()
            return session

        while (item := self._waiting.get()) is not None:
            item.run(usable)
            # After a restart of the database the next statement fails. If it is the first of this work, nothing has
            # been changed, and the work can be repeated.
            if item.problem is not None and session is not None and session.is_closed and session.queries <= 1:
                item.run(usable)
            item.resolve_in_loop()
        if session is not None:
            session.close()


class Batches(_Queued):
    """Runs queued writes in one thread, batched into transactions because a commit waits for the disk."""

    def __init__(self, open_session: Callable[[], Session]) -> None:
        self._session = open_session()
        super().__init__(open_session, 1)

    def _work(self) -> None:
        session, closed = self._session, False
        while not closed:
            items = [self._waiting.get()]
            while not self._waiting.empty() and len(items) < LARGEST_BATCH:
                items.append(self._waiting.get())
            closed = None in items
            batch = [item for item in items if item is not None]
            _run_batch(batch, session, session.transaction())
            for item in batch:
                item.resolve_in_loop()
        session.close()
