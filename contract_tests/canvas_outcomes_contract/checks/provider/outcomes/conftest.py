"""Fixtures of the checks of outcomes: outcomes that may be changed, ids of outcomes, rows of alignments."""

import pytest

from canvas_outcomes_contract.checks.provider.outcomes.editable_outcome import EditableOutcome
from canvas_outcomes_contract.checks.provider.outcomes.requests import Rows, list_rows
from canvas_outcomes_contract.connection.provider import Provider


def _editable(provider: Provider, resource: str) -> EditableOutcome:
    provider.require_permission("PUT")
    return EditableOutcome(provider, provider.target.resource_id(resource))


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
    return provider.target.resource_id(request.param)


@pytest.fixture
def rows(provider: Provider) -> Rows:
    """The alignments of the student, requested by the teacher."""
    return list_rows(provider, student_id="$student")


@pytest.fixture
def own_rows(provider: Provider) -> Rows:
    """The alignments of the student, requested by the student."""
    return list_rows(provider, "student", student_id="$student")
