"""Isolate the tests from the terminal and from the state of earlier runs, which may have been killed."""

from collections.abc import Iterator

import pytest

OF_A_TERMINAL = ("COLUMNS", "FORCE_COLOR", "NO_COLOR")


@pytest.fixture(scope="session", autouse=True)
def _isolated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in OF_A_TERMINAL:
            patch.delenv(name, raising=False)
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield
