"""The evidence: what a tool prints is read right, only a difference is a finding, and the page is made of the data."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract_tests.mutants.client import MUTANTS
from contract_tests.mutants.client.judge import CONTROL
from contract_tests.tests.tox_commands import ROOT
from scripts.evidence import contract_copies, results
from scripts.evidence.client_side import Driven, driver_failures
from scripts.evidence.mocks import steady
from scripts.evidence.page import listed, page
from scripts.evidence.processes import ENDLESS, said_by
from scripts.evidence.provider_side import dredd_failures, one_of_each, schemathesis_failures, specmatic_failures
from scripts.evidence.results import Comparison, Fault, Finding, Results, Side, Verdict

SCHEMATHESIS = """\
___________________________ GET /api/v1/outcomes/{id} ___________________________
1. Test Case ID: gFUY5L

- Schema-violating request accepted

- Response violates schema

______________________________ PUT /api/v1/outcomes/{id} _______________________________
- Server error
"""
SPECMATIC = """\
+ve  Scenario: GET /api/v1/outcomes/(id:Id) -> 200 with the request from the example 'documented' has SUCCEEDED
-ve  Scenario: PUT /api/v1/outcomes/(id:Id) -> 4xx where REQUEST.BODY has been omitted has FAILED
"""
DREDD = """\
\x1b[31mfail: \x1b[39mGET (200) /api/v1/outcomes/1?add_defaults=true duration: 61ms
\x1b[32mpass: \x1b[39mPUT (200) /api/v1/outcomes/1 duration: 9ms
\x1b[31mfail: \x1b[39mbody: At '/id' Missing required property: id
"""


def test_the_failures_of_each_tool_are_read() -> None:
    assert schemathesis_failures(SCHEMATHESIS) == {
        "GET /api/v1/outcomes/{id}: Schema-violating request accepted",
        "GET /api/v1/outcomes/{id}: Response violates schema",
        "PUT /api/v1/outcomes/{id}: Server error",
    }
    assert specmatic_failures(SPECMATIC) == {"PUT /api/v1/outcomes/(id:Id) -> 4xx where REQUEST.BODY has been omitted"}
    assert dredd_failures(DREDD) == {"GET (200) /api/v1/outcomes/1?add_defaults=true"}


@pytest.mark.parametrize(
    ("said", "failures"),
    [
        ('["sync get_outcome 0: DecodeError"]\n', {"sync get_outcome 0: DecodeError"}),
        ("a warning\n[]\n", set()),
        ("Traceback …\nImportError: no name Client\n", {"ImportError: no name Client"}),
        (ENDLESS, {ENDLESS}),
    ],
    ids=["finding", "nothing", "crash", "endless"],
)
def test_a_driver_that_ends_in_any_way_says_something(said: str, failures: set[str]) -> None:
    assert driver_failures(said) == failures


def test_what_a_tool_says_of_the_right_one_is_no_finding() -> None:
    said = {"right": [{"always"}, {"always", "sometimes"}], "equal": [{"sometimes"}], "faulty": [{"always", "new"}]}
    comparison = Comparison({"tool": lambda judged: Verdict(said[judged].pop(0), 1.26)}, "right")

    assert comparison.always == {"tool": {"always", "sometimes"}}
    assert comparison.findings("equal") == {"tool": Finding(False, 1.3)}
    assert comparison.findings("faulty") == {"tool": Finding(True, 1.3)}


def test_a_command_that_does_not_end_is_ended(tmp_path: Path) -> None:
    endless = [sys.executable, "-c", "import time; print('begun', flush=True); time.sleep(600)"]

    assert said_by(endless, tmp_path, {}, seconds=0.2) == ENDLESS
    assert said_by([sys.executable, "-c", "print('done')"], tmp_path, {}) == "done\n"


@pytest.mark.parametrize("copy", [contract_copies.for_dredd, contract_copies.for_specmatic])
def test_a_copy_keeps_every_operation_and_its_success(tmp_path: Path, copy: Any) -> None:
    document = yaml.safe_load(copy(tmp_path).read_text())

    answers = {each["operationId"]: list(each["responses"]) for each in contract_copies.operations(document)}
    assert set(answers) == {"get_outcome", "update_outcome", "list_outcome_alignments"}
    assert all("200" in statuses and "5XX" not in statuses for statuses in answers.values())


def test_every_nth_clause_has_its_fault() -> None:
    all_of_them = one_of_each(1)

    assert len({mutant.clause for mutant in all_of_them}) == len(all_of_them) > 150
    assert set(one_of_each(20)) < set(all_of_them)


@pytest.fixture(scope="module")
def driven() -> Iterator[Driven]:
    with steady() as base_url:
        yield Driven(base_url)


@pytest.mark.parametrize("name", ["names a parameter in another case", "has no field for a property"])
def test_a_driven_client_shows_what_is_wrong_with_it(driven: Driven, name: str) -> None:
    right, faulty = driven(CONTROL).failures, driven(MUTANTS[name]).failures

    assert faulty - right
    assert {said.rpartition(": ")[2] for said in right} == {"not raised"}


def side(ours: bool, other: bool) -> Side:
    fault = Fault("wrong", "a-clause", {"this suite": Finding(ours, 2), "Other": Finding(other, 9)})
    versions = {"this suite": "of this commit", "Other": "1.0"}
    return Side(
        dict.fromkeys(versions, "tox -e evidence"),
        versions,
        {name: [] for name in versions},
        dict.fromkeys(versions, 3.0),
        2,
        [fault],
    )


def test_the_page_says_where_this_suite_is_not_ahead() -> None:
    ahead, behind = page(Results(provider=side(True, False))), page(Results(client=side(False, True)))

    assert "This suite found more than Other. The run was ended after 1 of 2 faults." in ahead
    assert "It did not find more than Other. It missed `wrong`, which Other found." in behind


def test_one_tool_is_judged_anew_beside_what_the_others_said() -> None:
    again = Side({"Other": "again"}, {"Other": "2.0"}, {"Other": ["x"]}, {"Other": 1.0}, 1, [])
    again.faults.append(Fault("wrong", "a-clause", {"Other": Finding(True, 1)}))

    both = again.beside(side(True, False))

    assert both.faults[0].findings == {"this suite": Finding(True, 2), "Other": Finding(True, 1)}
    assert (both.commands["this suite"], both.commands["Other"]) == ("tox -e evidence", "again")
    assert "`again` and `tox -e evidence`" in page(Results(provider=both))
    assert "by different commands do not compare" in page(Results(provider=both))
    again.faults[0] = Fault("another", "a-clause", {})
    assert again.beside(side(True, False)) is again


def test_names_are_listed_as_in_a_sentence() -> None:
    assert [listed(["a", "b", "c"][:length]) for length in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_the_page_is_what_the_data_says() -> None:
    kept = results.read(ROOT / "docs" / "evidence.json")

    assert kept.provider
    assert kept.client
    assert (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8") == page(kept)
