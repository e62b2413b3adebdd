"""Follow every document in a fresh clone, with the real tox."""

import re
from pathlib import Path

import pytest
import trustme
import yaml

from canvas_outcomes_contract.connection.target import load_target
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.load.locust_processes import free_port
from scripts import ROOT
from scripts.generate import __main__ as generate
from scripts.tests.docs.clone import Clone
from scripts.tests.docs.documents import Reader, blocks

DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
# The commands of README.md take minutes, those of ci.md run on CI servers, and those of evidence.md use other tools.
FOLLOWED = [path for path in DOCUMENTS if blocks(path) and path.name not in ("README.md", "ci.md", "evidence.md")]
LINKS = [(path, link) for path in DOCUMENTS for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text())]
COMMANDS, TARGET = (
    [block.text.strip() for block in blocks(ROOT / "README.md") if block.language == language]
    for language in ("sh", "yaml")
)
CLAUSE = "get-outcome-asks-for-a-token"


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clone in which the README's first command has judged one clause; `tox` judges the others."""
    clone = Clone(tmp_path_factory.mktemp("clone"))
    output = clone.run(f"{COMMANDS[0]} -- --clause {CLAUSE}")
    assert "generated_client is what openapi.yaml generates" in output
    assert "verdict: conforms" in output
    return clone


def test_the_first_two_commands_set_up_tox_and_run_it() -> None:
    set_up = "python3 -m venv .venv && .venv/bin/pip install --quiet tox tox-uv && .venv/bin/tox"

    assert COMMANDS[:2] == [f"{set_up} -e contract", set_up]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == COMMANDS[1]


def test_the_target_file_of_the_readme_is_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for role in ("EDITOR", "READER", "TEACHER", "STUDENT"):
        monkeypatch.setenv(f"{role}_TOKEN", f"token-of-{role}")
    monkeypatch.setenv("KEY", "a-key-of-the-gateway")
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    path = tmp_path / "target.yaml"
    path.write_text("\n".join(TARGET))

    loaded = load_target(path, Contract(contract_path()))

    assert loaded.token("editor") == "token-of-EDITOR"
    assert loaded.known_failures


@pytest.mark.parametrize("document", FOLLOWED, ids=[path.name for path in FOLLOWED])
def test_the_commands_of_a_document_print_what_it_shows(clone: Clone, document: Path) -> None:
    Reader(clone, free_port()).follow(document)


def test_tox_lists_the_documented_environments_while_the_server_of_the_readme_runs(clone: Clone) -> None:
    serve, curl = (next(line for line in COMMANDS if start in line) for start in ("-e serve", "curl"))
    port = str(free_port())

    with clone.serving(f"{serve.replace('8000', port)} --database sqlite://"):
        response = clone.run(curl.replace("8000", port))
        environments = clone.run(".venv/bin/tox list")

    names = re.findall(r"^(\w+) +->", environments, re.MULTILINE)
    documented = re.findall(r"tox -e (\w+)", "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS))
    assert '"id":1' in response.replace(" ", "")
    assert set(documented) == set(names)
    assert [line for line in environments.splitlines() if line and "->" not in line and not line.endswith(":")] == []


def test_a_wrong_document_is_reported_with_its_line(clone: Clone, tmp_path: Path) -> None:
    document = tmp_path / "wrong.md"
    document.write_text("```sh\necho yes\n```\n\n```text\nno\n```\n")

    with pytest.raises(AssertionError, match=r"wrong\.md:5: 'no' is not in the output\nyes"):
        Reader(clone, free_port()).follow(document)


def test_the_ci_jobs_use_inputs_and_options_that_exist() -> None:
    github, gitlab = (yaml.safe_load(block.text) for block in blocks(ROOT / "docs" / "ci.md"))
    inputs = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    steps = {
        step.get("uses", "").partition("@")[0].rpartition("/")[2]: step for step in github["jobs"]["contract"]["steps"]
    }
    judge = next(line for line in gitlab["contract"]["script"] if line.startswith("canvas-outcomes-contract judge"))
    folder = ROOT / "contract_tests" / "canvas_outcomes_contract" / "run"
    options = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))

    required = {name for name, one in inputs.items() if one.get("required")}
    assert required <= set(steps["canvas-outcomes-contract"]["with"]) <= set(inputs)
    assert steps["upload-artifact"]["with"]["path"] == inputs["report"]["default"]
    assert gitlab["contract"]["artifacts"]["paths"] == [judge.split()[-1]]
    assert set(re.findall(r"--[\w-]+", judge)) <= set(re.findall(r'"(--[\w-]+)"', options))


@pytest.mark.parametrize(("document", "link"), LINKS, ids=[f"{path.name}: {link}" for path, link in LINKS])
def test_a_link_has_a_target(document: Path, link: str) -> None:
    assert (document.parent / link).exists()


def test_the_catalogue_has_every_clause_with_its_source_and_deviation() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (.+) \| (.+) \| (.*) \|$", generate.CLAUSES.read_text(), re.MULTILINE)
    clauses = Contract(contract_path()).clauses.values()

    actual = [(id, text.replace("**", ""), source, deviation) for id, text, source, deviation in rows]
    assert actual == [(one.id, one.text, one.source, one.deviation or "") for one in clauses]
