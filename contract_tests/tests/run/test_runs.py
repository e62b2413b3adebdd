"""A contract run ends with a verdict, a report and an exit code, whatever happens on the way; long, as much can."""

import json
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

import canvas_outcomes_contract
from canvas_outcomes_contract.run.judge import pytest_arguments
from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.load.locust_processes import free_port
from contract_tests.mutants.provider import fault_named
from contract_tests.mutants.provider.faults import Fault, Provider, Request, Response
from contract_tests.mutants.provider.faulty_server import faulty_server

ROOT = Path(__file__).resolve().parents[3]
CHECKS = Path(canvas_outcomes_contract.__file__).parent / "checks"
DRAWN_CASES = str(CHECKS / "provider" / "test_schema.py")  # takes seconds to collect; left out where it does not matter
SEQUENCES = "update-outcome-follows-from-the-updates-before-it"
CONFORMS, VIOLATES, UNDECIDED = 0, 1, 2


def start(*arguments: str | Path, report: Path, folder: Path = ROOT) -> subprocess.Popen[str]:
    # A shell that starts the tests in the background lets them ignore interrupts, and what they start would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, "-m", "pytest", *pytest_arguments(CHECKS / "provider")]
    return subprocess.Popen(
        [*command, "--report", str(report), *map(str, arguments)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(*arguments: str | Path, report: Path, folder: Path = ROOT) -> tuple[int, str]:
    """The exit code of a contract run and what it printed."""
    process = start(*arguments, report=report, folder=folder)
    output, _ = process.communicate(timeout=300)
    return process.returncode, output


def read(report: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((report / "report.json").read_text())
    return document


def statuses(report: Path) -> dict[str, str]:
    return {clause["id"]: clause["status"] for clause in read(report)["clauses"]}


def target(folder: Path, **changes: Any) -> Path:
    """The embedded target with some of its keys changed."""
    path = folder / "target.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(EMBEDDED_TARGET.read_text()) | changes))
    return path


def until_checks_run(process: subprocess.Popen[str], module: str = "") -> None:
    assert process.stdout is not None
    next(line for line in process.stdout if re.match(rf" *[1-9]\d* %.*: {module}", line))


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with reference_server() as url:
        yield url


@pytest.fixture(scope="module")
def quick_run(tmp_path_factory: pytest.TempPathFactory, base_url: str) -> tuple[int, str, Path]:
    """A whole run, at quick effort, against a server that is already running at a URL."""
    folder = tmp_path_factory.mktemp("quick")
    code, output = run("--target", target(folder, base_url=base_url), "--effort", "quick", report=folder / "report")
    return code, output, folder / "report"


def test_a_right_server_conforms(quick_run: tuple[int, str, Path]) -> None:
    code, output, report = quick_run

    assert code == CONFORMS, output
    assert read(report)["verdict"] == "conforms"
    assert "verdict: conforms" in output


def test_every_clause_has_a_line_and_a_status(quick_run: tuple[int, str, Path]) -> None:
    _, output, report = quick_run
    clauses = Contract(contract_path()).clauses

    assert list(statuses(report)) == list(clauses)
    assert [clause for clause in clauses if not re.search(rf"^ ?{clause} ", output, re.MULTILINE)] == []
    assert f"clauses: {len(clauses)}:" in output


def test_no_clause_is_without_a_check(quick_run: tuple[int, str, Path]) -> None:
    _, output, report = quick_run

    assert read(report)["unchecked"] == []
    assert "without a check: 0" in output


def test_the_report_has_every_file_and_no_token(quick_run: tuple[int, str, Path]) -> None:
    _, output, report = quick_run
    tokens = yaml.safe_load(EMBEDDED_TARGET.read_text())["tokens"].values()

    written = {path.name: path.read_text() for path in report.iterdir()} | {"console": output}

    assert {"report.json", "report.html", "junit.xml", "traffic.har"} <= set(written)
    # Some tokens of the demo world are words of a clause's id.
    written = {name: without_clauses(text) for name, text in written.items()}
    assert [(name, token) for name, text in written.items() for token in tokens if token in text] == []


def without_clauses(text: str) -> str:
    return re.sub("|".join(Contract(contract_path()).clauses), "", text)


def test_the_run_says_where_the_time_went(quick_run: tuple[int, str, Path]) -> None:
    assert re.search(r"^time: [\d.]+ s: .*get_outcome [\d.]+", quick_run[1], re.MULTILINE)


def test_the_run_says_what_it_does_while_it_runs(quick_run: tuple[int, str, Path]) -> None:
    output = quick_run[1]
    shares = [
        int(share) for share in re.findall(r"^ *(\d+) %  \d+ of \d+ checks, \d+ requests: \w+$", output, re.MULTILINE)
    ]

    assert output.startswith("loading the checks\njudging Embedded reference server at http://127.0.0.1:")
    assert "\ncollecting the checks: " in output
    assert shares == sorted(shares)
    assert shares[-1] > shares[0]


def test_the_run_counts_what_each_phase_drew(quick_run: tuple[int, str, Path]) -> None:
    cases = read(quick_run[2])["cases"]

    assert all(cases[phase] > 0 for phase in ("examples", "coverage", "fuzzing", "stateful"))
    assert cases["requests"] == len(json.loads((quick_run[2] / "traffic.har").read_text())["log"]["entries"])


def test_the_outcome_is_put_back(quick_run: tuple[int, str, Path], base_url: str) -> None:
    entries = json.loads((quick_run[2] / "traffic.har").read_text())["log"]["entries"]
    id = yaml.safe_load(EMBEDDED_TARGET.read_text())["resources"]["editable_outcome"]
    seen = [
        entry["response"]["content"]["text"]
        for entry in entries
        if entry["request"]["url"] == f"{base_url}/api/v1/outcomes/{id}" and entry["response"]["status"] == 200
    ]

    first, last = json.loads(seen[0]), json.loads(seen[-1])
    assert first == last


def test_a_clause_can_be_judged_alone(tmp_path: Path, base_url: str) -> None:
    clause = "get-outcome-asks-for-a-token"

    code, output = run("--target", target(tmp_path, base_url=base_url), "--clause", clause, report=tmp_path)

    assert code == CONFORMS, output
    assert [id for id, status in statuses(tmp_path).items() if status == "passed"] == [clause]


class Liar(BaseHTTPRequestHandler):
    """A server that answers everything with an empty object."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_PUT = do_GET

    def log_message(self, format: str, *args: object) -> None: ...


@contextmanager
def serve(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The base URL of a server on a free port; it ends with the block."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def liar() -> Iterator[str]:
    with serve(Liar) as url:
        yield url


def test_a_wrong_server_violates_and_the_failure_can_be_repeated(tmp_path: Path, liar: str) -> None:
    clause = "get-outcome-refuses-a-missing-outcome"

    code, output = run("--target", target(tmp_path, base_url=liar), "--clause", clause, report=tmp_path)

    failed = next(entry for entry in read(tmp_path)["clauses"] if entry["id"] == clause)
    assert code == VIOLATES, output
    assert failed["status"] == "failed"
    assert "status=200" in failed["detail"]
    assert failed["reproduce"].startswith("curl -i -X GET")


class WrongOnce:
    """A fault of one update only, the hundredth: who sends the same again sees nothing."""

    def __init__(self) -> None:
        self.updates = 0

    def __call__(self, request: Request, provider: Provider) -> Response:
        self.updates += request.operation == "update_outcome"
        answer = provider(request)
        return answer.change_field("title", lambda title: f"{title}?") if self.updates == 100 else answer


@pytest.mark.parametrize(
    ("fault", "seed", "field"),
    [
        # It takes long to shrink.
        (fault_named("stores an empty string as null"), "3", "display_name"),
        # What was sent before the same steps has an effect on where they end.
        (fault_named("never changes vendor_guid again"), "4", "vendor_guid"),
        # Sent again, the same sequence passes, and draws more than before.
        (WrongOnce(), "1", "title"),
    ],
)
def test_a_sequence_that_fails_is_a_failure_and_no_error_of_hypothesis(
    tmp_path: Path, base_url: str, fault: Fault, seed: str, field: str
) -> None:
    with faulty_server(fault, base_url) as faulty:
        file = target(tmp_path, base_url=faulty.base_url)
        only = ("--clause", SEQUENCES, "-k", "test_sequences", "--ignore", DRAWN_CASES)
        code, _ = run("--target", file, *only, "--seed", seed, report=tmp_path)

    failed = next(entry for entry in read(tmp_path)["clauses"] if entry["id"] == SEQUENCES)
    assert (code, failed["status"]) == (VIOLATES, "failed"), failed["detail"]
    assert field in failed["detail"]


def test_a_missing_field_is_the_providers_fault(tmp_path: Path, liar: str) -> None:
    clause = "get-outcome-shows-the-requested-outcome"

    code, _ = run("--target", target(tmp_path, base_url=liar), "--clause", clause, report=tmp_path)

    assert (code, statuses(tmp_path)[clause]) == (VIOLATES, "failed")


def test_a_known_failure_is_reported_apart(tmp_path: Path, liar: str) -> None:
    clause = "get-outcome-refuses-a-missing-outcome"
    file = target(tmp_path, base_url=liar, known_failures={clause: "ticket 12"})

    code, output = run("--target", file, "--clause", clause, report=tmp_path)

    assert code == CONFORMS, output
    assert statuses(tmp_path)[clause] == "known_failure"


def test_a_known_failure_that_does_not_fail_is_an_error(tmp_path: Path, base_url: str) -> None:
    clause = "get-outcome-refuses-a-missing-outcome"
    file = target(tmp_path, base_url=base_url, known_failures={clause: "ticket 12"})

    code, output = run("--target", file, "--clause", clause, report=tmp_path)

    assert code == UNDECIDED, output
    assert "does not fail. Remove the entry." in output


def test_a_target_without_writes_is_not_written_to(tmp_path: Path, base_url: str) -> None:
    code, output = run(
        "--target",
        target(tmp_path, base_url=base_url, writes=False),
        "--effort",
        "quick",
        "--ignore",
        DRAWN_CASES,
        report=tmp_path,
    )

    methods = {
        entry["request"]["method"] for entry in json.loads((tmp_path / "traffic.har").read_text())["log"]["entries"]
    }
    assert code == CONFORMS, output
    assert methods == {"GET"}


def test_what_the_target_lacks_is_not_applicable_with_advice(tmp_path: Path, base_url: str) -> None:
    named = yaml.safe_load(EMBEDDED_TARGET.read_text())
    file = target(
        tmp_path,
        base_url=base_url,
        tokens={"editor": named["tokens"]["editor"]},
        resources={"editable_outcome": named["resources"]["editable_outcome"]},
    )

    code, output = run("--target", file, "--effort", "quick", report=tmp_path)

    lacking = [clause for clause in read(tmp_path)["clauses"] if clause["status"] == "not_applicable"]
    assert code == CONFORMS, output
    assert lacking
    assert [clause["id"] for clause in lacking if "Add " not in clause["detail"]] == []


def test_a_server_that_stops_in_the_middle_leaves_the_run_undecided(tmp_path: Path) -> None:
    with reference_server() as url:
        process = start("--target", target(tmp_path, base_url=url), "--ignore", DRAWN_CASES, report=tmp_path)
        until_checks_run(process)
    output, _ = process.communicate(timeout=120)

    assert process.returncode == UNDECIDED, output
    assert "nothing answers there" in output
    assert "verdict: undecided" in output
    assert "Traceback" not in output
    assert read(tmp_path)["verdict"] == "undecided"


def test_an_interrupted_run_is_undecided_and_puts_the_outcome_back(tmp_path: Path, base_url: str) -> None:
    process = start("--target", target(tmp_path, base_url=base_url), "--ignore", DRAWN_CASES, report=tmp_path)
    until_checks_run(process)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=120)

    entries = json.loads((tmp_path / "traffic.har").read_text())["log"]["entries"]
    assert process.returncode == UNDECIDED, rest
    assert read(tmp_path)["stopped"] == "The run was interrupted."
    assert "Traceback" not in rest
    assert entries[-1]["request"]["method"] == "GET", "the outcome is read again after it was put back"


def test_the_next_run_puts_back_what_a_killed_run_has_left(
    tmp_path: Path, base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    named = yaml.safe_load(EMBEDDED_TARGET.read_text())
    file, id, token = (
        target(tmp_path, base_url=base_url),
        named["resources"]["editable_outcome"],
        named["tokens"]["editor"],
    )
    url, headers = f"{base_url}/api/v1/outcomes/{id}", {"Authorization": f"Bearer {token}"}
    first = httpx.get(url, headers=headers).json()

    process = start("--target", file, "--ignore", DRAWN_CASES, report=tmp_path / "killed")
    wait_until(lambda: httpx.get(url, headers=headers).json()["title"] != first["title"])
    process.kill()
    process.communicate()
    left = httpx.get(url, headers=headers).json()
    code, output = run("--target", file, "--clause", "update-outcome-accepts-an-empty-update", report=tmp_path / "next")

    assert left != first
    assert code == CONFORMS, output
    assert httpx.get(url, headers=headers).json() == first
    assert list((tmp_path / "state").rglob("*.json")) == []


def test_a_clause_that_is_judged_alone_leaves_the_outcome_as_it_was(tmp_path: Path, base_url: str) -> None:
    named = yaml.safe_load(EMBEDDED_TARGET.read_text())
    url = f"{base_url}/api/v1/outcomes/{named['resources']['editable_outcome']}"
    headers = {"Authorization": f"Bearer {named['tokens']['editor']}"}
    first = httpx.get(url, headers=headers).json()

    code, output = run(
        "--target",
        target(tmp_path, base_url=base_url),
        "--clause",
        "update-outcome-answers-as-documented",
        "--effort",
        "quick",
        report=tmp_path,
    )

    assert code == CONFORMS, output
    assert httpx.get(url, headers=headers).json() == first


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come true"
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--target", "none.yaml"], "Cannot read the target none.yaml: No such file or directory."),
        (["--contract", "none.yaml"], "Cannot read the contract none.yaml: No such file or directory."),
        (["--clause", "no-such-clause"], "Cannot judge 'no-such-clause' (--clause): the contract has no such clause."),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(tmp_path: Path, arguments: list[str], said: str) -> None:
    code, output = run(*arguments, report=tmp_path)

    assert code == UNDECIDED
    assert said in output
    assert "Traceback" not in output


def test_a_server_that_is_not_there_is_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"

    code, output = run("--target", target(tmp_path, base_url=url), report=tmp_path)

    assert code == UNDECIDED
    assert f"Cannot judge {url}: nothing answers there." in output
    assert "Traceback" not in output


def bodies_sent(seed: str, report: Path, folder: Path = ROOT) -> list[str | None]:
    run("--seed", seed, "--effort", "quick", "--clause", SEQUENCES, report=report, folder=folder)
    entries = json.loads((report / "traffic.har").read_text())["log"]["entries"]
    return [entry["request"].get("postData", {}).get("text") for entry in entries]


def test_a_seed_draws_the_same_cases_in_every_folder_and_in_a_ci(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hypothesis draws other cases where it takes the source for local, which this name of a folder prevents.

    Where it sees a CI it draws the same for every seed, unless told otherwise.
    """
    elsewhere = tmp_path / "tests"
    for part in ("contract_tests", "reference_server"):
        shutil.copytree(ROOT / part, elsewhere / part)
    for file in ("openapi.yaml", "pyproject.toml"):
        shutil.copy(ROOT / file, elsewhere)

    monkeypatch.delenv("CI", raising=False)
    here = bodies_sent("7", tmp_path / "here")
    there = bodies_sent("7", tmp_path / "there", folder=elsewhere)
    monkeypatch.setenv("CI", "true")
    in_ci = bodies_sent("7", tmp_path / "in CI")
    other_seed = bodies_sent("8", tmp_path / "other seed")

    assert here == there == in_ci
    assert here != other_seed
    assert len(here) > 5
