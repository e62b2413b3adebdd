"""Run database work in the event loop's thread, in a thread pool, or in batches of one writer thread."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from queue import SimpleQueue
from typing import Any, Protocol, TypeVar

from canvas_outcomes_server.storage.session import Session

Result = TypeVar("Result")
LARGEST_BATCH = 64


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


class Threads:
    """Threads with a session each. A session that the database closed is replaced without failing a request."""

    def __init__(self, open_session: Callable[[], Session], number: int) -> None:
        self._open = open_session
        self._local = threading.local()
        self._sessions: list[Session] = []
        self._executor = ThreadPoolExecutor(number)

    async def run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._call, work, arguments)

    def _call(self, work: Callable[..., Result], arguments: tuple[Any, ...]) -> Result:
        session = self._session()
        try:
            return work(session, *arguments)
        except Exception:
            # After a restart of the database the next statement fails. If it is the first of this work, nothing has
            # been changed, and the work can be repeated.
            if not session.is_closed or session.queries > 1:
                raise
        return work(self._session(), *arguments)

    def _session(self) -> Session:
        session: Session | None = getattr(self._local, "session", None)
        if session is None or session.is_closed:
            session = self._local.session = self._open()
            self._sessions.append(session)
        return session

    def close(self) -> None:
        self._executor.shutdown()
        for session in self._sessions:
            session.close()


@dataclass(slots=True)
class _Waiting:
    """Queued work and its result."""

    future: "asyncio.Future[Any]"
    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    result: Any = None
    problem: Exception | None = None

    def run(self, session: Session) -> None:
        try:
            self.result = self.work(session, *self.arguments)
        except Exception as problem:
            self.problem = problem

    def resolve(self) -> None:
        if self.future.done():
            return
        if self.problem is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.problem)


def _run_batch(batch: list[_Waiting], session: Session, transaction: AbstractContextManager[None]) -> None:
    try:
        with transaction:
            for item in batch:
                item.run(session)
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


class Batches:
    """Runs queued writes in one thread, batched into transactions because a commit waits for the disk."""

    def __init__(self, open_session: Callable[[], Session]) -> None:
        self._waiting: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._write, args=[open_session()], daemon=True)
        self._thread.start()

    async def run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        waiting = _Waiting(asyncio.get_running_loop().create_future(), work, arguments)
        self._waiting.put(waiting)
        result: Result = await waiting.future
        return result

    def _write(self, session: Session) -> None:
        closed = False
        while not closed:
            items = [self._waiting.get()]
            while not self._waiting.empty() and len(items) < LARGEST_BATCH:
                items.append(self._waiting.get())
            closed = None in items
            self._do(session, [item for item in items if item is not None])
        session.close()

    def _do(self, session: Session, batch: list[_Waiting]) -> None:
        _run_batch(batch, session, session.transaction())
        for item in batch:
            item.future.get_loop().call_soon_threadsafe(item.resolve)

    def close(self) -> None:
        self._waiting.put(None)
        self._thread.join()
