"""A target file that cannot be used is refused in one sentence that points into it."""

from pathlib import Path

import pytest

from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.connection.target import Target, load_target
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell

CONTRACT = Contract(contract_path())
LEAST = "tokens: {editor: t}\nresources: {editable_outcome: 1}\n"


def load(tmp_path: Path, text: str) -> Target:
    path = tmp_path / "target.yaml"
    path.write_text(text)
    return load_target(path, CONTRACT)


def test_the_least_target_names_an_editor_and_an_outcome(tmp_path: Path) -> None:
    target = load(tmp_path, LEAST)

    assert (target.name, target.base_url, target.writes) == ("target", None, True)


def test_secrets_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR_TOKEN", "secret")

    target = load(tmp_path, LEAST.replace("editor: t", 'editor: "${EDITOR_TOKEN}"'))

    assert target.token("editor") == "secret"
    assert "secret" not in repr(target)


def test_what_is_not_named_makes_a_check_not_applicable(tmp_path: Path) -> None:
    target = load(tmp_path, LEAST)

    with pytest.raises(NotApplicable, match=r"Add tokens\.student"):
        target.token("student")
    with pytest.raises(NotApplicable, match=r"Add resources\.course"):
        target.resource_id("course")


def test_each_worker_has_an_outcome_of_its_own(tmp_path: Path) -> None:
    target = load(tmp_path, LEAST.replace("1}", "1, further_editable_outcomes: [2, 3]}"))

    assert [target.for_worker(number).resource_id("editable_outcome") for number in range(3)] == [1, 2, 3]


def test_known_failures_may_be_a_list_or_a_mapping(tmp_path: Path) -> None:
    clause = next(iter(CONTRACT.clauses))

    as_list = load(tmp_path, LEAST + f"known_failures:\n  - {clause}: a reason\n")
    as_mapping = load(tmp_path, LEAST + f"known_failures:\n  {clause}: a reason\n")

    assert as_list.known_failures == as_mapping.known_failures == {clause: "a reason"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LEAST.replace("1}", "1, further_editable_outcomes: 2}"), "outcomes is a number, not a list"),
        (
            LEAST.replace("1}", '1, further_editable_outcomes: ["2"]}'),
            ":2:62: resources.further_editable_outcomes has a text",
        ),
        (LEAST.replace("1}", "1, further_editable_outcomes: [2, 1]}"), "outcome 1 is named twice"),
        ("a: [", "target.yaml:2:1"),
        ("- a\n", "expected a mapping"),
        (LEAST + "colour: red\n", ":3:9: the key 'colour' is unknown"),
        (LEAST + 'writes: "yes"\n', ":3:9: writes is a text, not true or false"),
        (LEAST + "base_url: canvas.example.edu\n", ":3:11: base_url 'canvas.example.edu' is not the address"),
        (LEAST + "base_url: ${NOT_SET_ANYWHERE}\n", "base_url needs ${NOT_SET_ANYWHERE}, which is not set"),
        (LEAST + "known_failures: {no-such-clause: why}\n", "the contract has no clause 'no-such-clause'"),
        (LEAST + "known_failures: [get-outcome-changes-nothing]\n", "a known failure is a clause id with a reason"),
        (LEAST + "known_failures: {get-outcome-changes-nothing: }\n", "without a link or reason"),
        ("tokens: {editor: t}\nresources: {}\n", ":2:12: resources.editable_outcome is missing"),
        ("resources: {editable_outcome: 1}\n", "tokens.editor is missing"),
        ("tokens: {editor: t, king: k}\nresources: {editable_outcome: 1}\n", ":1:27: tokens.king is unknown"),
        ("tokens: {editor: 5}\nresources: {editable_outcome: 1}\n", ":1:18: tokens.editor is a number, not a text"),
        ("tokens: {editor: t}\nresources: {editable_outcome: one}\n", ":2:31: resources.editable_outcome is a text"),
        ("tokens: {editor: t}\nresources: {outcome: 1}\n", "resources.outcome is unknown"),
        ("tokens:\nresources: {editable_outcome: 1}\n", "tokens is nothing, not a mapping"),
    ],
)
def test_a_target_that_cannot_be_used_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CannotTell) as refusal:
        load(tmp_path, text)

    assert said in str(refusal.value)


def test_a_missing_target_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotTell, match=r"Cannot read the target .*none\.yaml: No such file"):
        load_target(tmp_path / "none.yaml", CONTRACT)
