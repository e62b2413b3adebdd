"""A curl line sends the same bytes as the recorded request, and contains no secret."""

import shutil
from collections.abc import Iterator
from typing import Any, ClassVar

import httpx2
import pytest

from canvas_outcomes_contract.connection.target import Target
from canvas_outcomes_contract.connection.traffic import SET_BY_CURL, Recorder
from canvas_outcomes_contract.contract.escaping import on_one_line
from contract_tests.tests.run.contract_runs import EmptyObjects, in_shell, serve

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="There is no curl on this machine.")
SECRET = "1234~AbC-d.e_fGh"
ODD_SECRET = rf"{SECRET}$`x`\t"
TARGET = Target("canvas", tokens={"editor": SECRET, "reader": ODD_SECRET}, headers={"X-Gateway-Key": "key of it"})
VARIABLES = {
    "EDITOR_TOKEN": SECRET,
    "READER_TOKEN": ODD_SECRET,
    "X_GATEWAY_KEY": "key of it",
    "COOKIE": "a=123",
}


class RecordsRequests(EmptyObjects):
    """Records the requests that it receives."""

    received: ClassVar[list[Any]] = []

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {(name.lower(), value) for name, value in self.headers.items() if name.lower() not in SET_BY_CURL}
        self.received.append((self.requestline, headers, self.headers.get("Content-Length"), body))
        super().do_GET()

    do_PUT = do_POST = do_DELETE = do_GET


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with serve(RecordsRequests) as url:
        yield url


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("method", "path", "headers", "body"),
    [
        ("GET", "/api/v1/outcomes/1?add_defaults=true", bearer(SECRET), None),
        ("GET", f"/?access_token={SECRET}&include[]=a&b={{1,2}}", {}, None),
        ("GET", "/a/%2E%2e/b.c/.d", bearer("no-such-token"), None),
        ("GET", "/", bearer(ODD_SECRET) | TARGET.headers | {"Cookie": "a=123", "Accept": "a/b"}, None),
        ("GET", "/", {"Accept-Language": "", "X-Shell": 'it\'s "$HOME" `x` \\ !!', "Accept": "*/*"}, None),
        ("PUT", "/", bearer(SECRET), b""),
        ("DELETE", "/", bearer(SECRET), None),
        ("PUT", "/", {}, b'{"title": "it\'s $HOME \\n `x` !!"}'),
        ("PUT", "/", {"Content-Type": "application/json"}, '{"title": "\U0001f9ea \u202e \ufb01"}'.encode()),
        ("PUT", "/", {}, b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n%s\\1\r\n--b--\r\n"),
        ("PUT", "/", {}, b"\xff\xfe\0\x1b[2J"),
        ("POST", "/", {}, b"@/etc/hostname"),
        ("PUT", "/", bearer(SECRET) | {"X-CI": "##[error]'x'"}, b"::error::x ###vso[x] '##teamcity[x]'"),
        ("PUT", "/", {}, f"{SECRET}##[error]{ODD_SECRET}##[error]x".encode()),
        ("PUT", "/", {}, f"{SECRET}##[error]$x".encode()),
        ("PUT", "/", {}, f"access_token={SECRET}&title=\u00e9'$x".encode()),
        ("PUT", "/", {}, f"\0{ODD_SECRET}\xff{SECRET}".encode("latin-1")),
    ],
)
def test_a_curl_line_sends_the_same_bytes_without_a_secret(
    base_url: str, method: str, path: str, headers: dict[str, str], body: bytes | None
) -> None:
    recorder = Recorder(TARGET)
    with httpx2.Client(timeout=60, trust_env=False) as http:
        response = http.send(httpx2.Request(method, base_url + path, headers=headers, content=body))

    recorder.add(response, 0.0, "update_outcome", "editor")
    line = recorder.reproduce(recorder.exchanges[0])
    in_shell(line, **VARIABLES)

    assert RecordsRequests.received[-2] == RecordsRequests.received[-1], line
    assert path in RecordsRequests.received[-1][0]
    assert ("--path-as-is" in line) == ("%2E" in path)
    assert [secret for secret in VARIABLES.values() if secret in line] == []
    assert on_one_line(line) == line  # so it can be copied from the console


def test_names_another_variable_for_an_encoded_secret() -> None:
    secret = "a/secret+with=signs"
    recorder = Recorder(Target("canvas", tokens={"editor": secret}))
    request = httpx2.Request("GET", "https://canvas.example.edu", params={"access_token": secret})
    recorder.add(httpx2.Response(200, request=request), 0.0, None, None)

    line = recorder.reproduce(recorder.exchanges[0])

    assert '"https://canvas.example.edu?access_token=$EDITOR_TOKEN_ENCODED"' in line


def test_a_curl_line_leaves_evidence_as_it_is() -> None:
    recorder = Recorder(Target("canvas", tokens={"editor": "complete"}))
    request = httpx2.Request("PUT", "https://canvas.example.edu/incomplete", content=b"completed=1")
    recorder.add(httpx2.Response(200, request=request, content=b"incomplete"), 0.0, None, None)

    [exchange] = recorder.exchanges

    assert (exchange.url, exchange.sent, exchange.body) == (str(request.url), ("completed=1",), "incomplete")
