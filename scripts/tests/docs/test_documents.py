"""What the documents say works: each is followed word for word, in a fresh copy of the repository."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.load.locust_processes import free_port
from scripts.generate import __main__ as regenerate
from scripts.tests.docs.documents import Reader, blocks
from scripts.tests.tox_commands import ROOT

PAPERS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
# Those with blocks; ci.md is about machines of others, and has a test of its own.
FOLLOWED = [paper for paper in PAPERS if blocks(paper) and paper.name not in ("README.md", "ci.md")]
LINKS = [(paper, link) for paper in PAPERS for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", paper.read_text())]


@pytest.mark.parametrize("document", FOLLOWED, ids=[paper.name for paper in FOLLOWED])
def test_somebody_who_does_what_a_document_says_sees_what_it_says(tmp_path: Path, document: Path) -> None:
    Reader(tmp_path, free_port()).follow(document)


def test_the_jobs_for_ci_call_what_there_is() -> None:
    github, gitlab, in_parts = (yaml.safe_load(block.text) for block in blocks(ROOT / "docs" / "ci.md"))
    inputs = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    steps = {
        step.get("uses", "").partition("@")[0].rpartition("/")[2]: step for step in github["jobs"]["contract"]["steps"]
    }
    lines = [line for job in (gitlab["contract"], *in_parts.values()) for line in job["script"]]
    options = {word for line in lines if line.startswith("pytest") for word in line.split() if word.startswith("--")}

    required = {name for name, one in inputs.items() if one.get("required")}
    assert required <= set(steps["canvas-outcomes-contract"]["with"]) <= set(inputs)
    assert steps["upload-artifact"]["with"]["path"] == inputs["report"]["default"]
    assert gitlab["contract"]["artifacts"]["paths"] == [lines[3].split()[-1]]
    assert options - {"--pyargs"} <= set(re.findall(r'"(--[\w-]+)"', (ROOT / "contract_tests" / "run.py").read_text()))
    assert all(find_spec(line.split()[2]) for line in lines if line.startswith("python -m"))


def test_a_document_that_is_wrong_is_found(tmp_path: Path) -> None:
    document = tmp_path / "wrong.md"
    document.write_text("```sh\necho yes\n```\n\n```text\nno\n```\n")

    with pytest.raises(AssertionError, match=r"wrong\.md:5: it does not print 'no'\nyes"):
        Reader(tmp_path, free_port()).follow(document)


@pytest.mark.parametrize(("paper", "link"), LINKS, ids=[f"{paper.name}: {link}" for paper, link in LINKS])
def test_a_link_leads_somewhere(paper: Path, link: str) -> None:
    assert (paper.parent / link).exists()


def test_the_catalogue_has_every_clause_with_its_source_and_deviation() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (.+) \| (.+) \| (.*) \|$", regenerate.CLAUSES.read_text(), re.MULTILINE)
    clauses = Contract(contract_path()).clauses.values()

    written = [(id, text.replace("**", ""), source, deviation) for id, text, source, deviation in rows]
    assert written == [(one.id, one.text, one.source, one.deviation or "") for one in clauses]


def test_a_catalogue_that_drifted_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(regenerate, "CLAUSES", tmp_path / "docs" / "clauses.md")
    (tmp_path / "docs").mkdir()

    codes = [regenerate.main(arguments) for arguments in (["--check"], [], ["--check"])]

    said = capsys.readouterr().err
    assert codes == [1, 0, 0]
    assert said == "docs/clauses.md is not what openapi.yaml generates. Run: tox -e regenerate\n"
