"""A failure breaks the clause that it is attributed to, and no other one."""

import httpx2
import pytest
from schemathesis.core.failures import FailureGroup
from schemathesis.openapi.checks import UndefinedContentType, UndefinedStatusCode

from canvas_outcomes_contract.run.clauses import attribute_failures_to, is_broken_by

DOCUMENTED, FAILS = "get-outcome-answers-as-documented", "get-outcome-never-fails-on-a-request"


def html_page() -> FailureGroup:
    """The failures of a 404 as text/html."""
    status = UndefinedStatusCode(
        operation="x", status_code=404, defined_status_codes=[], allowed_status_codes=[], message=""
    )
    kind = UndefinedContentType(
        operation="x", content_type="text/html", defined_content_types=[], message="", title="Undocumented"
    )
    return FailureGroup([status, kind])


def test_a_group_of_failures_breaks_one_clause_after_schemathesis_has_rebuilt_it() -> None:
    with pytest.raises(FailureGroup) as raised, attribute_failures_to(DOCUMENTED, httpx2.Response(404)):
        raise html_page()
    rebuilt = FailureGroup(raised.value.exceptions)

    for error in (raised.value, rebuilt, BaseExceptionGroup("of Hypothesis", [rebuilt])):
        assert [is_broken_by(clause, error) for clause in (DOCUMENTED, FAILS)] == [True, False]


def test_a_failure_without_an_attribution_breaks_every_clause_of_its_check() -> None:
    assert [is_broken_by(clause, AssertionError()) for clause in (DOCUMENTED, FAILS)] == [True, True]
