"""The console shows what was judged, whatever its width, its encoding and the provider's text."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from canvas_outcomes_contract.contract.errors import CannotTell, in_one_sentence
from canvas_outcomes_contract.contract.escaping import printable
from canvas_outcomes_contract.load.report import as_text
from canvas_outcomes_contract.report.console import show
from canvas_outcomes_contract.report.files import write_json_and_page
from canvas_outcomes_contract.run.run import exit_on_cannot_tell
from contract_tests.tests.run.contract_runs import UNDECIDED, VIOLATES, EmptyObjects, only, read, run, serve, target

COMMAND = "canvas-outcomes-contract judge --target my.yaml --effort quick --seed 1"
FAILED, PASSED = "get-outcome-shows-the-requested-outcome", "get-outcome-asks-for-a-token"
NOT_RUN = "Its check was not part of this run."
CURL = "curl -i -X GET http://127.0.0.1:8000/api/v1/outcomes/1"
COMMANDS = (
    "::error::x",
    "  ::add-mask::x",
    "##vso[task.complete]",
    "##[error]x",
    "##teamcity[x]",
    "\x1b]0;x\x07",
    "\ud800",
)
CI_COMMAND = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
PERCENTILES = ("p50", "p95", "p99", "max")
CONTROL = re.compile(r"[^\n\x20-\x7e\xa1-\U0010ffff]|[\ud800-\udfff\u202e]")


def assert_harmless(output: str) -> None:
    assert not CI_COMMAND.search(output)
    assert not CONTROL.search(output)


def clause(
    id: str, status: str = "not_applicable", detail: str = NOT_RUN, reproduce: str = "", response: str = ""
) -> dict[str, Any]:
    return {
        "id": id,
        "operation": "get_outcome" if id.startswith("get") else "update_outcome",
        "text": "The id in the response MUST equal the id in the path.",
        "level": "MUST",
        "source": "documentation, February 2026",
        "deviation": None,
        "status": status,
        "detail": detail,
        "reproduce": reproduce,
        "exchanges": [{"request": "GET /api/v1/outcomes/1\naccept: */*", "response": response}] if response else [],
    }


def report(detail: str = "id: got 2, wanted 1, where: $.id", foreign: str = "", **changes: Any) -> dict[str, Any]:
    """Three judged clauses of 100 clauses; `foreign` is text of the provider in each place that can hold some."""
    return {
        "target": "My server",
        "base_url": "https://canvas.example.edu",
        "started": "2026-02-03T04:05:06+00:00",
        "elapsed": 1.5,
        "effort": "quick",
        "command": COMMAND,
        "selected": [],
        "contract": {"version": "1.0.0", "sha256": "0" * 64},
        "verdict": "violates",
        "cut_short": False,
        "stopped": foreign,
        "seed": 1,
        "notes": [foreign],
        "not_restored": 0,
        "clauses": [
            clause(
                FAILED, "failed", detail, CURL + foreign, f'200\ncontent-type: application/json\n\n{{"id": 2}}{foreign}'
            ),
            clause(PASSED, "passed", ""),
            clause("get-outcome-deviates", "deviates", foreign or "Canvas does so."),
            *(clause(f"update-outcome-{number}") for number in range(96)),
            clause("update-outcome-needs-a-token", detail=foreign or "Add tokens.reader."),
        ],
        "client": [{"check": "test_errors.py::test_x", "status": "failed", "detail": foreign}],
        "coverage": {"operations": "2/3"},
        "not_covered": {"operations": {"update_outcome": "No response of this run had it."}},
        "cases": {"requests": 3},
        "seconds": {"get_outcome": 0.5, "schema": 0.0},
    } | changes


def printed(report: dict[str, Any], width: int = 80, **more: Any) -> str:
    console = Console(file=io.StringIO(), width=width, **more)
    show(report, console, COMMAND)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_shows_only_judged_clauses_and_counts_the_others() -> None:
    output = printed(report())

    assert f"passed {PASSED}\n" in output
    assert re.search(
        r"^clauses: 3 of 100 judged, 1 failed, 1 passed, 1 deviates\n96 not judged:\n", output, re.MULTILINE
    )
    assert output.count(NOT_RUN) == 1
    assert "1 not judged:\n| Add tokens.reader.\n" in output
    assert "update-outcome-" not in output


def test_shows_failures_after_the_rest_with_detail_request_and_command() -> None:
    output = printed(report())

    failure = [
        f"failed {FAILED}",
        "The id in the response MUST equal the id in the path.",
        "| id: got 2, wanted 1, where: $.id",
        "Send the last request again:",
        f"  {CURL}",
        "Judge the clause again:",
        f"  {COMMAND} --clause {FAILED}",
    ]
    assert "\n".join(["", *failure, ""]) in output
    assert output.index(failure[0]) > max(
        output.index(text) for text in (PASSED, "coverage:", "seed: 1", "time: 1.5 s")
    )
    assert output.splitlines()[-1] == "verdict: violates (My server)"


def test_the_verdict_states_that_the_run_was_cut_short_and_what_it_did_not_restore() -> None:
    output = printed(report(cut_short=True, not_restored=2))

    end = "; the run was cut short; records not restored: 2"
    assert output.splitlines()[-1] == f"verdict: violates (My server){end}"


@pytest.mark.parametrize("width", [40, 80, 120])
def test_fits_the_width_of_the_terminal_except_for_names_and_commands(width: int) -> None:
    long = {"detail": f"got {'x' * 300}, wanted {'some words ' * 30}", "foreign": f" {'y' * 200}"}
    output = printed(report(**long, target="My server " * 20), width)

    names = [f"failed {FAILED}", f"passed {PASSED}", "failed client: test_errors.py::test_x"]
    names.append(f"verdict: violates ({'My server ' * 20})")
    assert [line for line in names if line not in output.splitlines()] == []
    lines = [line for line in output.splitlines() if line not in names and not line.startswith(("  curl", "  canvas"))]
    assert [line for line in lines if len(line) > width] == []
    assert [line for line in lines if len(line.removeprefix("| ").strip()) == 1] == []


@pytest.mark.parametrize("terminal", [True, False])
def test_has_colors_on_a_terminal_only(terminal: bool) -> None:
    output = printed(report(), force_terminal=terminal, color_system="standard" if terminal else "auto", _environ={})

    assert ("\x1b[" in output) == terminal


@given(
    parts=st.lists(
        st.sampled_from([*COMMANDS, "\n", "\r", " ", "x", "x" * 38, "\x85", "\u2028"]) | st.text(), max_size=6
    ),
    width=st.sampled_from([20, 40, 80]),
)
@example(parts=["x" * 38, "::error::x"], width=40)
@example(parts=["\n", *COMMANDS], width=80)
def test_text_of_a_provider_does_not_act_on_a_terminal_or_a_ci_server(parts: list[str], width: int) -> None:
    foreign = "".join(parts)

    output = printed(report(foreign, foreign), width)

    assert_harmless(output)
    output.encode()


def test_shows_escapes_instead_of_control_characters() -> None:
    assert (
        printable("\x1b[2J\r\n\x00\ud800\u202e ##vso[x] é ##") == "\\x1b[2J\\r\n\\x00\\ud800\\u202e \\x23#vso[x] é ##"
    )


def test_cuts_a_long_detail_and_leaves_out_empty_lines() -> None:
    output = printed(report("\n \n".join(["y" * 1000, *map(str, range(20))])))

    assert output.count("y") < 420
    assert "| 10\n| ... 9 more lines in report.html\n" in output


class Hostile(EmptyObjects):
    """A server that returns escape sequences, commands to CI servers and a lone surrogate."""

    body = rb'{"id": "\u001b[2J\n::error::x\n##vso[task.complete]\ud800\u00e9"}'


def test_a_log_in_ascii_gets_all_of_a_hostile_server_escaped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii:strict")
    with serve(Hostile) as url:
        file = target(tmp_path, base_url=url)
        code, output = run("--target", file, *only(FAILED, PASSED), "--effort", "quick", report=tmp_path)

    assert code == VIOLATES, output
    assert output.isascii()
    assert "::error::x" in output
    assert_harmless(output)
    assert "Traceback" not in output
    assert {read(tmp_path)["verdict"], *re.findall(r"violates", (tmp_path / "report.html").read_text())} == {"violates"}
    # pytest's own summary counts checks, which a reader would take for clauses.
    assert output.splitlines()[-1] == f"report: {tmp_path / 'report.html'}"


def test_files_hold_a_lone_surrogate_as_an_escape(tmp_path: Path) -> None:
    write_json_and_page(tmp_path, "report", {"detail": "\ud800"}, "\ud800")

    assert read(tmp_path) == {"detail": "\ud800"}
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == "\\ud800"


FOREIGN = "\n".join(COMMANDS)


def raise_cannot_tell() -> int:
    raise CannotTell(f"Cannot reach the server: {FOREIGN}")


def test_a_command_that_cannot_tell_prints_its_reason_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    assert in_one_sentence(raise_cannot_tell)() == UNDECIDED
    assert_harmless(capsys.readouterr().err)


def test_a_contract_run_that_cannot_tell_prints_its_reason_escaped() -> None:
    with pytest.raises(pytest.exit.Exception) as stopped, exit_on_cannot_tell():
        raise_cannot_tell()

    assert_harmless(str(stopped.value))


def test_a_load_run_prints_violations_and_notes_escaped() -> None:
    report = {
        "target": "My server",
        "verdict": "violates",
        "operations": [],
        "total": {"name": "total", "requests": 1, "violations": 1, "milliseconds": dict.fromkeys(PERCENTILES, 1.0)},
        "violations": [{"count": 1, "what": FOREIGN}],
        "notes": [f"Cannot restore: {FOREIGN}"],
        "requests_per_second": 1,
        "seconds": 1,
        "violations_found": 1,
        "server_failures": 0,
        "throttled": 0,
    }

    assert_harmless(as_text(report))
