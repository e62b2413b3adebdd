"""Kill the server, or its PostgreSQL, during concurrent updates, and count acknowledged and lost updates."""

import argparse
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx2

from reference_server.tests.postgresql import PostgreSQL, running_postgresql
from reference_server.tests.server_process import new_client, started

OUTCOMES = (1, 2, 10, 13, 14, 16, 20, 21)
HEADERS = {"Authorization": "Bearer editor-token"}
FEWEST_ACKNOWLEDGEMENTS = 10
LONGEST_PAUSE = 0.3
VICTIMS = ["server-on-sqlite", "server-on-postgresql", "postgresql"]


class Victim(Protocol):
    """A process to kill. `start` returns the base URL of a server that accepts requests."""

    def start(self) -> str: ...

    def kill(self) -> None: ...


class KilledServer:
    """The server as the process to kill."""

    def __init__(self, database: str, folder: Path) -> None:
        self._database, self._folder = database, folder
        self._running = ExitStack()

    def start(self) -> str:
        self._server = self._running.enter_context(started(self._database, self._folder))
        return self._server.url

    def kill(self) -> None:
        self._server.process.kill()
        self._running.close()


class KilledPostgreSQL:
    """PostgreSQL as the process to kill; its server keeps running."""

    def __init__(self, postgresql: PostgreSQL, url: str) -> None:
        self._postgresql, self._url = postgresql, url
        self.kill = postgresql.kill

    def start(self) -> str:
        self._postgresql.start()
        return self._url


@dataclass
class Writer:
    """A client that writes increasing numbers to one outcome. `acknowledged` must be stored, `sent` may be."""

    outcome: int
    killing: threading.Event = field(default_factory=threading.Event)
    sent: int = 0
    acknowledged: int = 0
    acknowledgements: int = 0

    def write_until_killed(self, url: str) -> None:
        with new_client(url, headers=HEADERS) as client:
            while self._is_acknowledged(client):
                self.acknowledged = self.sent
                self.acknowledgements += 1

    def _is_acknowledged(self, client: httpx2.Client) -> bool:
        self.sent += 1
        try:
            client.put(f"/api/v1/outcomes/{self.outcome}", json={"vendor_guid": str(self.sent)}).raise_for_status()
        except httpx2.HTTPError:
            if not self.killing.is_set():
                raise
            return False
        return True

    def is_lost(self, client: httpx2.Client) -> bool:
        """Return whether the database holds less than was acknowledged, or a number that was not sent."""
        response = client.get(f"/api/v1/outcomes/{self.outcome}").raise_for_status()
        stored = int(response.json()["vendor_guid"] or 0) if self.acknowledged else self.acknowledged
        return not self.acknowledged <= stored <= self.sent


def kill_rounds(victim: Victim, rounds: int) -> tuple[int, int]:
    """Kill and restart `rounds` times during updates, and return the numbers of acknowledged and of lost updates."""
    killing = threading.Event()
    writers = [Writer(outcome, killing) for outcome in OUTCOMES]
    lost = 0
    url = victim.start()
    for _ in range(rounds):
        killing.clear()
        with ThreadPoolExecutor(len(writers)) as pool:
            writing = [pool.submit(writer.write_until_killed, url) for writer in writers]
            _wait_for_acknowledgements(writers, writing)
            time.sleep(random.uniform(0, LONGEST_PAUSE))
            killing.set()
            victim.kill()
        for done in writing:
            done.result()
        url = victim.start()
        with new_client(url, headers=HEADERS) as client:
            lost += sum(writer.is_lost(client) for writer in writers)
    return sum(writer.acknowledgements for writer in writers), lost


def _wait_for_acknowledgements(writers: list[Writer], writing: list[Future[None]]) -> None:
    enough = sum(writer.acknowledgements for writer in writers) + FEWEST_ACKNOWLEDGEMENTS
    while sum(writer.acknowledgements for writer in writers) < enough and not any(done.done() for done in writing):
        time.sleep(0.001)


@contextmanager
def killed_server(database: str, folder: Path) -> Iterator[Victim]:
    victim = KilledServer(database, folder)
    yield victim
    victim.kill()


@contextmanager
def running_victim(name: str, folder: Path) -> Iterator[Victim]:
    if name == "server-on-sqlite":
        with killed_server(f"sqlite:///{folder / 'outcomes.sqlite'}", folder) as victim:
            yield victim
        return
    with running_postgresql() as postgresql:
        database = postgresql.new_database()
        if name == "server-on-postgresql":
            with killed_server(database, folder) as victim:
                yield victim
        else:
            with started(database, folder) as server:
                yield KilledPostgreSQL(postgresql, server.url)


def main(arguments: list[str] | None = None) -> int:
    """Return exit code 0 if no update was lost, 1 if one was or the server does not restart."""
    parser = argparse.ArgumentParser(prog="endurance kills", description=__doc__)
    # Python 3.11 refuses the default of a positional argument that has choices.
    parser.add_argument(
        "--only",
        choices=VICTIMS,
        action="append",
        metavar="VICTIM",
        help=f"of {', '.join(VICTIMS)} (all)",
    )
    parser.add_argument("--rounds", type=int, default=200, metavar="N", help="number of kills (200)")
    options = parser.parse_args(arguments)
    failed = False
    for name in options.only or VICTIMS:
        with tempfile.TemporaryDirectory() as folder, running_victim(name, Path(folder)) as victim:
            try:
                acknowledged, lost = kill_rounds(victim, options.rounds)
            except AssertionError as error:
                print(f"{name}: Cannot restart the server after a kill: {error}")
                return 1
        failed |= lost > 0
        print(f"{name}: {options.rounds} rounds, {acknowledged} updates acknowledged, {lost} lost", flush=True)
    return int(failed)
