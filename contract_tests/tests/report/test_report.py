"""The report is one page that needs no network; a reader finds a failure in it and repeats the request."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.document import Contract, contract_path
from contract_tests.tests.conftest import VIOLATED, FinishedRun
from contract_tests.tests.run.contract_runs import EmptyObjects, only, read, run, serve, target
from scripts.tests.browser import in_browser

ACTS = Path(__file__).resolve().parent / "read_report.mjs"


@pytest.fixture(scope="module")
def report(violating_run: FinishedRun) -> Path:
    return violating_run.report


@pytest.fixture(scope="module")
def seen(report: Path) -> dict[str, Any]:
    return in_browser((report / "report.html").as_uri(), ACTS)


def failed(report: Path) -> list[dict[str, Any]]:
    return [clause for clause in read(report)["clauses"] if clause["status"] == "failed"]


def test_shows_verdict_and_coverage(seen: dict[str, Any]) -> None:
    assert "Embedded reference server: violates" in seen["text"]
    assert "Coverage of the contract" in seen["text"]


def test_shows_all_clauses_at_first(seen: dict[str, Any]) -> None:
    assert seen["acted"]["before"] == list(Contract(contract_path()).clauses)


def test_the_filter_shows_only_failures(seen: dict[str, Any], report: Path) -> None:
    assert seen["acted"]["failures"] == [clause["id"] for clause in failed(report)]
    assert sorted(seen["acted"]["failures"]) == sorted(VIOLATED)


def test_a_failure_opens_with_clause_source_and_exchange(seen: dict[str, Any], report: Path) -> None:
    first = failed(report)[0]
    parts = [first["text"], first["source"], first["level"], first["detail"], first["exchanges"][-1]["request"]]

    assert [part for part in parts if squeezed(part) not in squeezed(seen["acted"]["opened"])] == []


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_copies_the_curl_command(seen: dict[str, Any], report: Path) -> None:
    assert seen["acted"]["pasted"] == failed(report)[0]["reproduce"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="There is no curl on this machine.")
def test_the_curl_command_gets_the_same_response(report: Path) -> None:
    first = failed(report)[0]

    again = in_shell(first["reproduce"])

    status, _, body = first["exchanges"][-1]["response"].partition("\n")
    assert re.match(rf"HTTP/1.[01] {status} ", again)
    assert again.endswith("\r\n\r\n" + body.partition("\n\n")[2])


def in_shell(line: str) -> str:
    environment = {**os.environ, "EDITOR_TOKEN": "t", "no_proxy": "*"}
    return subprocess.run(line, shell=True, check=True, capture_output=True, env=environment).stdout.decode()


def test_the_same_seed_gives_the_same_report(tmp_path: Path) -> None:
    clauses = ("update-outcome-answers-as-documented", "update-outcome-stores-ratings")
    with serve(EmptyObjects) as url:
        file = target(tmp_path, base_url=url)
        for attempt in ("first", "second"):
            run("--target", file, "--seed", "7", "--effort", "quick", *only(*clauses), report=tmp_path / attempt)

    first, second = (without_times(tmp_path / attempt) for attempt in ("first", "second"))
    assert first == second
    assert set(clauses) <= {clause["id"] for clause in first["clauses"] if clause["status"] == "failed"}


def without_times(report: Path) -> dict[str, Any]:
    text = re.sub(r"Date: [^\\]*|date: [^\\]*", "", (report / "report.json").read_text())
    return {key: value for key, value in json.loads(text).items() if key != "seconds"}


class RecordsBodies(EmptyObjects):
    """A server that records the bodies of updates."""

    bodies: ClassVar[list[bytes]] = []

    def do_PUT(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.do_GET()


@pytest.mark.skipif(shutil.which("curl") is None, reason="There is no curl on this machine.")
@pytest.mark.parametrize(
    "body",
    [
        b'{"title": "it\'s $HOME \\n `x` !!"}',
        '{"title": "\U0001f9ea \u202e \ufb01"}'.encode(),
        b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n%s\\1\r\n--b--\r\n",
        b"\xff\xfe\0\x1b[2J",
        b"@/etc/hostname",
        b"",
    ],
)
def test_a_curl_command_sends_the_same_bytes(body: bytes) -> None:
    recorder = Recorder(frozenset({"secret"}))
    with serve(RecordsBodies) as url:
        response = httpx.put(f"{url}/api/v1/outcomes/1", content=body, trust_env=False)
        recorder.add(response, 0.0, "update_outcome", "editor")
        in_shell(recorder.exchanges[0].curl)

    assert RecordsBodies.bodies[-2:] == [body, body]


def test_a_curl_command_contains_no_secret() -> None:
    recorder = Recorder(frozenset({"secret"}))
    request = httpx.Request("PUT", "https://canvas.example.edu/?access_token=secret", content=b"\xff secret")

    recorder.add(httpx.Response(200, request=request), 0.0, "update_outcome", "editor")

    assert "secret" not in recorder.exchanges[0].curl.replace("access_token", "")
    assert "REDACTED" in recorder.exchanges[0].curl


def test_the_page_requests_nothing_else(seen: dict[str, Any], report: Path) -> None:
    assert seen["requests"] == [(report / "report.html").as_uri()]
    assert seen["errors"] == []
    assert not seen["overflow"]
