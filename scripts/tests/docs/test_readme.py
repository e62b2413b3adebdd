"""What the README says works: its commands, its example, its target file."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET, load_target
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.load.locust_processes import free_port
from contract_tests.tests.run.test_runs import target
from scripts.tests.docs import documents
from scripts.tests.tox_commands import ROOT, descriptions, environments, start, tox_commands

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return [block.text for block in documents.blocks(ROOT / "README.md") if block.language == language]


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with reference_server() as url:
        yield url


def test_the_first_two_commands_set_up_tox_and_run_it() -> None:
    set_up = "python3 -m venv .venv && .venv/bin/pip install --quiet tox && .venv/bin/tox"

    assert [block.strip() for block in blocks("sh")[:2]] == [f"{set_up} -e contract", set_up]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == blocks("sh")[1].strip()


def test_the_main_job_ends_with_conforms_and_a_table_of_clauses(tmp_path: Path) -> None:
    outputs = []
    for command in tox_commands(f"{blocks('sh')[0]} -- --effort quick --report {shlex.quote(str(tmp_path))}"):
        process = start(command)
        outputs.append(process.communicate(timeout=300)[0])
        assert process.returncode == 0, outputs[-1]

    assert "generated_client is what openapi.yaml generates" in outputs[0]
    assert "verdict: conforms" in outputs[1]
    assert [clause for clause in Contract(contract_path()).clauses if clause not in outputs[1]] == []


def test_a_server_that_runs_already_is_judged(tmp_path: Path, base_url: str) -> None:
    file = target(tmp_path, base_url=base_url)
    line = f".venv/bin/tox -e contract -- --target {file} --report {tmp_path} --clause get-outcome-asks-for-a-token"

    process = start(tox_commands(line)[1])
    output, _ = process.communicate(timeout=120)

    assert process.returncode == 0, output


def test_every_command_of_the_readme_is_an_environment() -> None:
    named = re.findall(r"tox -e (\w+)", README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))

    assert set(named) <= set(environments())


def test_the_server_of_the_readme_answers_its_curl_line() -> None:
    serve = next(block for block in blocks("sh") if "-e serve" in block)
    curl = next(block for block in blocks("sh") if block.startswith("curl"))
    port = str(free_port())

    with start([*tox_commands(serve.replace("8000", port))[0], "--database", "sqlite://"]) as server:
        try:
            assert server.stdout is not None
            ready = next(line for line in server.stdout if "listening on" in line)
            answer = subprocess.run(shlex.split(curl.replace("8000", port)), capture_output=True, text=True, check=True)
        finally:
            server.terminate()

    assert f":{port}" in ready
    assert '"id":1' in answer.stdout.replace(" ", "")


def test_the_example_of_the_client_runs(base_url: str) -> None:
    ids = yaml.safe_load(EMBEDDED_TARGET.read_text())["resources"]
    example = blocks("python")[0].replace("https://canvas.example.edu", base_url).replace("…", "editor-token")
    example = example.replace("outcome(1", f"outcome({ids['editable_outcome']}").replace(
        "course_id=1", f"course_id={ids['course']}"
    )

    ran = subprocess.run([sys.executable, "-c", example + "\nprint(rows)"], capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
    assert "OutcomeAlignment(" in ran.stdout


def test_the_usage_examples_run(base_url: str) -> None:
    command = [sys.executable, str(ROOT / "docs" / "usage.py"), base_url, "admin-token"]

    ran = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
    assert "not found" in ran.stdout


def test_the_target_of_the_readme_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for role in ("EDITOR", "READER", "TEACHER", "STUDENT"):
        monkeypatch.setenv(f"{role}_TOKEN", role)
    path = tmp_path / "target.yaml"
    path.write_text("".join(blocks("yaml")))

    named = load_target(path, Contract(contract_path()))

    assert named.token("editor") == "EDITOR"
    assert named.known_failures


def test_every_environment_has_a_description() -> None:
    assert [name for name, description in descriptions().items() if not description] == []
