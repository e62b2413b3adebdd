"""Target files are validated, with messages that point into the file."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET, Target, load_target
from canvas_outcomes_contract.connection.target_file import SCHEMA, json_schema
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell

CONTRACT = Contract(contract_path())
MINIMAL = "tokens: {editor: a-long-token}\nresources: {editable_outcome: 1}\n"


def load(tmp_path: Path, text: str) -> Target:
    path = tmp_path / "target.yaml"
    path.write_text(text)
    return load_target(path, CONTRACT)


def test_needs_no_key(tmp_path: Path) -> None:
    target = load(tmp_path, "{}")

    assert (target.name, target.base_url, target.writes) == ("target", None, True)
    assert (target.tokens, target.resources) == ({}, {})


def test_takes_secrets_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR_TOKEN", "a-secret")

    target = load(tmp_path, MINIMAL.replace("editor: a-long-token", 'editor: "${EDITOR_TOKEN}"'))

    assert target.token("editor") == "a-secret"
    assert "a-secret" not in repr(target)


def test_names_the_key_to_add_for_a_missing_token_or_resource(tmp_path: Path) -> None:
    target = load(tmp_path, MINIMAL)

    with pytest.raises(NotApplicable, match=r"Add tokens\.student"):
        target.token("student")
    with pytest.raises(NotApplicable, match=r"Add resources\.course"):
        target.resource_id("course")


def test_gives_each_worker_an_outcome_of_its_own(tmp_path: Path) -> None:
    target = load(tmp_path, MINIMAL.replace("1}", "1, further_editable_outcomes: [2, 3]}"))

    assert [target.for_worker(number).resource_id("editable_outcome") for number in range(3)] == [1, 2, 3]


def test_accepts_the_resources_that_the_contract_names(tmp_path: Path) -> None:
    contract = tmp_path / "openapi.yaml"
    contract.write_text(contract_path().read_text().replace("course_id: [course]", "course_id: [course, other_course]"))
    path = tmp_path / "target.yaml"
    path.write_text(MINIMAL.replace("1}", "1, other_course: 5}"))

    assert load_target(path, Contract(contract)).resource_id("other_course") == 5


def test_accepts_known_failures_as_a_list_or_a_mapping(tmp_path: Path) -> None:
    clause = next(iter(CONTRACT.clauses))

    as_list = load(tmp_path, MINIMAL + f"known_failures:\n  - {clause}: a reason\n")
    as_mapping = load(tmp_path, MINIMAL + f"known_failures:\n  {clause}: a reason\n")

    assert as_list.known_failures == as_mapping.known_failures == {clause: "a reason"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            MINIMAL.replace("1}", "1, further_editable_outcomes: 2}"),
            "resources.further_editable_outcomes: expected a list, got an integer",
        ),
        (
            MINIMAL.replace("1}", '1, further_editable_outcomes: ["2"]}'),
            ":2:62: resources.further_editable_outcomes[0]: expected an integer, got a string",
        ),
        (MINIMAL.replace("1}", "1, further_editable_outcomes: [2, 1]}"), "editable_outcome 1 is named twice"),
        (MINIMAL + "certificates: none.pem\n", ":3:15: cannot read "),
        (MINIMAL + "certificates: target.yaml\n", "target.yaml holds no certificate in PEM format"),
        (MINIMAL + "proxy: proxy.example\n", ":3:8: proxy is not a URL like http://proxy.example:3128"),
        (MINIMAL + 'headers: {X-Key: "a\\nb"}\n', ":3:18: headers.X-Key is not a header that can be sent"),
        (MINIMAL + "headers: {X Key: a}\n", "headers.X Key is not a header that can be sent"),
        (MINIMAL + "headers: {Authorization: a}\n", "headers.Authorization is set by the suite itself"),
        ("tokens: {editor: secret}", ":1:18: tokens.editor has 6 characters, and fewer than 8 cannot be redacted"),
        ('tokens: {editor: "two words"}', ":1:18: tokens.editor contains a character that a header cannot contain"),
        (
            MINIMAL + "base_url: http://user:password@canvas.example.edu\n",
            ":3:11: base_url contains credentials, which would be sent instead of the tokens. Remove them.",
        ),
        (MINIMAL + "proxy: http://a:b@proxy.example\n", ":3:8: proxy has credentials of fewer than 8 characters"),
        ("a: [", "target.yaml:2:1"),
        ("- a\n", "expected a mapping"),
        (MINIMAL + "colour: red\n", ":3:9: the key colour is unknown. Use one of name, base_url, writes"),
        (MINIMAL + 'writes: "yes"\n', ":3:9: writes: expected true or false, got a string"),
        (MINIMAL + "base_url: canvas.example.edu\n", ":3:11: base_url 'canvas.example.edu' is not a URL"),
        (MINIMAL + "base_url: ${NOT_SET_ANYWHERE}\n", "base_url needs ${NOT_SET_ANYWHERE}, which is not set"),
        (MINIMAL + "known_failures: {no-such-clause: why}\n", "the contract has no clause 'no-such-clause'"),
        (
            MINIMAL + "known_failures: [get-outcome-changes-nothing]\n",
            ":3:18: known_failures[0]: expected a mapping, got a string",
        ),
        (
            MINIMAL + "known_failures: {get-outcome-changes-nothing: }\n",
            ":3:47: get-outcome-changes-nothing has no reason",
        ),
        (
            "tokens: {editor: a-long-token, king: k}\nresources: {editable_outcome: 1}\n",
            ":1:38: tokens: the key king is unknown. Use one of editor, reader",
        ),
        (
            "tokens: {editor: 5}\nresources: {editable_outcome: 1}\n",
            ":1:18: tokens.editor: expected a string, got an integer",
        ),
        (
            "tokens: {editor: a-long-token}\nresources: {editable_outcome: one}\n",
            ":2:31: resources.editable_outcome: expected an integer, got a string",
        ),
        ("tokens: {editor: a-long-token}\nresources: {outcome: 1}\n", ":2:22: resources: the key outcome is unknown"),
        ("tokens:\nresources: {editable_outcome: 1}\n", "tokens: expected a mapping, got null"),
    ],
)
def test_refuses_a_target_with_file_line_and_column(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CannotTell) as refusal:
        load(tmp_path, text)

    assert message in str(refusal.value)
    assert "password" not in str(refusal.value)


def test_refuses_a_missing_target(tmp_path: Path) -> None:
    with pytest.raises(CannotTell, match=r"Cannot read the target .*none\.yaml: No such file"):
        load_target(tmp_path / "none.yaml", CONTRACT)


def test_ships_the_json_schema_of_the_target_file() -> None:
    assert SCHEMA.read_text() == json_schema(), f"Run: python -m {json_schema.__module__}"


def test_the_json_schema_accepts_the_embedded_target_and_rejects_others() -> None:
    schema = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text()))
    embedded = yaml.safe_load(EMBEDDED_TARGET.read_text())

    assert schema.is_valid(embedded)
    assert not schema.is_valid(embedded | {"colour": "red"})
    assert not schema.is_valid(embedded | {"tokens": {"king": "t"}})
