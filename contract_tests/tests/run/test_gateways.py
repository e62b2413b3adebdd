"""A correct provider conforms behind TLS of a private CA, a gateway, a proxy, and over IPv6."""

import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import trustme

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.pace import Pace
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.target import load_target
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.load.locust_processes import free_port
from contract_tests.tests.run.contract_runs import CONFORMS, UNDECIDED, in_shell, judged, only, run, target
from contract_tests.tests.run.gateways import Gateway, Proxy, TunnelProxy, served
from reference_server.tests.server_process import has_ipv6

CLAUSES = (
    "get-outcome-answers-as-documented",  # its cases are prepared by requests
    "update-outcome-keeps-fields-not-sent",
    "list-outcome-alignments-lists-one-assignment-only",
)
KEY = "key-of-the-gateway"
CREDENTIALS = "proxy-user:p%40ss-of-the-proxy"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with reference_server() as url:
        yield url


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def gateway(base_url: str, ca: trustme.CA) -> Iterator[str]:
    """The base URL of a gateway with TLS, a path prefix and a key."""
    with served(Gateway(base_url, "/canvas/v2", KEY), ca.issue_cert("127.0.0.1")) as url:
        yield url


def judge(folder: Path, **changes: Any) -> tuple[int, str]:
    return run("--target", target(folder, **changes), *only(*CLAUSES), "--effort", "quick", report=folder)


def assert_conforms(folder: Path, **changes: Any) -> None:
    code, output = judge(folder, **changes)

    assert (code, judged(folder)) == (CONFORMS, dict.fromkeys(CLAUSES, "passed")), output


def test_trusts_the_certificates_that_ssl_cert_file_names(
    tmp_path: Path, gateway: str, ca: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))

    assert_conforms(tmp_path, base_url=gateway, headers={"X-Gateway-Key": KEY})


def test_a_certificate_of_an_unknown_ca_is_not_a_violation(tmp_path: Path, gateway: str) -> None:
    code, output = judge(tmp_path, base_url=gateway)

    assert code == UNDECIDED
    assert f"Cannot verify the certificate of {gateway}: unable to get local issuer certificate" in output
    assert "set certificates in the target" in output
    assert "Traceback" not in output


def test_conforms_behind_a_proxy(tmp_path: Path, base_url: str) -> None:
    proxy = Proxy("")
    with served(proxy) as url:
        assert_conforms(tmp_path, base_url=base_url, proxy=url)

    assert proxy.forwarded > 10


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_KEY", KEY)


@pytest.fixture
def tunnel() -> Iterator[tuple[TunnelProxy, str]]:
    """A proxy for HTTPS, and its URL with credentials."""
    proxy = TunnelProxy(unquote(CREDENTIALS))
    with served(proxy) as url:
        yield proxy, url.replace("//", f"//{CREDENTIALS}@")


def behind_a_tunnel(folder: Path, ca: trustme.CA, proxy: str) -> dict[str, Any]:
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    return {"certificates": "ca.pem", "proxy": proxy, "headers": {"X-Gateway-Key": "${GATEWAY_KEY}"}}


def test_conforms_through_a_proxy_behind_a_gateway_with_a_certificate_of_a_private_ca(
    tmp_path: Path, gateway: str, ca: trustme.CA, tunnel: tuple[TunnelProxy, str]
) -> None:
    proxy, url = tunnel

    assert_conforms(tmp_path, base_url=gateway, **behind_a_tunnel(tmp_path, ca, url))

    assert proxy.tunnels > 0
    assert shown_secrets(tmp_path, CREDENTIALS, unquote(CREDENTIALS).partition(":")[2], KEY) == []


def shown_secrets(folder: Path, *secrets: str) -> list[str]:
    artefacts = [path.read_text() for path in folder.iterdir() if path.suffix in (".har", ".html", ".json", ".xml")]
    assert len(artefacts) == 4
    return [secret for secret in secrets for text in artefacts if secret in text]


def test_a_proxy_that_refuses_the_credentials_is_not_a_violation_and_shows_none(
    tmp_path: Path, gateway: str, ca: trustme.CA, tunnel: tuple[TunnelProxy, str]
) -> None:
    url = tunnel[1].replace("p%40ss", "another")

    code, output = judge(tmp_path, base_url=gateway, **behind_a_tunnel(tmp_path, ca, url))

    assert code == UNDECIDED
    assert "through the proxy http://127.0.0.1:" in output
    assert "407 Basic " in output
    encoded = b64encode(b"proxy-user:another-of-the-proxy").decode()
    assert [secret for secret in ("another-of-the-proxy", encoded[:-4], encoded[16:-4]) if secret in output] == []


@pytest.mark.skipif(shutil.which("curl") is None, reason="There is no curl on this machine.")
def test_a_curl_line_reaches_a_provider_with_a_certificate_behind_a_proxy(
    tmp_path: Path, gateway: str, ca: trustme.CA, tunnel: tuple[TunnelProxy, str]
) -> None:
    file = target(tmp_path, base_url=gateway, **behind_a_tunnel(tmp_path, ca, tunnel[1]))
    loaded = load_target(file, Contract(contract_path()))
    recorder = Recorder(loaded)
    provider = Provider(loaded, gateway, Contract(contract_path()), recorder, Pace(None, 1))
    provider.send("get_outcome", "GET", "/api/v1/outcomes/1", role="editor")
    provider.close()

    line = recorder.reproduce(recorder.exchanges[0])
    secrets = {"EDITOR_TOKEN": loaded.token("editor"), "X_GATEWAY_KEY": KEY, "PROXY_CREDENTIALS_ENCODED": CREDENTIALS}
    output = in_shell(line, **secrets, no_proxy="")

    assert "HTTP/1.1 200 OK" in output.splitlines()
    assert tunnel[0].tunnels == 2
    assert [secret for secret in secrets.values() if secret in line] == []


def test_uses_the_proxy_of_the_environment_on_request_only(
    tmp_path: Path, base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Proxy("")
    with served(proxy) as url:
        monkeypatch.setenv("HTTP_PROXY", url)
        assert_conforms(tmp_path, base_url=base_url)
        assert proxy.forwarded == 0

        assert_conforms(tmp_path, base_url=base_url, proxy="environment")
    assert proxy.forwarded > 10


def test_a_proxy_that_fails_is_not_a_violation(tmp_path: Path, base_url: str) -> None:
    proxy = f"http://127.0.0.1:{free_port()}"

    code, output = judge(tmp_path, base_url=base_url, proxy=proxy.replace("//", "//user:password@"))

    assert code == UNDECIDED
    assert f"Cannot reach {base_url} through the proxy {proxy}: connection refused. Correct proxy" in output


def test_a_provider_that_a_proxy_cannot_reach_is_not_judged(tmp_path: Path) -> None:
    with served(Proxy("")) as url:
        code, output = judge(tmp_path, base_url=f"http://127.0.0.1:{free_port()}", proxy=url)

    assert code == UNDECIDED
    assert "it responds with 502" in output


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_conforms_over_ipv6(tmp_path: Path) -> None:
    with reference_server("--host", "::1") as url:
        assert url.startswith("http://[::1]:")
        assert_conforms(tmp_path, base_url=url)
