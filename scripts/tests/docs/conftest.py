"""The clone in which the tests follow the documents."""

import pytest

from scripts.tests import ROOT
from scripts.tests.docs.clone import Clone
from scripts.tests.docs.documents import blocks

CLAUSE = "get-outcome-asks-for-a-token"


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clone in which the README's first command has run; it judged one clause, because `tox` judges the others."""
    clone = Clone(tmp_path_factory.mktemp("clone"))
    first = blocks(ROOT / "README.md")[0].text.strip()
    output = clone.run(f"{first} -- --clause {CLAUSE}")
    assert "generated_client is what openapi.yaml generates" in output
    assert "verdict: conforms" in output
    return clone
