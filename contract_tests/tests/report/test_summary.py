"""summary.md shows the verdict and the failures on GitHub, and no text of a provider acts there."""

import os
import subprocess
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from rich.markdown import Markdown

from canvas_outcomes_contract.contract.escaping import visible
from canvas_outcomes_contract.report.summary import MOST, WIDTH, as_markdown
from contract_tests.tests.report.test_console import COMMANDS, FAILED, clause, report
from scripts import ROOT

PAGE = Path("contract-report/report.html")
LIMIT = 1024 * 1024  # bytes of a summary on GitHub
ELEMENTS = {"h2", "p", "pre", "code", "table", "tr", "th", "td", "br"}
INJECTIONS = (
    "</pre></td><script>x</script>",
    "\n\n# Heading\n\n[a](https://x.example)",
    "| a | b |\n|---|---|",
    "`code`, **bold** and https://x.example",
    "<img src=x>",
    "&lt;b&gt;",
    "\n\n```\n",
    "\r\n::error::x",
)


class Shown(HTMLParser):
    """The parts of a page that a browser shows: its elements, their attributes and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def action_step(folder: Path) -> str:
    """The last step of action.yml, as GitHub runs it after a failed run; returns the summary of the job."""
    step = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"][-1]
    (folder / "job.md").write_text("of another step\n")
    variables = {"GITHUB_WORKSPACE": str(folder), "GITHUB_STEP_SUMMARY": str(folder / "job.md"), "REPORT": "my report"}

    assert step["if"] == "always()"
    assert step["env"].keys() <= variables.keys()
    subprocess.run(["bash", "-e", "-c", step["run"]], check=True, env=variables | {"PATH": os.environ["PATH"]})
    return (folder / "job.md").read_text()


def on_github(markdown: str) -> Shown:
    return Shown("".join(map(as_html, Markdown(markdown).parsed)))


def as_html(token: Any) -> str:
    """The HTML of a token of markdown-it, which keeps the HTML in a document."""
    if token.type in ("html_block", "html_inline"):
        return str(token.content)
    start = f"<{token.tag}>" if token.tag and token.nesting >= 0 else " "
    return start + ("".join(map(as_html, token.children)) if token.children else escape(token.content))


def test_shows_verdict_counts_failures_and_the_place_of_the_report() -> None:
    text = on_github(as_markdown(report(cut_short=True, not_restored=2), PAGE)).text

    parts = [
        "My server: violates, cut short, not restored",
        "1 of 3 judged clauses failed: 1 MUST. 1 of 1 checks of the client failed. Records not restored: 2.",
        "1 failed, 1 deviates, 1 passed, 97 not_applicable",
        f"failed{FAILED}The id in the response MUST equal the id in the path.id: got 2, wanted 1, where: $.id",
        "https://canvas.example.edu, effort quick, seed 1, 1.5 s",
        str(PAGE),
    ]
    assert [part for part in parts if part not in text] == []


def test_a_conforming_run_has_no_table() -> None:
    summary = on_github(
        as_markdown(report(clauses=[clause("get-a", "passed", "")], client=[], verdict="conforms"), PAGE)
    )

    assert summary.elements == {"h2", "p", "code"}
    assert "None of 1 judged clauses failed." in summary.text


@given(st.lists(st.sampled_from([*INJECTIONS, *COMMANDS]) | st.text(), min_size=1, max_size=4).map("".join))
@example("\n\n<b>x</b>")
def test_text_of_a_provider_is_shown_and_is_neither_markdown_nor_html(foreign: str) -> None:
    summary = on_github(as_markdown(report(f"got {foreign}", foreign, target=foreign, base_url=foreign), PAGE))

    assert summary.elements <= ELEMENTS
    assert summary.attributes == []
    assert "".join(visible(foreign).split()) in "".join(summary.text.split())


def test_the_action_adds_the_summary_to_that_of_the_job(tmp_path: Path) -> None:
    assert action_step(tmp_path) == "of another step\n"

    (tmp_path / "my report").mkdir()
    (tmp_path / "my report" / "summary.md").write_text("verdict\n")

    assert action_step(tmp_path) == "of another step\nverdict\n"


def test_stays_below_the_limit_of_github() -> None:
    huge = "<\U000e0001" * WIDTH
    failures = [clause(f"get-{number}", "failed", huge) for number in range(300)]

    summary = as_markdown(report(clauses=failures, notes=[huge] * 300, target=huge), PAGE)

    assert len(summary.encode()) < LIMIT
    assert f"{301 - MOST} more failures are in the report." in summary
