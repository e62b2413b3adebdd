"""What an installed suite adds to pytest: contract runs by `--pyargs`, and two fixtures for the tests of apps."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pytest

from contract_tests.embedded import reference_server
from contract_tests.report.progress import say_that_it_begins

if TYPE_CHECKING:
    from canvas_outcomes import Client

CONTRACT_RUN = re.compile(r"contract_tests[./\\](provider|client)")
PLUGIN = "contract_tests.plugin"
DEMO_TOKEN = "admin-token"


def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Adds the options of a contract run to contract runs, and to no other run of pytest."""
    if is_contract_run(args):
        say_that_it_begins(early_config)
        early_config.pluginmanager.import_plugin(PLUGIN)


def is_contract_run(arguments: Iterable[str]) -> bool:
    """Whether pytest is asked for checks of a provider or of the client."""
    return any(map(CONTRACT_RUN.search, arguments))


@pytest.fixture(scope="session")
def canvas_outcomes_server() -> Iterator[str]:
    """The base URL of a reference server with the demo world; it ends with the session."""
    with reference_server() as base_url:
        yield base_url


@pytest.fixture
def canvas_outcomes_client(canvas_outcomes_server: str) -> Iterator["Client"]:
    """A client of that server, with the token of an account admin."""
    from canvas_outcomes import Client  # noqa: PLC0415  (other runs of pytest do not pay for the import)

    with Client(canvas_outcomes_server, token=DEMO_TOKEN) as client:
        yield client
