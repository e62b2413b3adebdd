"""A correct provider conforms behind TLS of a private CA, a gateway, a proxy, and over IPv6."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.load.locust_processes import free_port
from contract_tests.tests.run.contract_runs import CONFORMS, UNDECIDED, judged, only, run, target
from contract_tests.tests.run.gateways import Gateway, Proxy, served

CLAUSES = (
    "get-outcome-answers-as-documented",  # its cases are prepared by requests
    "update-outcome-keeps-fields-not-sent",
    "list-outcome-alignments-lists-one-assignment-only",
)
KEY = "key-of-the-gateway"


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


def test_conforms_behind_a_gateway_with_a_certificate_of_a_private_ca(
    tmp_path: Path, gateway: str, ca: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("GATEWAY_KEY", KEY)

    assert_conforms(tmp_path, base_url=gateway, certificates="ca.pem", headers={"X-Gateway-Key": "${GATEWAY_KEY}"})
    artefacts = [path.read_text() for path in tmp_path.iterdir() if path.suffix in (".har", ".html", ".json", ".xml")]
    assert len(artefacts) == 4
    assert [text for text in artefacts if KEY in text] == []


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


def test_conforms_over_ipv6(tmp_path: Path) -> None:
    with reference_server("--host", "::1") as url:
        assert url.startswith("http://[::1]:")
        assert_conforms(tmp_path, base_url=url)
