"""Client checks receive every kind of response, and cover a new operation without a new check."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from canvas_outcomes_contract.checks.client.connections.test_real_server import CALLS, TARGET, request_all
from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.contract.document import contract_path
from canvas_outcomes_contract.run.judge import CLIENT_CHECKS, pytest_arguments
from scripts.tests import ROOT

FOURTH = """
  /api/v1/outcomes/{id}/courses/{course_id}:
    parameters:
      - {$ref: '#/components/parameters/OutcomeId'}
      - {name: course_id, in: path, required: true, description: A course., schema: {$ref: '#/components/schemas/Id'},
         example: 1}
    get:
      operationId: get_outcome_of_course
      tags: [Outcomes]
      summary: Show an outcome of a course.
      security: [{bearerToken: []}]
      parameters:
        - {$ref: '#/components/parameters/AddDefaults'}
      responses:
        '200': {$ref: '#/components/responses/OutcomeShown'}
        '404': {$ref: '#/components/responses/NotFound'}
"""


@pytest.fixture(scope="module")
def statuses() -> dict[str, set[int]]:
    """The statuses of the reference server for the calls of every role, by operation."""
    statuses: dict[str, set[int]] = {call.operation: set() for call in CALLS}
    with reference_server() as base_url:
        for token in TARGET.tokens.values():
            for call, response in zip(CALLS, request_all(base_url, token), strict=True):
                statuses[call.operation].add(response.status_code)
    return statuses


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("get_outcome", {200, 401, 403, 404}),
        ("update_outcome", {200, 401, 403, 404}),
        ("list_outcome_alignments", {200, 400, 401, 403, 404}),
    ],
)
def test_calls_receive_every_kind_of_response(
    statuses: dict[str, set[int]], operation: str, expected: set[int]
) -> None:
    assert statuses[operation] == expected


def test_checks_a_fourth_operation_without_a_new_check(tmp_path: Path) -> None:
    contract = tmp_path / "openapi.yaml"
    contract.write_text(contract_path().read_text(encoding="utf-8").replace("\npaths:\n", f"\npaths:{FOURTH}", 1))
    client = tmp_path / "client"
    generate = ["-m", "scripts.generate", "--contract", str(contract), "--output", str(client)]
    subprocess.run([sys.executable, *generate], cwd=ROOT, check=True, capture_output=True)
    arguments = [*pytest_arguments(CLIENT_CHECKS), "-k", "get_outcome_of_course", "--report", str(tmp_path)]

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=ROOT,
        env=os.environ | {"CONTRACT_FILE": str(contract), "PYTHONPATH": str(client)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout[-3000:]
    assert int(re.findall(r"(\d+) passed", ran.stdout)[-1]) > 100
