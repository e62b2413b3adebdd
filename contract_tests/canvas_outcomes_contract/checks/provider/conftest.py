"""What the provider checks share: the outcome that they may change, and the ids that they ask for."""

import pytest

from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.connection.editable_outcome import EditableOutcome
from canvas_outcomes_contract.connection.provider import NO_WRITES, Provider


def _editable(provider: Provider, resource: str) -> EditableOutcome:
    if not provider.target.writes:
        raise NotApplicable(NO_WRITES)
    return EditableOutcome(provider, provider.resource_id(resource))


@pytest.fixture(scope="session")
def editable(provider: Provider) -> EditableOutcome:
    """The outcome that the target lets us change."""
    return _editable(provider, "editable_outcome")


@pytest.fixture(scope="session")
def scaled(provider: Provider) -> EditableOutcome:
    """An outcome where account level mastery scales are enabled."""
    return _editable(provider, "scales_outcome")


@pytest.fixture(params=["editable_outcome", "course_outcome", "account_outcome", "global_outcome"])
def known_id(request: pytest.FixtureRequest, provider: Provider) -> int:
    """The id of each outcome that the target names and the editor may read."""
    return provider.resource_id(request.param)
