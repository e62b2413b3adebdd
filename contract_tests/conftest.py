"""Loads the plugin of the contract run, from a checkout and from the installed package alike."""

pytest_plugins = ("contract_tests.plugin",)
