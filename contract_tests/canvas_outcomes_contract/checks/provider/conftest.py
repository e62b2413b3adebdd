"""Fixtures of the provider checks: outcomes that may be changed, known ids, documented responses."""

import pytest

from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.connection.editable_outcome import EditableOutcome
from canvas_outcomes_contract.connection.provider import NO_WRITES, Provider
from canvas_outcomes_contract.connection.response_schemas import ResponseSchemas


def _editable(provider: Provider, resource: str) -> EditableOutcome:
    if not provider.target.writes:
        raise NotApplicable(NO_WRITES)
    return EditableOutcome(provider, provider.resource_id(resource))


@pytest.fixture(scope="session")
def editable(provider: Provider) -> EditableOutcome:
    """The outcome that the target allows to change."""
    return _editable(provider, "editable_outcome")


@pytest.fixture(scope="session")
def scaled(provider: Provider) -> EditableOutcome:
    """An outcome of an account with account level mastery scales."""
    return _editable(provider, "scales_outcome")


@pytest.fixture(params=["editable_outcome", "course_outcome", "account_outcome", "global_outcome"])
def known_id(request: pytest.FixtureRequest, provider: Provider) -> int:
    """The id of each outcome that the editor can read."""
    return provider.resource_id(request.param)


@pytest.fixture(scope="session")
def schemas(provider: Provider) -> ResponseSchemas:
    """The schemas of the documented responses."""
    return ResponseSchemas(provider.contract)
