"""Every edit of the contract is rated by whom it breaks, and its version and CHANGELOG.md have to match."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from canvas_outcomes_contract.contract.document import Contract
from scripts.diff.__main__ import main
from scripts.diff.change import Change, Kind, Step
from scripts.diff.contracts import changes
from scripts.diff.schemas import Effect, SchemaComparison
from scripts.diff.versions import complaints
from scripts.lint.npx import redocly_report
from scripts.tests.diff.contract_edits import (
    BOTH,
    CALLERS,
    COMPATIBLE,
    CONTRACT,
    DOCUMENTATION,
    NEUTRAL,
    PROVIDERS,
    Document,
    Edit,
    relevel,
    shared,
    write,
)
from scripts.tests.diff.schema_pairs import CHANGED, EQUAL

BREAK = CALLERS["request-max-length-lowered"]
BREAKING = {Kind.BOTH: BOTH, Kind.CALLERS: CALLERS, Kind.PROVIDERS: PROVIDERS}
OTHERS = {Kind.COMPATIBLE: COMPATIBLE, Kind.DOCUMENTATION: DOCUMENTATION}


def cases(tables: dict[Kind, dict[str, Edit]]) -> pytest.MarkDecorator:
    edits = [pytest.param(kind, edit, id=name) for kind, table in tables.items() for name, edit in table.items()]
    return pytest.mark.parametrize(("kind", "edit"), edits)


def unchanged(document: Document) -> None:
    pass


def changes_after(folder: Path, edit: Edit, base: Edit | None = None) -> list[Change]:
    before = Contract(write(folder, base, "base.yaml")) if base else CONTRACT
    return changes(before, Contract(write(folder, edit)))


@cases(BREAKING)
def test_rates_a_breaking_edit_by_whom_it_breaks(tmp_path: Path, kind: Kind, edit: Edit) -> None:
    found = changes_after(tmp_path, edit)

    assert {change.kind for change in found if change.kind.breaking} == {kind}, [str(change) for change in found]


@cases(OTHERS)
def test_rates_any_other_edit_as_compatible_or_documentation_only(tmp_path: Path, kind: Kind, edit: Edit) -> None:
    found = changes_after(tmp_path, edit)

    assert {change.kind for change in found} == {kind}, [str(change) for change in found]


@pytest.mark.parametrize("edit", NEUTRAL.values(), ids=NEUTRAL.keys())
def test_an_equivalent_contract_has_no_changes(tmp_path: Path, edit: Edit) -> None:
    assert changes_after(tmp_path, edit) == []


@pytest.mark.parametrize(("one", "other"), EQUAL.values(), ids=EQUAL.keys())
def test_schemas_that_allow_the_same_values_have_no_differences(one: Any, other: Any) -> None:
    comparison = SchemaComparison(CONTRACT, CONTRACT)

    assert [*comparison.compare(one, other, "it"), *comparison.compare(other, one, "it")] == []


@pytest.mark.parametrize(("old", "new", "effect"), CHANGED.values(), ids=CHANGED.keys())
def test_reports_a_real_change_beside_an_equivalent_one(old: Any, new: Any, effect: Effect) -> None:
    found = list(SchemaComparison(CONTRACT, CONTRACT).compare(old, new, "it"))

    assert {finding.effect for finding in found} == {effect}, found


def test_security_that_no_operation_uses_is_documentation_only(tmp_path: Path) -> None:
    # Redocly calls it major, whether it applies to an operation or not.
    found = changes_after(tmp_path, lambda d: d.root.update(security=[{"accessToken": []}]))

    assert [change.kind for change in found] == [Kind.DOCUMENTATION]


def test_a_token_that_becomes_required_breaks_callers(tmp_path: Path) -> None:
    found = changes_after(tmp_path, unchanged, base=lambda d: d.show["security"].append({}))

    assert [change.kind for change in found] == [Kind.CALLERS]


def test_an_array_parameter_that_is_written_differently_breaks_callers(tmp_path: Path) -> None:
    def repeat(document: Document) -> None:
        document.listing["parameters"][1]["schema"] = {"type": "array", "items": {"type": "integer"}}

    def join(document: Document) -> None:
        repeat(document)
        document.listing["parameters"][1].update(style="form", explode=False)

    (change,) = changes_after(tmp_path, join, base=repeat)

    assert (change.kind, change.what) == (Kind.CALLERS, "explode went from true to false")


def test_reports_exceptions_from_the_clauses_of_every_operation(tmp_path: Path) -> None:
    excepted = shared(CONTRACT.document, "MUST")["id"].removeprefix("{operation}-")

    found = changes_after(tmp_path, lambda d: d.show.update({"x-clauses-except": [excepted]}))

    assert [change.what for change in found if change.kind is Kind.DOCUMENTATION] == [
        f'x-clauses-except ["{excepted}"] is new'
    ]


def test_reports_the_same_change_in_many_places_once(tmp_path: Path) -> None:
    found = changes_after(tmp_path, lambda d: d.schemas["ErrorItem"]["required"].clear())

    assert [change.subject for change in found] == ["ErrorItem.message"]
    assert "response 400, 401, 403, 404, 5XX of get_outcome" in str(found[0])


def test_reports_a_clause_of_every_operation_once(tmp_path: Path) -> None:
    def weaken(document: Document) -> None:
        relevel(document.root["x-clauses"][2], "SHOULD")

    (change,) = changes_after(tmp_path, weaken)

    assert str(change) == (
        "clause {operation}-asks-for-a-token: its level went from MUST to SHOULD. "
        "In get_outcome, update_outcome, list_outcome_alignments."
    )


def test_compares_a_schema_that_contains_itself(tmp_path: Path) -> None:
    def nest(document: Document) -> None:
        document.schemas["ErrorItem"]["properties"]["causes"] = {
            "type": "array",
            "items": {"$ref": "#/components/schemas/ErrorItem"},
        }

    def nest_and_limit(document: Document) -> None:
        nest(document)
        document.schemas["ErrorItem"]["properties"]["message"]["maxLength"] = 9

    assert {change.subject for change in changes_after(tmp_path, nest_and_limit, base=nest)} == {"ErrorItem.message"}


def redocly_verdict(folder: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the changes that Redocly rates as major."""
    monkeypatch.chdir(folder)  # a redocly.yaml would replace the rules of its diff by those of the lint
    base, revision = write(folder, unchanged, "base.yaml"), write(folder, edit)
    report = redocly_report("diff", str(base), str(revision), "--fail-on", "none")
    return [
        verdict["message"] for one in report["changes"] for verdict in one["verdicts"] if verdict["impact"] == "major"
    ]


def test_redocly_agrees_that_compatible_edits_break_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edits = [*COMPATIBLE.values(), *DOCUMENTATION.values()]

    assert redocly_verdict(tmp_path, lambda d: [edit(d) for edit in edits], monkeypatch) == []


@pytest.mark.parametrize("name", ["operation-removed", "request-enum-value-removed", "response-property-removed"])
def test_redocly_agrees_that_callers_break(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert redocly_verdict(tmp_path, CALLERS[name], monkeypatch) != []


# An edit of the contract's text, and the changes of the client that it causes.
CLIENTS = {
    "model-renamed": (
        ("title: Outcome alignment\n", "title: Link\n"),
        [
            r"client models\.OutcomeAlignment: the name is removed from the generated client\.",
            r"client models\.Link: the name is new in the generated client\.",
            r"client usage, line \d+ of docs/usage\.py: Module .* has no attribute \"OutcomeAlignment\" .*",
        ],
    ),
    "response-type-widened": (
        (
            '[integer, "null"]\n          description: >-\n            The value',
            '[number, "null"]\n          description: >-\n            The value',
        ),
        [r"client usage, line \d+ of docs/usage\.py: Incompatible types in assignment .*"],
    ),
    "field-becomes-read-only": (("description: The new", "readOnly: true\n          description: The new"), []),
}


@pytest.mark.parametrize(("edit", "expected"), CLIENTS.values(), ids=CLIENTS.keys())
def test_reports_the_changes_of_the_client(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], edit: tuple[str, str], expected: list[str]
) -> None:
    revision = tmp_path / "openapi.yaml"
    revision.write_text(CONTRACT.path.read_text().replace(*edit, 1))

    main(["--base", str(CONTRACT.path), "--revision", str(revision)])

    of_client = re.findall(r"^(?:breaking for callers|compatible) +(client .*)", capsys.readouterr().out, re.MULTILINE)
    assert len(of_client) == len(expected), of_client
    assert [pattern for pattern in expected if not any(re.fullmatch(pattern, line) for line in of_client)] == []


# The step from 1.0.0, the new version, CHANGELOG.md, and a part of the complaint if there is one.
CHANGELOG = "# Changelog\n\n## {}\n\n- Titles are shorter.\n"
VERSIONS = {
    "nothing": (Step.NONE, "1.0.0", "", ""),
    "breaking-as-major": (Step.MAJOR, "2.0.0", CHANGELOG.format("2.0.0"), ""),
    "breaking-as-more-than-major": (Step.MAJOR, "3.1.0", CHANGELOG.format("3.1.0 (unreleased)"), ""),
    "breaking-as-minor": (Step.MAJOR, "1.1.0", CHANGELOG.format("2.0.0"), "require a major step. Write 2.0.0."),
    "breaking-without-a-step": (Step.MAJOR, "1.0.0", CHANGELOG.format("2.0.0"), "info.version is 1.0.0"),
    "compatible-as-minor": (Step.MINOR, "1.1.0", CHANGELOG.format("1.1.0"), ""),
    "compatible-as-patch": (Step.MINOR, "1.0.1", CHANGELOG.format("1.1.0"), "require a minor step. Write 1.1.0."),
    "documentation-as-patch": (Step.PATCH, "1.0.1", CHANGELOG.format("1.0.1"), ""),
    "documentation-without-a-step": (Step.PATCH, "1.0.0", CHANGELOG.format("1.0.1"), "a patch step. Write 1.0.1."),
    "backwards": (Step.NONE, "0.9.0", "", "info.version is 0.9.0"),
    "no-changelog": (Step.MINOR, "1.1.0", "", "CHANGELOG.md has no section 1.1.0."),
    "another-section": (Step.MINOR, "1.1.0", CHANGELOG.format("1.1.01"), "CHANGELOG.md has no section 1.1.0."),
    "empty-section": (Step.MINOR, "1.1.0", "## 1.1.0\n\n## 1.0.0\n\n- Titles.\n", "CHANGELOG.md has no sentence"),
}


def versioned(path: Path, version: str) -> Contract:
    path.write_text(f"info: {{version: {version}}}\npaths: {{}}\n")
    return Contract(path)


@pytest.mark.parametrize(("step", "version", "text", "complaint"), VERSIONS.values(), ids=VERSIONS.keys())
def test_version_and_changelog_have_to_match_the_step(
    tmp_path: Path, step: Step, version: str, text: str, complaint: str
) -> None:
    base, revision = versioned(tmp_path / "base.yaml", "1.0.0"), versioned(tmp_path / "openapi.yaml", version)
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(text)

    found = list(complaints(base, revision, step, changelog))

    assert len(found) == bool(complaint)
    assert complaint in "".join(found)


@pytest.mark.parametrize("side", ["base", "revision"])
def test_compares_contracts_whose_clients_cannot_be_generated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], side: str
) -> None:
    def break_and_refuse(document: Document) -> None:
        BREAK(document)
        document.listing["parameters"].append({"name": "session", "in": "cookie", "schema": {"type": "string"}})

    edits = {"base": unchanged, "revision": unchanged, side: break_and_refuse}
    base, revision = (write(tmp_path / name, edit) for name, edit in edits.items())

    assert main(["--base", str(base), "--revision", str(revision)]) == 1
    output = capsys.readouterr().out.splitlines()
    assert [line for line in output if "maxLength went from" in line and "OutcomeUpdate.title" in line]
    (line,) = [line for line in output if line.startswith("the generated clients were not compared: ")]
    assert re.search(rf"{tmp_path / side}/openapi\.yaml:\d+:\d+: ", line)


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_a_schema_that_applies_itself_ends_with_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], keyword: str
) -> None:
    def edit(document: Document) -> None:
        rating = document.root["components"]["schemas"]["Rating"]
        rating[keyword] = [{"$ref": "#/components/schemas/Rating"}]

    base, revision = write(tmp_path / "base", unchanged), write(tmp_path / "revision", edit)

    assert main(["--base", str(base), "--revision", str(revision)]) == 2
    assert re.search(r"revision/openapi\.yaml:\d+:\d+: .* leads back to itself", capsys.readouterr().err)


@pytest.mark.parametrize(("version", "code"), [("1.1.0", 1), ("2.0.0", 0)])
def test_a_version_without_the_required_step_ends_with_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], version: str, code: int
) -> None:
    base = write(tmp_path / "base", lambda d: d.root["info"].update(version="1.0.0"))
    revision = write(tmp_path / "revision", lambda d: (BREAK(d), d.root["info"].update(version=version)))
    (revision.parent / "CHANGELOG.md").write_text(CHANGELOG.format("2.0.0"))

    assert main(["--base", str(base), "--revision", str(revision)]) == code
    assert ("require a major step. Write 2.0.0." in capsys.readouterr().err) == bool(code)


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The contract in a repository of its own, after a commit without it and one of a mistake, both tagged."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    git(folder, "init", "--quiet")
    for name, text in {
        "empty": None,
        "mistake": "openapi: [\n",
        "right": write(tmp_path, unchanged).read_text(),
    }.items():
        if text:
            (folder / "openapi.yaml").write_text(text)
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "--allow-empty", "--message", name)
        git(folder, "tag", name)
    return folder


def test_a_git_revision_can_be_the_base(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    revision = write(checkout, BREAK)

    assert main(["--base", "HEAD", "--revision", str(revision)]) == 1
    assert "breaking for callers" in capsys.readouterr().out


UNUSABLE = {
    "unknown-revision": (
        "nowhere",
        "nowhere: it is neither a file nor a revision in the git repository of ",
    ),
    "revision-without-the-contract": ("empty", "Cannot compare with empty: it has no openapi.yaml."),
    "revision-with-a-mistake": ("mistake", "mistake:openapi.yaml:2:1: "),
    "an-option": (
        "--output=x",
        "--output=x: it is neither a file nor a revision in the git repository of ",
    ),
    "malformed": ("malformed.yaml", "malformed.yaml:2:1: "),
    "not-openapi": ("other.yaml", "other.yaml:1:1: info.version is missing."),
    "wrong-type": ("wrong.yaml", "wrong.yaml:3:8: paths is not a mapping."),
    "version-not-a-number": ("words.yaml", "info.version 'one' is not MAJOR.MINOR.PATCH."),
    "folder": (".", "Cannot read the contract .: Is a directory."),
}


@pytest.mark.parametrize(("base", "reason"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_an_unreadable_base_ends_with_exit_code_2(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], base: str, reason: str
) -> None:
    monkeypatch.chdir(checkout)
    (checkout / "malformed.yaml").write_text("openapi: [\n")
    (checkout / "other.yaml").write_text("a: 1\n")
    (checkout / "wrong.yaml").write_text("openapi: 3.1.1\ninfo: {title: T, version: 1.0.0}\npaths: []\n")
    write(checkout, lambda d: d.root["info"].update(version="one"), "words.yaml")

    assert main([f"--base={base}", "--revision", str(checkout / "openapi.yaml")]) == 2
    output = capsys.readouterr()
    assert reason in output.err
    assert len(output.err.splitlines()) == 1
