"""Every edit of the contract is judged by whom it breaks, and has to be published as that: one command, one file."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from canvas_outcomes_contract.contract.document import contract_path
from scripts.diff.__main__ import main
from scripts.diff.change import Change, Kind
from scripts.diff.document import changes
from scripts.lint.redocly import redocly_report
from scripts.tests.diff import contract_edits
from scripts.tests.diff.contract_edits import BREAKING, COMPATIBLE, DOCUMENTATION, NEUTRAL, Document, Edit, edited

CONTRACT = contract_path()


def judged(edit: Edit) -> list[Change]:
    return changes(edited(lambda d: None), edited(edit))


@pytest.mark.parametrize(("kind", "edit"), BREAKING.values(), ids=BREAKING.keys())
def test_a_breaking_edit_is_judged_by_whom_it_breaks(kind: Kind, edit: Edit) -> None:
    found = judged(edit)

    assert {change.kind for change in found if change.kind.breaking} == {kind}, [str(change) for change in found]


def test_security_that_no_operation_uses_is_documentation_only() -> None:
    # Redocly calls it major, whether it applies to an operation or not.
    found = judged(lambda d: d.update(security=[{"accessToken": []}]))

    assert [change.kind for change in found] == [Kind.DOCUMENTATION]


def test_a_token_that_is_needed_now_breaks_callers() -> None:
    free = edited(lambda d: contract_edits.get(d)["security"].append({}))

    assert [change.kind for change in changes(free, edited(lambda d: None))] == [Kind.CALLERS]


@pytest.mark.parametrize("edit", COMPATIBLE.values(), ids=COMPATIBLE.keys())
def test_a_compatible_edit_breaks_nobody(edit: Edit) -> None:
    found = judged(edit)

    assert {change.kind for change in found} == {Kind.COMPATIBLE}, [str(change) for change in found]


@pytest.mark.parametrize("edit", DOCUMENTATION.values(), ids=DOCUMENTATION.keys())
def test_an_edit_of_texts_is_documentation_only(edit: Edit) -> None:
    found = judged(edit)

    assert {change.kind for change in found} == {Kind.DOCUMENTATION}, [str(change) for change in found]


@pytest.mark.parametrize("edit", NEUTRAL.values(), ids=NEUTRAL.keys())
def test_the_same_contract_written_otherwise_has_not_changed(edit: Edit) -> None:
    assert judged(edit) == []


def test_what_is_the_same_in_many_places_is_told_once() -> None:
    found = judged(lambda d: contract_edits.schema(d, "ErrorItem")["required"].clear())

    assert [change.subject for change in found] == ["ErrorItem.message"]
    assert "answer 400, 401, 403, 404, 5XX of get_outcome" in str(found[0])


def test_a_schema_that_contains_itself_is_compared(tmp_path: Path) -> None:
    def nest(document: Document) -> None:
        contract_edits.schema(document, "ErrorItem")["properties"]["causes"] = {
            "type": "array",
            "items": {"$ref": "#/components/schemas/ErrorItem"},
        }

    old, new = edited(nest), edited(nest)
    contract_edits.schema(new, "ErrorItem")["properties"]["message"]["maxLength"] = 9

    assert {change.subject for change in changes(old, new)} == {"ErrorItem.message"}


def written(folder: Path, edit: Edit, name: str = "openapi.yaml") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(yaml.dump(edited(edit), Dumper=yaml.CSafeDumper, sort_keys=False))
    return path


def redocly_verdict(folder: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Redocly calls major, as a second opinion."""
    monkeypatch.chdir(folder)  # a redocly.yaml would replace the rules of its diff by those of the lint
    base, revision = written(folder, lambda d: None, "base.yaml"), written(folder, edit)
    report = redocly_report("diff", str(base), str(revision), "--fail-on", "none")
    return [
        verdict["message"] for one in report["changes"] for verdict in one["verdicts"] if verdict["impact"] == "major"
    ]


def test_redocly_agrees_that_compatible_edits_break_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edits = [*COMPATIBLE.values(), *DOCUMENTATION.values()]

    assert redocly_verdict(tmp_path, lambda d: [edit(d) for edit in edits], monkeypatch) == []


@pytest.mark.parametrize("name", ["operation-removed", "request-enum-value-removed", "answer-property-removed"])
def test_redocly_agrees_that_callers_break(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert redocly_verdict(tmp_path, BREAKING[name][1], monkeypatch) != []


# An edit of the text of the contract, and what is said of the client beyond the contract itself.
CLIENTS = {
    "model-renamed": (
        ("title: Outcome alignment\n", "title: Link\n"),
        [
            r"client models\.OutcomeAlignment: the name is gone from the generated client\.",
            r"client models\.Link: the name is new in the generated client\.",
            r"client usage, line \d+ of docs/usage\.py: Module .* has no attribute \"OutcomeAlignment\" .*",
        ],
    ),
    "answer-type-widened": (
        (
            "integer\n          description: >-\n            The value",
            "number\n          description: >-\n            The value",
        ),
        [r"client usage, line \d+ of docs/usage\.py: Incompatible types in assignment .*"],
    ),
}


@pytest.mark.parametrize(("edit", "told"), CLIENTS.values(), ids=CLIENTS.keys())
def test_what_an_app_has_to_rewrite_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], edit: tuple[str, str], told: list[str]
) -> None:
    revision = tmp_path / "openapi.yaml"
    revision.write_text(CONTRACT.read_text().replace(*edit, 1))

    main(["--base", str(CONTRACT), "--revision", str(revision)])

    of_client = re.findall(r"^(?:breaking for callers|compatible) +(client .*)", capsys.readouterr().out, re.MULTILINE)
    assert len(of_client) == len(told), of_client
    assert [pattern for pattern in told if not any(re.fullmatch(pattern, line) for line in of_client)] == []


# The edit, the version it is published as, what CHANGELOG.md says, the exit code, and what is complained about.
BREAK, ADD, DOCUMENT_IT = (
    BREAKING["request-max-length-lowered"][1],
    COMPATIBLE["answer-header-added"],
    DOCUMENTATION["tag-description"],
)
SAYS = "# Changelog\n\n## {}\n\n- Titles are shorter.\n"
VERSIONS: dict[str, tuple[Edit, str, str, int, str]] = {
    "nothing": (lambda d: None, "1.0.0", "", 0, ""),
    "breaking-as-major": (BREAK, "2.0.0", SAYS.format("2.0.0"), 0, ""),
    "breaking-as-more-than-major": (BREAK, "3.1.0", SAYS.format("3.1.0 (unreleased)"), 0, ""),
    "breaking-as-minor": (BREAK, "1.1.0", SAYS.format("1.1.0"), 1, "ask for a major step. Write 2.0.0."),
    "breaking-unsaid": (BREAK, "1.0.0", SAYS.format("2.0.0"), 1, "info.version is 1.0.0"),
    "compatible-as-minor": (ADD, "1.1.0", SAYS.format("1.1.0"), 0, ""),
    "compatible-as-patch": (ADD, "1.0.1", SAYS.format("1.0.1"), 1, "ask for a minor step. Write 1.1.0."),
    "documentation-as-patch": (DOCUMENT_IT, "1.0.1", SAYS.format("1.0.1"), 0, ""),
    "documentation-unsaid": (DOCUMENT_IT, "1.0.0", SAYS.format("1.0.1"), 1, "ask for a patch step. Write 1.0.1."),
    "backwards": (lambda d: None, "0.9.0", "", 1, "info.version is 0.9.0"),
    "no-changelog": (ADD, "1.1.0", "", 1, "CHANGELOG.md has no section 1.1.0."),
    "another-section": (ADD, "1.1.0", SAYS.format("1.1.01"), 1, "CHANGELOG.md has no section 1.1.0."),
    "empty-section": (ADD, "1.1.0", "## 1.1.0\n\n## 1.0.0\n\n- Titles.\n", 1, "CHANGELOG.md has no sentence"),
}


@pytest.mark.parametrize("case", VERSIONS.values(), ids=VERSIONS.keys())
def test_version_and_changelog_have_to_carry_the_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: tuple[Edit, str, str, int, str]
) -> None:
    edit, version, changelog, code, complaint = case
    base = written(tmp_path / "base", lambda d: d["info"].update(version="1.0.0"))
    revision = written(tmp_path / "revision", lambda d: (edit(d), d["info"].update(version=version)))
    (revision.parent / "CHANGELOG.md").write_text(changelog)

    assert main(["--base", str(base), "--revision", str(revision)]) == code
    assert complaint in capsys.readouterr().err


def test_one_description_is_documentation_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = written(tmp_path / "base", lambda d: None)
    revision = written(tmp_path / "revision", DOCUMENTATION["property-description"])

    main(["--base", str(base), "--revision", str(revision)])

    told, summary = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"documentation only +OutcomeUpdate\.title: its description changed\. In request of .+", told)
    assert "ask for a patch step" in summary


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The contract in a repository of its own, with one commit."""
    folder = tmp_path / "checkout"
    written(folder, lambda d: None)
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "The contract")
    return folder


def test_a_git_revision_can_be_the_base(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    revision = written(checkout, BREAK)

    assert main(["--base", "HEAD", "--revision", str(revision)]) == 1
    assert "breaking for callers" in capsys.readouterr().out


UNUSABLE = {
    "unknown-revision": ("nowhere", "Cannot compare with nowhere: it is neither a file nor a git revision."),
    "an-option": ("--output=x", "Cannot compare with --output=x: it is neither a file nor a git revision."),
    "malformed": ("malformed.yaml", "malformed.yaml:2:1: "),
    "not-openapi": ("other.yaml", "other.yaml:1:1: it has no info.version."),
    "wrong-type": ("wrong.yaml", "wrong.yaml:3:8: it is not an OpenAPI document: [] is not of type"),
    "version-in-words": ("words.yaml", "info.version 'one' is not MAJOR.MINOR.PATCH."),
    "folder": (".", "Cannot read the contract .: Is a directory."),
}


@pytest.mark.parametrize(("base", "reason"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_base_that_cannot_be_read_is_named(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], base: str, reason: str
) -> None:
    monkeypatch.chdir(checkout)
    (checkout / "malformed.yaml").write_text("openapi: [\n")
    (checkout / "other.yaml").write_text("a: 1\n")
    (checkout / "wrong.yaml").write_text("openapi: 3.1.1\ninfo: {title: T, version: 1.0.0}\npaths: []\n")
    written(checkout, lambda d: d["info"].update(version="one"), "words.yaml")

    assert main([f"--base={base}", "--revision", str(checkout / "openapi.yaml")]) == 2
    said = capsys.readouterr()
    assert reason in said.err
    assert len(said.err.splitlines()) == 1


def test_a_revision_without_the_contract_is_named(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = written(checkout, lambda d: None, "other.yaml")

    assert main(["--base", "HEAD", "--revision", str(other)]) == 2
    assert "Cannot compare with HEAD: it has no other.yaml." in capsys.readouterr().err


def test_a_mistake_at_a_git_revision_is_named_by_it(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "openapi.yaml").write_text("openapi: [\n")
    git(checkout, "commit", "--quiet", "--all", "--message", "A mistake")
    revision = written(checkout, lambda d: None)

    assert main(["--base", "HEAD", "--revision", str(revision)]) == 2
    assert "HEAD:openapi.yaml:2:1: " in capsys.readouterr().err
