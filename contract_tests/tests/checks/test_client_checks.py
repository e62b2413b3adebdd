"""The client's checks ask for all that they claim to, also of an operation that nobody has written a check for."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from canvas_outcomes_contract.checks.client.connections.test_real_server import QUESTIONS, TARGET, said
from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.contract.document import contract_path
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
def answers() -> Iterator[list[tuple[str, httpx.Response]]]:
    with reference_server() as base_url:
        questions = [question.operation for question in QUESTIONS]
        yield [pair for token in TARGET.tokens.values() for pair in zip(questions, said(base_url, token), strict=True)]


@pytest.mark.parametrize(
    ("operation", "statuses"),
    [
        ("get_outcome", {200, 401, 403, 404}),
        ("update_outcome", {200, 401, 403, 404}),
        ("list_outcome_alignments", {200, 400, 401, 403, 404}),
    ],
)
def test_the_roles_are_told_every_kind_of_answer(
    answers: list[tuple[str, httpx.Response]], operation: str, statuses: set[int]
) -> None:
    assert {answer.status_code for asked, answer in answers if asked == operation} == statuses


def test_a_fourth_operation_is_judged_without_a_new_check(tmp_path: Path) -> None:
    contract = tmp_path / "openapi.yaml"
    contract.write_text(contract_path().read_text(encoding="utf-8").replace("\npaths:\n", f"\npaths:{FOURTH}", 1))
    client = tmp_path / "client"
    regenerate = [str(ROOT / "scripts" / "regenerate.py"), "--contract", str(contract), "--output", str(client)]
    subprocess.run([sys.executable, *regenerate], check=True, capture_output=True)

    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "contract_tests/client",
            "-q",
            "-k",
            "get_outcome_of_course",
            "--report",
            str(tmp_path),
        ],
        cwd=ROOT,
        env=os.environ | {"CONTRACT_FILE": str(contract), "PYTHONPATH": str(client)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout[-3000:]
    assert int(re.findall(r"(\d+) passed", ran.stdout)[-1]) > 100
