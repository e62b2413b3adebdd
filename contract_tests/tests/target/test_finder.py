"""A target file is written by asking a server what the given tokens can see."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.pace import Pace
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET, RESOURCES, ROLES, Target, load_target
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.load.locust_processes import free_port
from canvas_outcomes_contract.target.command import main
from canvas_outcomes_contract.target.finder import Finder, SearchRange
from canvas_outcomes_contract.target.render import RESOURCE_DESCRIPTIONS, ROLE_DESCRIPTIONS, render
from contract_tests.tests.run.test_runs import CONFORMS, run, statuses

CONTRACT = Contract(contract_path())
DEMO = yaml.safe_load(EMBEDDED_TARGET.read_text())
# What answers do not tell: these answer like others that are missing, active, or for others.
NOT_TOLD = {"deleted_outcome", "archived_outcome", "retired_outcome", "unpublished_assignment"}


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with reference_server() as url:
        yield url


@pytest.fixture
def all_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    for role, token in DEMO["tokens"].items():
        monkeypatch.setenv(f"{role.upper()}_TOKEN", token)


@pytest.fixture
def editor_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for role in ROLES:
        monkeypatch.delenv(f"{role.upper()}_TOKEN", raising=False)
    monkeypatch.setenv("EDITOR_TOKEN", DEMO["tokens"]["editor"])


@pytest.mark.usefixtures("all_tokens")
def test_everything_that_answers_tell_is_found(tmp_path: Path, base_url: str) -> None:
    file = tmp_path / "target.yaml"

    assert main(["--base-url", base_url, "--courses", "1,5", "--output", str(file)]) == 0

    target = load_target(file, CONTRACT)
    same = {name: id for name, id in DEMO["resources"].items() if name not in {*NOT_TOLD, "missing_outcome"}}
    assert target.resources == same | {"missing_outcome": 999999999, "foreign_assignment": 22}
    assert target.tokens == DEMO["tokens"]
    assert (target.base_url, target.writes) == (base_url, False)


@pytest.mark.usefixtures("all_tokens")
def test_clauses_apply_to_what_was_found(tmp_path: Path, base_url: str) -> None:
    file = tmp_path / "target.yaml"
    clauses = {
        "get-outcome-omits-the-scale-fields-under-account-scales",
        "update-outcome-stores-ratings",
        "update-outcome-refuses-a-reader",
        "list-outcome-alignments-lists-no-quiz-banks-for-an-assignment",
        "list-outcome-alignments-refuses-an-assignment-of-another-course",
        "list-outcome-alignments-lists-nothing-for-an-unaligned-assignment",
        "list-outcome-alignments-hides-students-from-an-outsider",
    }

    assert main(["--base-url", base_url, "--courses", "1,5", "--writes", "--output", str(file)]) == 0
    code, output = run("--target", file, *(f"--clause={clause}" for clause in clauses), report=tmp_path)

    assert code == CONFORMS, output
    assert {clause for clause, status in statuses(tmp_path).items() if status == "passed"} == clauses


@pytest.mark.usefixtures("all_tokens")
def test_a_token_is_never_written(capsys: pytest.CaptureFixture[str], base_url: str) -> None:
    assert main(["--base-url", base_url]) == 0

    said = "".join(capsys.readouterr())
    assert 'editor: "${EDITOR_TOKEN}"' in said
    assert [token for token in DEMO["tokens"].values() if token in said] == []


@pytest.mark.usefixtures("editor_token")
def test_what_was_not_found_is_said_with_what_to_do(capsys: pytest.CaptureFixture[str], base_url: str) -> None:
    assert main(["--base-url", base_url, "--outcomes", "1"]) == 0

    text = capsys.readouterr().out
    lines = text.splitlines()
    found = yaml.safe_load(text)
    assert found["resources"] == {"editable_outcome": 1, "missing_outcome": 999999999, "course": 1}
    assert [
        role
        for role in ROLES[1:]
        if f'#   tokens.{role}: "${{{role.upper()}_TOKEN}}", {ROLE_DESCRIPTIONS[role]}' not in lines
    ] == []
    missing = [name for name in RESOURCES if name not in found["resources"]]
    assert [name for name in missing if f"#   resources.{name}: {RESOURCE_DESCRIPTIONS[name]}" not in lines] == []


def test_nothing_but_get_is_sent(base_url: str) -> None:
    target = Target("demo", base_url, writes=False, tokens=DEMO["tokens"])
    recorder = Recorder()
    provider = Provider(target, base_url, CONTRACT, recorder, Pace(None, 1))

    Finder(provider, SearchRange([1, 2, 3], [1], [30], [1, 4])).find()
    provider.close()

    assert {exchange.method for exchange in recorder.exchanges} == {"GET"}
    assert {exchange.operation for exchange in recorder.exchanges} == {"get_outcome", "list_outcome_alignments"}


def test_a_title_cannot_break_the_file(tmp_path: Path) -> None:
    target = Target("demo", "https://canvas.example.edu", tokens={"editor": "t"})
    provider = Provider(target, "https://canvas.example.edu", CONTRACT, Recorder(), Pace(None, 1))
    finder = Finder(
        provider, SearchRange([], [], [], []), {"editable_outcome": 7}, {"editable_outcome": "a\nwrites: x\0\u2028b"}
    )
    provider.close()

    assert yaml.safe_load(render(target, finder, writes=False))["resources"] == {"editable_outcome": 7}


@pytest.mark.usefixtures("editor_token")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--base-url", "canvas.example.edu"], "Cannot ask 'canvas.example.edu': it is not the address of a server"),
        (["--base-url", f"http://127.0.0.1:{free_port()}"], "nothing answers there"),
    ],
)
def test_a_server_that_cannot_be_asked_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("editor_token")
def test_an_editor_who_may_change_nothing_is_told_so(capsys: pytest.CaptureFixture[str], base_url: str) -> None:
    assert main(["--base-url", base_url, "--outcomes", "3-4"]) == 2
    assert "the editor may change none of the 2 outcomes that were asked for" in capsys.readouterr().err


@pytest.mark.usefixtures("editor_token")
def test_a_file_that_cannot_be_written_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], base_url: str
) -> None:
    assert main(["--base-url", base_url, "--outcomes", "1", "--output", str(tmp_path)]) == 2
    assert capsys.readouterr().err.endswith(f"Cannot write {tmp_path}: Is a directory. Name another --output.\n")


def test_without_a_token_nothing_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], base_url: str
) -> None:
    monkeypatch.delenv("EDITOR_TOKEN", raising=False)

    assert main(["--base-url", base_url]) == 2
    assert "EDITOR_TOKEN is not set" in capsys.readouterr().err


@pytest.mark.parametrize("ids", ["one", "1-", "5-1", "1-2000", ""])
def test_ids_that_are_none_are_refused(ids: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--base-url", "https://canvas.example.edu", "--outcomes", ids])
    assert "argument --outcomes:" in capsys.readouterr().err
