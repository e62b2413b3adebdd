"""No secret of a target reaches an artefact, the console or a log, whatever a provider sends; evidence stays whole."""

import base64
import html
import io
import itertools
import json
import logging
import string
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from http.server import BaseHTTPRequestHandler
from logging.handlers import BufferingHandler
from pathlib import Path
from urllib.parse import quote, unquote
from xml.etree import ElementTree as ET

import httpx2
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from rich.console import Console

from canvas_outcomes_contract.checks.client.requests.test_echoed_tokens import ENCODINGS, escapes_of, secrets_of
from canvas_outcomes_contract.connection.target import Target
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.redaction import Output, Redactor
from canvas_outcomes_contract.load.report import as_report, as_text
from canvas_outcomes_contract.load.report import write as write_load_report
from canvas_outcomes_contract.report.console import show
from canvas_outcomes_contract.report.files import write_report
from canvas_outcomes_contract.report.results import Results, result_of
from contract_tests.tests.run.contract_runs import DEMO, UNSHRUNK, VIOLATES, only, read, run, serve, target

CONTRACT = Contract(contract_path())
ABOUT = {"target": "hostile", "base_url": None, "started": "2026-02-01T12:00:00+00:00", "elapsed": 1.0}
ABOUT |= {"effort": "quick", "command": "canvas-outcomes-contract judge"}
ARTEFACTS = ("report.json", "report.html", "junit.xml", "summary.md", "traffic.har")
CLAUSE = "get-outcome-shows-the-requested-outcome"
CHARACTERS = [chr(code) for code in range(0x7E, 0x20, -1)]
# Without repetition: a run of one character also occurs elsewhere, for example in a line of a table.
tokens = st.lists(st.sampled_from(CHARACTERS), min_size=16, max_size=60, unique=True).map("".join)

MORE_ENCODINGS: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "header names": str.title,
    "Python": lambda token: repr(token)[1:-1],
    "a URL in JSON in HTML": lambda token: html.escape(json.dumps(quote(token, safe=""))[1:-1]),
    "HTML in JSON": lambda token: json.dumps(html.escape(token))[1:-1],
    "JSON in JSON in JSON": lambda token: json.dumps(json.dumps(json.dumps(token)))[6:-6],
    "a URL twice": lambda token: quote(quote(token, safe=""), safe=""),
    "UTF-16": lambda token: token.encode("utf-16-le").decode(),
    "Base64 in lines": lambda token: base64.encodebytes(f"Authorization: Bearer {token}".encode() * 3).decode(),
}


def target_with(token: str) -> Target:
    """A target with a token, with another that begins with it, and with secrets of other kinds."""
    return Target(
        "hostile",
        tokens={"editor": token, "teacher": f"{token}-0123"},
        headers={"X-Gateway-Key": f"{token[::-1]}", "X-Tenant": "7"},
        proxy=f"http://user:{quote(token[3:] + token[:3], safe='')}@proxy.example",
    )


def echoes_of(secret: str) -> list[str]:
    return [encode(secret) for encode in (ENCODINGS | MORE_ENCODINGS).values()]


def secrets_in(shown: str, secret: str) -> list[str]:
    """The encodings of a secret in a text, and in Base64 their parts."""
    found = [(name, part) for name in ENCODINGS for part in secrets_of(name, secret)]
    found += [(name, encode(secret)) for name, encode in MORE_ENCODINGS.items()]
    return [f"{name}: {part}" for name, part in found if part in shown]


def test_the_encodings_hold_a_secret() -> None:
    secret = "".join(CHARACTERS[20:50])

    assert [name for name, encode in ENCODINGS.items() if not secrets_in(encode(secret), secret)] == []


def record_hostile_exchange(recorder: Recorder, echo: str, body: str) -> httpx2.Response:
    """Record a response that echoes in each of its parts."""
    token, raw = recorder.target.tokens["editor"], echo.encode("utf-8")
    request = httpx2.Request(
        "PUT",
        "https://canvas.example.edu/api/v1/outcomes/1",
        params={"access_token": token},
        headers={"Authorization": f"Bearer {token}", **recorder.target.headers},
        content=f"access_token={quote(token)}&title=\xe9".encode("latin-1"),
    )
    headers = [(raw, b"1"), *((name, raw) for name in (b"X-Echo", b"Location", b"Set-Cookie", b"WWW-Authenticate"))]
    response = httpx2.Response(500, headers=headers, text=body, extensions={"reason_phrase": raw}, request=request)
    recorder.add(response, 0.1, "update_outcome", "editor")
    return response


def all_reports(folder: Path, recorder: Recorder, error: Exception, text: str) -> str:
    """Write every report of a run that ended with an error, print and log, and return whatever that shows."""
    results = Results(CONTRACT, {}, seed=1)
    results.add(CLAUSE, result_of(error, recorder))
    results.notes.append(f"Cannot delete /api/v1/outcomes/1: {text}")
    results.not_restored.append(f"Cannot restore /api/v1/outcomes/1: {text}.")
    results.client["test_errors.py::test_error"] = result_of(error, recorder)
    results.stop(f"Cannot reach the provider: {text}")
    console, handler = io.StringIO(), BufferingHandler(100)
    with redirect_stdout(console), redirect_stderr(console), Output() as output:
        output.redactor = recorder.target.redactor
        report = write_report(folder, ABOUT, results, recorder)
        show(report, Console(width=10_000), "canvas-outcomes-contract judge")
        print(f"Traceback (most recent call last): {text}")
        logger = logging.getLogger("httpcore.http11")
        logger.addHandler(handler)
        logger.warning("receive_response_headers.complete return_value=%r", text)
        logger.warning("with its traceback", exc_info=ValueError(text))
        logger.removeHandler(handler)
        total = {"name": "get_outcome", "requests": 1, "violations": 1, "milliseconds": dict.fromkeys(PERCENTILES, 1.0)}
        violations = [{"operation": "get_outcome", "what": text, "count": 1}]
        figures = {"total": total, "operations": [total], "per_second": [1], "lost_workers": 0}
        figures |= {"violations": violations, "mistakes": [text]}
        load_report = as_report(recorder.target, CONTRACT, figures, [text])
        write_load_report(folder, load_report)
        print(as_text(load_report))
    logged = "\n".join(map(logging.Formatter().format, handler.buffer))
    return "\n".join([*map(shown_by, sorted(folder.iterdir())), console.getvalue(), logged])


PERCENTILES = ("p50", "p90", "p95", "p99", "max")


def shown_by(file: Path) -> str:
    """The content of a file, as it is and as its reader shows it."""
    raw = file.read_text()
    if file.suffix == ".xml":
        elements = ET.fromstring(raw).iter()
        return "\n".join([raw, *(text for one in elements for text in (one.text or "", *one.attrib.values()))])
    if file.suffix in (".html", ".md"):
        return raw + html.unescape(raw)
    strings: list[str] = []
    json.loads(raw, object_pairs_hook=lambda pairs: strings.extend(str(one) for pair in pairs for one in pair))
    return "\n".join([raw, *strings])


@settings(max_examples=8, phases=[Phase.explicit, Phase.generate])  # shrinking would take minutes
@given(token=tokens)
@example(token=r"\<abc\u0041%41&amp;\x41defg" + "\\")  # seems to contain escapes
@example(token="<abcdefghijklmn\\")  # seems to escape what follows
def test_no_artefact_line_or_log_shows_a_secret_that_the_provider_sends(
    tmp_path_factory: pytest.TempPathFactory, token: str
) -> None:
    recorder = Recorder(hostile := target_with(token))
    secrets = [*hostile.tokens.values(), hostile.headers["X-Gateway-Key"], unquote(str(hostile.proxy)[12:-14])]
    echoes = [echo for secret in secrets for echo in echoes_of(secret)]
    text = "\n".join(echoes)

    record_hostile_exchange(recorder, " ".join(echo.replace("\n", "") for echo in echoes), text)
    error = AssertionError(f"status=500, but update_outcome should return 200: {text!r}")
    error.add_note(f"Falsifying example: {text}")
    shown = all_reports(tmp_path_factory.mktemp("reports"), recorder, error, text)

    assert [found for secret in secrets for found in secrets_in(shown, secret)] == []
    assert all(part in shown for part in ('"entries"', "Cannot restore /api/v1/outcomes/1: REDACTED", "Falsifying"))


@given(token=tokens.map(lambda token: token.replace("\\", "=")), data=st.data())
def test_redacts_a_secret_of_which_each_character_is_encoded_in_another_way(token: str, data: st.DataObject) -> None:
    echo = "".join(data.draw(st.sampled_from(escapes_of(char))) for char in token)
    before, after = data.draw(st.sampled_from([("", ""), ("Bearer ", "\n"), ("<b>", "</b>"), ('{"a": "\\u00e9', '"}')]))

    assert Redactor({token: "T"}).text(f"{before}{echo}{after}") == f"{before}REDACTED{after}"


@given(text=st.text(st.sampled_from("aAbB%&\\;u0061x#4\n\0é=/+ "), max_size=60), secret=tokens)
def test_leaves_a_text_without_secrets_as_it_is(text: str, secret: str) -> None:
    assert Redactor({secret: "T"}, {"X-Tenant": "7"}).text(text) == text


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("incomplete and completed: {'complete': 1}", "incomplete and completed: {'REDACTED': 1}"),
        ("Bearer complete", "Bearer REDACTED"),
        ("passed an-id-that-is-complete", "passed an-id-that-is-complete"),
        ("bearer%20COMPLETE%0A", "bearer%20REDACTED%0A"),
        ("id=7&tenant=7", "id=7&tenant=7"),
        ("X-Tenant: 7, HTTP_X_TENANT=7", "X-Tenant: REDACTED, HTTP_X_TENANT=REDACTED"),
        ('{"id": 7, "x-tenant": "7", "x-tenant": 70}', '{"id": 7, "x-tenant": "REDACTED", "x-tenant": 70}'),
        ("İ complete &#0; complete", "İ REDACTED &#0; REDACTED"),
    ],
)
def test_redacts_short_secrets_as_whole_values_only(text: str, redacted: str) -> None:
    assert Redactor({"complete": "T", "7": "X_TENANT"}, {"X-Tenant": "7"}).text(text) == redacted


def test_redacts_most_of_a_secret_that_a_message_cuts() -> None:
    secret = string.ascii_letters
    redactor = Redactor({secret: "T"})

    assert [redactor.text(f"got {secret[:length]}") for length in (51, 26)] == ["got REDACTED"] * 2
    assert redactor.text(f"got {secret[:25]}") == f"got {secret[:25]}"


class Echo(BaseHTTPRequestHandler):
    """A server that sends the headers of each request back in all parts of its response, and refuses updates."""

    protocol_version = "HTTP/1.1"

    versions = itertools.count()

    def do_GET(self) -> None:
        title = f"{next(self.versions)} {self.headers}"  # a record that changes has to be restored
        self.respond(200, json.dumps({"id": 1, "title": title, "ratings": [str(self.headers)]}))

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.respond(500, f"<h1>{html.escape(str(self.headers))}</h1>{self.path}")

    def respond(self, status: int, body: str) -> None:
        token = self.headers.get("Authorization", "none")
        key = self.headers["X-Gateway-Key"]
        self.send_response_only(status, f"{token} {key}")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", f"/login?token={quote(token)}&key={key}")
        self.send_header("Set-Cookie", f"session={base64.b64encode(token.encode()).decode()}")
        self.send_header(f"X-{key}", token.upper())
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture(scope="module")
def echoing() -> Iterator[str]:
    with serve(Echo) as url:
        yield url


def test_a_run_against_a_server_that_echoes_shows_no_secret(
    tmp_path: Path, echoing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    tokens = {role: f"1234~{token}AbCd" for role, token in DEMO["tokens"].items()}
    secrets = [*tokens.values(), "Key-of-the-gateway-1"]
    file = target(tmp_path, base_url=echoing, tokens=tokens, headers={"X-Gateway-Key": secrets[-1]})
    clauses = only(CLAUSE, "update-outcome-keeps-fields-not-sent", "get-outcome-takes-the-token-as-a-parameter")
    selected = ["--effort=quick", *clauses, "-k", "requested_outcome or keeps_fields_not_sent or parameter", *UNSHRUNK]
    folder = tmp_path / "report"
    log = ["--log-file", folder / "log", "--log-file-level=DEBUG", "-o", "log_cli=true", "-o", "log_cli_level=DEBUG"]

    code, output = run("--target", file, *selected, *log, "--tb=long", "--capture=no", report=folder)

    assert code == VIOLATES, output
    shown = "\n".join([output, *(path.read_text() for path in folder.iterdir())])
    assert {path.name for path in folder.iterdir()} == {"log", *ARTEFACTS}
    assert [secret for secret in secrets if secret.lower() in shown.lower()] == []
    encoded = [base64.b64encode(f"Bearer {token}".encode()).decode()[12:-4] for token in tokens.values()]
    assert [part for part in (*encoded, *map(quote, secrets)) if part in shown] == []
    assert "receive_response_headers.complete" in output
    assert "Traceback" in output or "AssertionError" in output
    assert any(note.startswith("Cannot restore ") for note in read(folder)["notes"]), output
