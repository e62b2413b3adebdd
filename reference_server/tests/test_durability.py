"""After kill -9 at any moment the server starts again and no acknowledged update is missing."""

from pathlib import Path

import pytest

from reference_server.kill_rounds import kill_rounds
from reference_server.tests.conftest import DATABASES, new_database


@pytest.mark.parametrize("kind", DATABASES)
def test_a_killed_server_loses_nothing_that_it_acknowledged(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    acknowledged, lost = kill_rounds(new_database(kind, request, tmp_path), tmp_path, rounds=2)

    assert lost == 0
    assert acknowledged >= 20
