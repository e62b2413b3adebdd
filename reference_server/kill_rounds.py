"""Kills the server in the middle of concurrent updates, again and again, and counts what it acknowledged and lost.

Run it with `python -m reference_server.kill_rounds [--rounds N] [--database URL] [--folder FOLDER]`.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

READY = "listening on "
OUTCOMES = (1, 2, 10, 13, 14, 16, 20, 21)
HEADERS = {"Authorization": "Bearer editor-token"}
FEWEST_ACKNOWLEDGEMENTS = 10
LONGEST_PAUSE = 0.3


@dataclass
class Writer:
    """Writes growing numbers into one outcome. `sent` may or may not have arrived, `acknowledged` must have."""

    outcome: int
    sent: int = 0
    acknowledged: int = 0
    acknowledgements: int = 0

    def write_until_refused(self, url: str) -> None:
        with httpx.Client(base_url=url, headers=HEADERS, timeout=5) as client:
            while True:
                self.sent += 1
                try:
                    answer = client.put(f"/api/v1/outcomes/{self.outcome}", json={"vendor_guid": str(self.sent)})
                except httpx.HTTPError:
                    return
                answer.raise_for_status()
                self.acknowledged = self.sent
                self.acknowledgements += 1

    def is_lost(self, url: str) -> bool:
        """Whether the database holds less than was acknowledged, or something that was never sent."""
        answer = httpx.get(f"{url}/api/v1/outcomes/{self.outcome}", headers=HEADERS)
        answer.raise_for_status()
        stored = int(answer.json()["vendor_guid"] or 0) if self.acknowledged else self.acknowledged
        return not self.acknowledged <= stored <= self.sent


def kill_rounds(database: str, folder: Path, rounds: int) -> tuple[int, int]:
    """(acknowledged, lost). Raises RuntimeError when the server does not start on what a kill left behind."""
    writers = [Writer(outcome) for outcome in OUTCOMES]
    lost = 0
    for _ in range(rounds):
        process, url = _start(database, folder)
        lost += sum(writer.is_lost(url) for writer in writers)
        threads = [threading.Thread(target=writer.write_until_refused, args=[url]) for writer in writers]
        for thread in threads:
            thread.start()
        _wait_for_acknowledgements(writers)
        time.sleep(random.uniform(0, LONGEST_PAUSE))
        _kill(process)
        for thread in threads:
            thread.join()
    process, url = _start(database, folder)
    lost += sum(writer.is_lost(url) for writer in writers)
    _kill(process)
    return sum(writer.acknowledgements for writer in writers), lost


def _wait_for_acknowledgements(writers: list[Writer]) -> None:
    wanted = sum(writer.acknowledgements for writer in writers) + FEWEST_ACKNOWLEDGEMENTS
    while sum(writer.acknowledgements for writer in writers) < wanted:
        time.sleep(0.001)


def _start(database: str, folder: Path) -> "tuple[subprocess.Popen[str], str]":
    command = [sys.executable, "-m", "reference_server", "serve", "--port", "0", "--database", database]
    with (folder / "log").open("a") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line.startswith(READY):
        raise RuntimeError(f"Cannot start the server on {database} after a kill: see {folder / 'log'}.")
    return process, line.removeprefix(READY).strip()


def _kill(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m reference_server.kill_rounds", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--database", help="an empty database; an SQLite file of its own when left out")
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        database = options.database or f"sqlite:///{folder / 'kill.sqlite'}"
        acknowledged, lost = kill_rounds(database, folder, options.rounds)
    print(f"{options.rounds} rounds, {acknowledged} updates acknowledged, {lost} lost")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
