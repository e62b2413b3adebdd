"""`canvas-outcomes-contract target` finds the resources of a server and writes a target file."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import trustme
import yaml

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.pace import Pace
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET, Target, load_target
from canvas_outcomes_contract.connection.target_file import TargetFile
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.judging import ROLES
from canvas_outcomes_contract.contract.resources import resources
from canvas_outcomes_contract.load.locust_processes import free_port
from canvas_outcomes_contract.target.command import main
from canvas_outcomes_contract.target.finder import Finder
from canvas_outcomes_contract.target.render import render
from contract_tests.tests.run.contract_runs import CONFORMS, run, statuses
from contract_tests.tests.run.gateways import Gateway, TunnelProxy, served

CONTRACT = Contract(contract_path())
DEMO = yaml.safe_load(EMBEDDED_TARGET.read_text())
# Responses cannot tell these from missing, active or other users' resources.
INDISTINGUISHABLE = {
    *("deleted_outcome", "archived_outcome", "retired_outcome", "unassigned_assignment", "unpublished_assignment"),
    *("teacher", "stronger_user"),
}


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with reference_server() as url:
        yield url


@pytest.fixture
def all_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    for role, token in DEMO["tokens"].items():
        monkeypatch.setenv(f"{role.upper()}_TOKEN", token)


@pytest.fixture
def editor_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for role in ROLES:
        monkeypatch.delenv(f"{role.upper()}_TOKEN", raising=False)
    monkeypatch.setenv("EDITOR_TOKEN", DEMO["tokens"]["editor"])


@pytest.mark.usefixtures("all_tokens")
def test_finds_every_resource_that_responses_identify(tmp_path: Path, base_url: str) -> None:
    file = tmp_path / "target.yaml"

    assert main(["--base-url", base_url, "--course-id", "1,5", "--output", str(file)]) == 0

    target = load_target(file, CONTRACT)
    same = {name: id for name, id in DEMO["resources"].items() if name not in {*INDISTINGUISHABLE, "missing_outcome"}}
    assert target.resources == same | {"missing_outcome": 999999999, "foreign_assignment": 22}
    assert target.tokens == DEMO["tokens"]
    assert (target.base_url, target.writes) == (base_url, False)


@pytest.mark.usefixtures("all_tokens")
def test_judges_a_server_with_the_written_target(tmp_path: Path, base_url: str) -> None:
    file = tmp_path / "target.yaml"
    clauses = {
        "get-outcome-omits-the-scale-fields-under-account-scales",
        "update-outcome-stores-ratings",
        "update-outcome-refuses-a-reader",
        "list-outcome-alignments-lists-no-quiz-banks-for-an-assignment",
        "list-outcome-alignments-refuses-an-assignment-of-another-course",
        "list-outcome-alignments-lists-nothing-for-an-unaligned-assignment",
        "list-outcome-alignments-hides-students-from-an-outsider",
    }

    assert main(["--base-url", base_url, "--course-id", "1,5", "--writes", "--output", str(file)]) == 0
    code, output = run("--target", file, *(f"--clause={clause}" for clause in clauses), report=tmp_path)

    assert code == CONFORMS, output
    assert {clause for clause, status in statuses(tmp_path).items() if status == "passed"} == clauses


@pytest.mark.usefixtures("editor_token")
def test_searches_and_writes_a_target_with_certificates_a_proxy_and_headers(
    tmp_path: Path, base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca, proxy, file = trustme.CA(), TunnelProxy("user:password"), tmp_path / "targets" / "target.yaml"
    file.parent.mkdir()
    monkeypatch.chdir(tmp_path)
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("GATEWAY_KEY", "key-of-the-gateway")
    monkeypatch.setenv("PROXY_PASSWORD", "password")
    gateway = served(Gateway(base_url, "/canvas", "key-of-the-gateway"), ca.issue_cert("127.0.0.1"))

    with gateway as url, served(proxy) as proxy_url:
        others = ["--proxy", proxy_url.replace("//", "//user:${PROXY_PASSWORD}@"), "--id", "1", "--course-id", "1"]
        others += ["--header", "X-Gateway-Key: ${GATEWAY_KEY}", "--header", "X-Tenant: 7"]
        certificates = ["--certificates", "ca.pem"]
        assert main(["--base-url", url, *certificates, *others, "--output", str(file)]) == 0

    target = load_target(file, CONTRACT)
    assert target.resources["editable_outcome"] == 1
    assert (target.base_url, target.proxy) == (url, proxy_url.replace("//", "//user:password@"))
    assert target.headers == {"X-Gateway-Key": "key-of-the-gateway", "X-Tenant": "7"}
    assert target.certificates is not None
    assert target.certificates.samefile(tmp_path / "ca.pem")
    assert proxy.tunnels > 0
    assert [secret for secret in ("key-of-the-gateway", "password@") if secret in file.read_text()] == []


@pytest.mark.usefixtures("all_tokens")
def test_never_writes_a_token(capsys: pytest.CaptureFixture[str], base_url: str) -> None:
    assert main(["--base-url", base_url]) == 0

    output = "".join(capsys.readouterr())
    assert 'editor: "${EDITOR_TOKEN}"' in output
    assert [token for token in DEMO["tokens"].values() if token in output] == []


@pytest.mark.usefixtures("editor_token")
def test_lists_missing_tokens_and_resources_with_advice(capsys: pytest.CaptureFixture[str], base_url: str) -> None:
    assert main(["--base-url", base_url, "--id", "1"]) == 0

    text = capsys.readouterr().out
    lines = text.splitlines()
    found = yaml.safe_load(text)
    assert found["resources"] == {"editable_outcome": 1, "missing_outcome": 999999999, "course": 1}
    missing_tokens = [role for role in ROLES if role != "editor"]
    described = resources(CONTRACT)
    missing = [name for name in described if name not in found["resources"]]
    expected = [f'#   tokens.{role}: "${{{role.upper()}_TOKEN}}", {ROLES[role]}' for role in missing_tokens]
    expected += [f"#   resources.{name}: {described[name].description}." for name in missing]
    assert [start for start in expected if not any(line.startswith(start) for line in lines)] == []


def test_sends_nothing_but_get(base_url: str) -> None:
    target = Target("demo", base_url, writes=False, tokens=DEMO["tokens"])
    recorder = Recorder()
    provider = Provider(target, base_url, CONTRACT, recorder, Pace(None, 1))

    Finder(provider, {"id": [1, 2, 3], "student_id": [30], "assignment_id": [1, 4]}).find()
    provider.close()

    assert {exchange.method for exchange in recorder.exchanges} == {"GET"}
    assert {exchange.operation for exchange in recorder.exchanges} == {"get_outcome", "list_outcome_alignments"}


def test_a_hostile_title_cannot_change_the_file_or_show_a_token() -> None:
    url, title = "https://canvas.example.edu", "a\nwrites: x\0\u2028b Bearer a-long-token"
    target = Target("demo", url, tokens={"editor": "a-long-token"}, resources={"editable_outcome": 7})
    provider = Provider(target, url, CONTRACT, Recorder(), Pace(None, 1))
    finder = Finder(provider, {}, {"editable_outcome": httpx2.Response(200, json={"title": title})})
    provider.close()

    text = render(finder, TargetFile(writes=False))
    assert yaml.safe_load(text)["resources"] == {"editable_outcome": 7}
    assert "a-long-token" not in text


@pytest.mark.usefixtures("editor_token")
def test_refuses_a_token_that_is_too_short(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, base_url: str
) -> None:
    monkeypatch.setenv("EDITOR_TOKEN", "secret")

    assert main(["--base-url", base_url]) == 2
    assert "Cannot search: tokens.editor has 6 characters, and fewer than 8" in capsys.readouterr().err


@pytest.mark.usefixtures("editor_token")
@pytest.mark.parametrize(
    ("arguments", "output"),
    [
        (["--base-url", "canvas.example.edu"], "Cannot search: base_url 'canvas.example.edu' is not a URL"),
        (["--base-url", f"http://127.0.0.1:{free_port()}"], "connection refused"),
        (["--certificates", "none.pem"], "Cannot search: cannot read none.pem: No such file or directory."),
        (["--proxy", "proxy.example"], "Cannot search: proxy is not a URL like http://proxy.example:3128"),
        (["--header", "X-Gateway-Key: ${NOT_SET}"], "Cannot search: headers.X-Gateway-Key needs ${NOT_SET}"),
        (["--header", "Authorization: Bearer x"], "Cannot search: headers.Authorization is set by the suite itself."),
        (["--id", "900-901"], "no record was found with the given tokens. Try other ids with --id, --course-id"),
        (["--id", "1", "--output", "/"], "Cannot write /: Is a directory. Name another --output.\n"),
    ],
)
def test_reports_in_one_sentence_why_it_finds_or_writes_nothing(
    capsys: pytest.CaptureFixture[str], base_url: str, arguments: list[str], output: str
) -> None:
    assert main(["--base-url", base_url, *arguments]) == 2
    assert output in capsys.readouterr().err


def test_sends_nothing_without_a_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], base_url: str
) -> None:
    for role in ROLES:
        monkeypatch.delenv(f"{role.upper()}_TOKEN", raising=False)

    assert main(["--base-url", base_url]) == 2
    assert "none of EDITOR_TOKEN, READER_TOKEN" in capsys.readouterr().err


@pytest.mark.parametrize("ids", ["one", "1-", "5-1", "1-2000", ""])
def test_rejects_malformed_ids(ids: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--base-url", "https://canvas.example.edu", "--id", ids])
    assert "argument --id:" in capsys.readouterr().err
