"""The judges of a mutant: the checks of the client; the checks of a provider, then the tests of the server itself.

Every judge gets a copy of the package, in which one file is mutated, in a folder of its own; nothing has imported the
package before. The first test that fails is enough.
"""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout, suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from select import select

import pytest

from contract_tests.embedded import READY
from contract_tests.errors import CannotTell
from contract_tests.mutants.client.judge import load_plugins, warm_up
from contract_tests.mutants.judge import PLAIN, take_no_time_to_shrink
from contract_tests.provider_under_test import certificates
from contract_tests.run import RUN
from scripts.mutation.forks import FirstRed, Kills, Verdict, in_forks
from scripts.mutation.population import CONTROL, PACKAGES, ROOT, Mutant

CHECKS = ROOT / "contract_tests"
OPTIONS = (*PLAIN, "--seed", "1", "--effort", "quick")
BROKEN = (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED)
SECONDS_TO_START = 20
# What every server imports: it is there already when a mutant is forked.
OF_THE_SERVER = """
    httptools msgspec nh3 platformdirs psycopg python_multipart sqlalchemy.dialects.sqlite starlette.applications
    uvicorn.protocols.http.httptools_impl uvicorn.supervisors uvloop yaml
"""
FOR_EACH_DATABASE = ("database.py", "preparation.py", "runners.py", "session.py")
Say = Callable[[Verdict], None]


def judge_clients(mutants: Sequence[Mutant], at_once: int, say: Say) -> None:
    """By the checks of the client."""
    warm_up()
    kills = Kills()

    def judge(mutant: Mutant, folder: Path) -> str:
        _write("client", mutant, folder)
        sys.path.insert(0, str(folder))
        os.environ["PYTHONPATH"] = str(folder)  # a check may start a Python of its own
        return _run([str(CHECKS / "client"), *OPTIONS, "--report", str(folder / "report")], FirstRed(mutant, kills))

    _judged(mutants, at_once, judge, kills, say)


def judge_providers(mutants: Sequence[Mutant], at_once: int, say: Say, folder: Path) -> None:
    """By the checks of a provider, which are collected once. Raises CannotTell when they are not."""
    _import(OF_THE_SERVER.split())
    certificates()  # takes longer than most checks
    session = _Collected(mutants, at_once, say)
    with (folder / "output").open("w") as output, redirect_stdout(output):
        quietly = (*OPTIONS, "-vv", "--report", str(folder))  # only a run that says little shows its progress
        pytest.main([str(CHECKS / "provider"), *quietly], plugins=[session])
    if session.problem:
        raise CannotTell(f"Cannot judge by the checks of a provider: {session.problem}")


class _Collected:
    """A plugin of pytest that judges mutants instead of running the checks once."""

    def __init__(self, mutants: Sequence[Mutant], at_once: int, say: Say) -> None:
        self._mutants, self._at_once, self._say = mutants, at_once, say
        self.problem = "they could not be collected, or the run was ended"

    def pytest_configure(self) -> None:
        take_no_time_to_shrink()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """True says that nothing is left to do."""
        session.items.sort(key=lambda item: item.path.name == "test_schema.py")  # those take longest
        kills = Kills()

        def judge(mutant: Mutant, folder: Path) -> str:
            session.config.pluginmanager.unregister(self)
            return _judge_provider(session, FirstRed(mutant, kills), folder)

        try:
            _judged(self._mutants, self._at_once, judge, kills, self._say)
            self.problem = ""
        except CannotTell as problem:  # pytest would call it an error of its own
            self.problem = str(problem)
        return True


def _judge_provider(session: pytest.Session, red: FirstRed, folder: Path) -> str:
    _write("server", red.mutant, folder)
    url = _served(folder)
    if url is None:
        return "the server does not start"
    run = session.config.stash[RUN]
    run.target = replace(run.target, base_url=url)
    red.session = session
    red.kills.sort(session.items, red.mutant.mutation.module)
    session.config.pluginmanager.register(red)
    with suppress(session.Failed):  # one check was enough
        session.config.hook.pytest_runtestloop(session=session)
    return red.name


def _served(folder: Path) -> str | None:
    """The base URL of the mutated server, in a fork of this process; None when it does not start."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        try:
            sys.stdout = os.fdopen(writing, "w")
            sys.path.insert(0, str(folder))
            command = import_module("reference_server.__main__").main
            command(["serve", "--port", "0", "--database", f"sqlite:///{folder / 'outcomes.sqlite'}"])
        finally:
            os._exit(1)
    os.close(writing)
    said = os.read(reading, 1000).decode() if select([reading], [], [], SECONDS_TO_START)[0] else ""
    return said.removeprefix(READY).strip() if said.startswith(READY) else None


def judge_servers(mutants: Sequence[Mutant], at_once: int, say: Say) -> None:
    """By the tests of the server itself: on SQLite, and on PostgreSQL where a module handles them apart."""
    _import(OF_THE_SERVER.split())
    load_plugins()
    kills = Kills()

    def judge(mutant: Mutant, folder: Path) -> str:
        for name in ("pyproject.toml", "openapi.yaml"):
            shutil.copy(ROOT / name, folder)
        _write("server", mutant, folder)
        os.chdir(folder)
        sys.path[:] = [str(folder), *(path for path in sys.path if Path(path).resolve() != ROOT)]
        tests = str(folder / PACKAGES["server"].name / "tests")
        databases = [] if mutant.mutation.module in FOR_EACH_DATABASE else ["-k", "not postgresql"]
        return _run([tests, *PLAIN, *databases], FirstRed(mutant, kills))

    _judged(mutants, at_once, judge, kills, say)


def _write(room: str, mutant: Mutant, folder: Path) -> None:
    package = folder / PACKAGES[room].name
    shutil.copytree(PACKAGES[room], package, ignore=shutil.ignore_patterns("__pycache__"))
    if mutant is not CONTROL:
        (package / mutant.mutation.module).write_text(mutant.text(), encoding="utf-8")


def _run(arguments: list[str], red: FirstRed) -> str:
    code = pytest.main(arguments, plugins=[red, _Quick()])
    return red.name or (f"pytest ended with {code}" if code in BROKEN else "")


class _Quick:
    def pytest_configure(self) -> None:
        take_no_time_to_shrink()


def _judged(
    mutants: Sequence[Mutant], at_once: int, judge: Callable[[Mutant, Path], str], kills: Kills, say: Say
) -> None:
    """Judge them, and at last the package as it is by all tests that have killed something: they have to pass."""

    def learn(verdict: Verdict) -> None:
        if verdict.mutant is CONTROL and verdict.killed_by:
            raise CannotTell(f"Cannot judge mutants: without any, too, {verdict.killed_by} fails. Mend it first.")
        if verdict.mutant is not CONTROL:
            kills.add(verdict)
            say(verdict)

    if mutants:
        in_forks(mutants, at_once, judge, learn)
        in_forks([CONTROL], 1, judge, learn)


def _import(names: Sequence[str]) -> None:
    for name in names:
        import_module(name)
