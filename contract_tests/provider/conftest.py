"""What the provider checks share: the outcome that they may change, and the ids that they ask for."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from contract_tests.editable import EditableOutcome
from contract_tests.errors import NotApplicable
from contract_tests.first_state import FirstState
from contract_tests.provider_under_test import Provider

if TYPE_CHECKING:
    from contract_tests.plugin import Run  # pytest rewrites the asserts of a plugin that nothing has imported yet

pytest_plugins = ("contract_tests.plugin",)


def _editable(run: "Run", provider: Provider, resource: str) -> Iterator[EditableOutcome]:
    if not provider.target.writes:
        raise NotApplicable("The target allows no writes. Set writes: true to judge updates.")
    # An embedded server and its outcome end with the run: there is nothing to come back to.
    memory = FirstState(provider.base_url, provider.id(resource)) if provider.target.base_url else None
    outcome = EditableOutcome(provider, provider.id(resource), memory=memory)
    yield outcome
    left = outcome.restore()
    if left:
        run.results.notes.append(f"Cannot put {resource} {outcome.id} back: {'; '.join(left.lines())}.")


@pytest.fixture(scope="session")
def editable(run: "Run", provider: Provider) -> Iterator[EditableOutcome]:
    """The outcome that the target lets us change; put back when the run ends."""
    yield from _editable(run, provider, "editable_outcome")


@pytest.fixture(scope="session")
def scaled(run: "Run", provider: Provider) -> Iterator[EditableOutcome]:
    """An outcome where account level mastery scales are enabled; put back when the run ends."""
    yield from _editable(run, provider, "scales_outcome")


@pytest.fixture(params=["editable_outcome", "course_outcome", "account_outcome", "global_outcome"])
def known_id(request: pytest.FixtureRequest, provider: Provider) -> int:
    """The id of each outcome that the target names and the editor may read."""
    return provider.id(request.param)
