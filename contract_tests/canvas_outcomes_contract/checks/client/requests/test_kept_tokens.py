"""No way leads from an error, or from a pickle, to the token."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from canvas_outcomes import RawResponse, errors
from canvas_outcomes_contract.checks.client.connections.servers import Serve, hangs, sends, server
from canvas_outcomes_contract.checks.client.consumers import BASE_URL, CERTIFICATES, TOKEN, Consumer, chain_of
from canvas_outcomes_contract.checks.client.examples import OUTCOME, SHOW
from canvas_outcomes_contract.checks.client.requests.test_echoed_tokens import caused, transport
from canvas_outcomes_contract.contract.document import Operation

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
# Failures before the response, in its body, and in decoding it.
SERVERS: dict[str, Serve] = {
    "hangs": hangs,
    "closes": sends(b""),
    "is incomplete": sends(HEAD + b"Content-Length: 9\r\n\r\n{"),
    "compresses wrongly": sends(HEAD + b"Content-Encoding: gzip\r\n\r\nno gzip"),
    "echoes the token in invalid UTF-8": sends(HEAD + b'\r\n{"title": "\xff%s"}' % TOKEN.encode()),
}


@pytest.mark.parametrize("is_given", [False, True], ids=["own HTTP client", "given HTTP client"])
@pytest.mark.parametrize("serve", SERVERS.values(), ids=SERVERS)
def test_leads_from_no_error_to_the_token(caller: Consumer, serve: Serve, is_given: bool) -> None:
    options: dict[str, Any] = {"http_client": caller.http_class(verify=CERTIFICATES)} if is_given else {}

    with server(serve) as listening:
        caller.open(listening.base_url, timeout=0.3, **options)
        error = caller.fail(SHOW)

    assert isinstance(error, errors.TransportError | errors.DecodeError)
    assert [one for one in chain_of(error) if TOKEN.encode() in pickle.dumps(one)] == []


def test_leads_from_no_cause_of_a_cause_to_the_token(consumer: Consumer) -> None:
    request = httpx2.Request("GET", BASE_URL, headers={"Authorization": TOKEN})
    cause, below_it = httpx2.ReadError("late", request=request), httpx2.ConnectError("refused", request=request)
    cause.__cause__, cause.__context__ = OSError(), below_it
    consumer.open(transport=transport(cause))

    error = consumer.fail(SHOW)

    assert chain_of(error) == [error, cause, cause.__cause__, below_it]
    assert [one for one in chain_of(error) if TOKEN.encode() in pickle.dumps(one)] == []


def test_leads_from_no_argument_of_a_cause_to_the_token(consumer: Consumer) -> None:
    token = """it's"a"token's"""
    undecoded = UnicodeDecodeError("utf-8", token.encode(), 0, 1, "invalid")
    consumer.open(token=token, transport=transport(caused(httpx2.ReadError("late"), undecoded)))

    error = consumer.fail(SHOW)

    assert (type(error), chain_of(error)) == (errors.TransportError, [error])


def test_keeps_the_cause_of_a_timeout(caller: Consumer) -> None:
    with server(hangs) as listening:
        caller.open(listening.base_url, timeout=0.3)
        error = caller.fail(SHOW)

    assert isinstance(error.__cause__, httpx2.ReadTimeout)


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda raw: pickle.loads(pickle.dumps(raw))], ids=["copy", "pickle"])
def test_pickles_a_raw_response_without_the_token(
    consumer: Consumer, secured_operation: Operation, clone: Callable[[Any], Any]
) -> None:
    consumer.open()
    sent = consumer.request_of(secured_operation)
    request = httpx2.Request(sent.method, str(sent.url), headers=sent.headers.multi_items())
    raw = RawResponse(OUTCOME, httpx2.Response(200, json=OUTCOME, headers={"X-Request-Cost": "1"}, request=request))

    cloned = clone(raw)

    assert TOKEN.encode() not in pickle.dumps(raw)
    assert (cloned.parsed, cloned.response.json(), cloned.headers) == (OUTCOME, OUTCOME, raw.headers)
    assert (cloned.response.request.method, cloned.response.url) == (request.method, request.url.copy_with(query=None))
