"""A run that ends before it judges anything leaves a report with the reason, and none of an earlier run."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from canvas_outcomes_contract.load.command import main as load
from canvas_outcomes_contract.load.locust_processes import free_port
from canvas_outcomes_contract.load.report import REPORT as LOAD_REPORT
from canvas_outcomes_contract.report.files import REPORT
from contract_tests.tests.hostile.artefacts import problems_of
from contract_tests.tests.report.test_summary import on_github
from contract_tests.tests.run.contract_runs import UNDECIDED, read, run, target

SEED = ("--seed", "5")


def leave_report(folder: Path, names: tuple[str, ...]) -> None:
    """Leave the files of an earlier run."""
    for name in names:
        (folder / name).write_text("conforms")


@pytest.mark.parametrize(
    ("options", "name", "reason"),
    [
        (["--target", "unreachable"], "Embedded reference server", "Cannot reach http://127.0.0.1:"),
        (["--target", "none.yaml"], "none.yaml", "Cannot read the target none.yaml: No such file or directory."),
        (["--contract", "none.yaml"], "target.yaml", "Cannot read the contract none.yaml: No such file or directory."),
        (["--clause", "no-clause"], "Embedded reference server", "Cannot judge 'no-clause' (--clause): the contract"),
        (["--no-such-option"], "target.yaml", "The run ended before it judged anything. Its log has the reason."),
        (["interrupts.py"], "Embedded reference server", "The run was interrupted."),
    ],
)
def test_a_run_that_judges_nothing_has_a_report_with_the_reason(
    tmp_path: Path, options: list[str], name: str, reason: str
) -> None:
    leave_report(tmp_path, REPORT)
    (tmp_path / "interrupts.py").write_text("raise KeyboardInterrupt")
    unreachable = target(tmp_path, base_url=f"http://127.0.0.1:{free_port()}").rename(tmp_path / "unreachable")
    embedded = ["--target", target(tmp_path)] if "--target" not in options else []
    given = [str(unreachable) if one == "unreachable" else one for one in options]

    code, output = run(*given, *embedded, *SEED, report=tmp_path, folder=tmp_path)

    report = read(tmp_path)
    assert code == UNDECIDED, output
    assert "Traceback" not in output
    assert (report["verdict"], Path(report["target"]).name, report["seed"]) == ("undecided", name, 5)
    assert report["stopped"].startswith(reason)
    assert report["clauses"] == []
    assert problems_of(tmp_path) == []
    [error] = ET.parse(tmp_path / "junit.xml").getroot().iter("error")
    assert error.get("message") == report["stopped"]
    summary = on_github((tmp_path / "summary.md").read_text()).text
    assert [part for part in ("undecided", "No clause was judged.", report["stopped"]) if part not in summary] == []


def test_a_run_with_a_folder_that_cannot_be_written_ends_before_it_begins(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    code, output = run(report=tmp_path / "file")

    assert (code, output) == (
        UNDECIDED,
        f"loading the checks\nCannot write the report to {tmp_path / 'file'}: File exists. Name another folder.\n",
    )


def test_a_load_run_that_cannot_begin_leaves_no_report_of_an_earlier_one(tmp_path: Path) -> None:
    leave_report(tmp_path, LOAD_REPORT)

    assert load(["--target", "none.yaml", "--report", str(tmp_path)]) == UNDECIDED

    assert list(tmp_path.iterdir()) == []
