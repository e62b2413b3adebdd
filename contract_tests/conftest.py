"""Says that a contract run begins, before what it needs is imported, which takes seconds."""

import sys
from typing import Any

import pytest

from contract_tests.pytest_entry import PLUGIN, is_contract_run
from contract_tests.report.progress import say_that_it_begins


def pytest_plugin_registered(plugin: object, manager: pytest.PytestPluginManager) -> None:
    config: Any = manager.get_plugin("pytestconfig")
    # An installed suite has said so already.
    has_to_say_so = plugin is sys.modules[__name__] and not manager.has_plugin(PLUGIN)
    if has_to_say_so and is_contract_run(config.invocation_params.args):
        say_that_it_begins(config)
