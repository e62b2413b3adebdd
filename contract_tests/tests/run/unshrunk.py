"""A pytest plugin for runs that fail: each check ends at its first failing example, which is not shrunk."""

from contract_tests.mutants.pytest_sessions import skip_shrinking


def pytest_configure() -> None:
    skip_shrinking()
