"""The command `canvas-outcomes-contract load`: Locust's users call the generated client and check every response.

Exit codes: 0 every response keeps the contract, 1 one violates it, 2 could not tell. The run restores what its
users update. To use several machines, start one run with --remote-workers N, and start each of the others with
--join HOST:PORT and the same target.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.pace import LOOPBACK, Pace
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.restore import Restorer
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET, Target, load_target
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.connection.transport import require_reachable
from canvas_outcomes_contract.connection.updatable_record import known_record
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell, in_one_sentence
from canvas_outcomes_contract.contract.escaping import on_one_line
from canvas_outcomes_contract.contract.redaction import Output
from canvas_outcomes_contract.load.calls import reads, writes
from canvas_outcomes_contract.load.locust_processes import Locust
from canvas_outcomes_contract.load.report import REPORT, as_report, as_text, write
from canvas_outcomes_contract.report.files import remove_files
from canvas_outcomes_contract.report.results import EXIT_CODES


def main(arguments: list[str] | None = None) -> int:
    with Output() as output:
        return _main(arguments, output)


@in_one_sentence
def _main(arguments: list[str] | None, output: Output) -> int:
    options = _parser().parse_args(arguments)
    if not options.join:
        remove_files(options.report, REPORT)
    contract = Contract(contract_path())
    target = load_target(options.target, contract)
    output.redactor = target.redactor
    return _join(options, target) if options.join else _run(options, contract, target)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="canvas-outcomes-contract load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--target", type=Path, default=EMBEDDED_TARGET, help="the target file (the embedded reference server)")
    add("--users", type=int, default=20, metavar="N", help="concurrent users (20)")
    add("--seconds", type=int, default=60, metavar="N", help="the length of the run (60)")
    add("--workers", type=int, default=2, metavar="N", help="processes on this machine (2)")
    add("--report", type=Path, default=Path("report"), help="the folder for the report (report)")
    add("--remote-workers", type=int, default=0, metavar="N", help="processes on other machines (0)")
    add("--port", type=int, default=5557, help="the port on which this machine accepts remote workers (5557)")
    add("--join", metavar="HOST:PORT", help="run workers for the machine at this address")
    add("--load-host", metavar="HOST", help="allow to load this host, which is not this machine")
    add("--with-permission", action="store_true", help="the owner of --load-host agrees")
    return parser


def _run(options: argparse.Namespace, contract: Contract, target: Target) -> int:
    with _base_url(target, options) as base_url, _restored(target, base_url, contract) as notes:
        users = [*(write.user for write in writes(contract, target)), *(["Reader"] if reads(contract, target) else [])]
        if not users:
            raise CannotTell(f"Cannot load {base_url}: the target has the token and the resources of no operation.")
        if options.users < len(users):
            raise CannotTell(f"Cannot load with {options.users} users: {len(users)} are needed, one of each kind.")
        figures, problem = Locust(options.target, options.workers).run(base_url, users, options)
        notes.extend([problem] if problem else [])
    report = as_report(target, contract, figures, notes)
    write(options.report, report)
    print(as_text(report))
    print(f"report: {options.report / 'load.html'}")
    return EXIT_CODES[report["verdict"]]


def _join(options: argparse.Namespace, target: Target) -> int:
    if target.base_url is None:
        raise CannotTell(
            "Cannot join a run: the target has no base_url, and only one machine reaches an embedded server."
        )
    _require_permission(target.base_url, options)
    return Locust(options.target, options.workers).join(options.join)


@contextmanager
def _base_url(target: Target, options: argparse.Namespace) -> Iterator[str]:
    """Yield the base URL of the target or of an embedded server. Raises CannotTell for a host without permission."""
    if target.base_url is None:
        with reference_server("--no-access-log") as base_url:
            yield base_url
        return
    _require_permission(target.base_url, options)
    require_reachable(target, target.base_url)
    yield target.base_url


def _require_permission(base_url: str, options: argparse.Namespace) -> None:
    host = urlsplit(base_url).hostname
    if host not in LOOPBACK and not (options.load_host == host and options.with_permission):
        raise CannotTell(
            f"Cannot load {host}: it is not this machine, and a load run can stop a server that people use. "
            f"If its owner agrees, add --load-host {host} --with-permission."
        )


@contextmanager
def _restored(target: Target, base_url: str, contract: Contract) -> Iterator[list[str]]:
    """Restore what the users update after the block. Failures to restore are added to the yielded notes."""
    notes: list[str] = []
    if not target.writes or target.disposable:
        yield notes
        return
    provider = Provider(target, base_url, contract, Recorder(target), Pace(None, at_once=1))
    restorer = Restorer(provider, on_disk=target.base_url is not None)
    print(*map(on_one_line, restorer.restore_after_killed_runs()), sep="\n", end="")
    try:
        for path in {known_record(provider, write.access).path for write in writes(contract, target)}:
            restorer.before_write(path)
    except NotApplicable as reason:
        raise CannotTell(str(reason)) from None
    try:
        yield notes
    finally:
        notes.extend(restorer.restore())
        provider.close()
