"""Forty and more kinds of misbehaviour, each with the exit code of a run against it."""

import gzip
import json
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple
from urllib.parse import quote

from contract_tests.tests.hostile.server import Behaviour, Request
from contract_tests.tests.run.contract_runs import CONFORMS, UNDECIDED, VIOLATES

Parts = Iterator[bytes | float | None]
JSON = "Content-Type: application/json"
OUTCOME = json.dumps(
    {"id": 1, "title": "A", "ratings": [], "context_id": 1, "context_type": "Course", "url": "/api/v1/outcomes/1"}
).encode()
PAGE = b"<!DOCTYPE html><html><head><title>Oops</title></head><body onload=alert(1)></script></table></body></html>"
HOSTILE_TEXT = "\x1b[2J\x1b]0;x\x07\r\n::error::x\n##vso[task.complete]##teamcity[x]\x85\u2028\u202e\ufeff</script>]]>&"
BROTLI_BOMB = bytes.fromhex("cbffff3ff82700e2b14020f7fe8fffff7ff04f00c4611180eefd5ffeb3c4e09f0088c302005d9218")  # 20 MB
LATE_YEAR = f"Retry-After: Mon, 01 Jan {'9' * 30} 0:0:0 GMT"
MANY = 1000  # parts of a response without an end, which a limit ends earlier


class Kind(NamedTuple):
    """A misbehaviour of a server, and the exit code of a run against it."""

    behave: Behaviour
    code: int


def message(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A response with a Content-Length."""
    length = f"Content-Length: {len(body)}"
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, length, "Connection: close", "", ""]).encode("latin-1") + body


def always(*parts: bytes | float | None) -> Behaviour:
    return lambda request: iter(parts)


def json_body(body: bytes | str) -> Behaviour:
    return always(message(body if isinstance(body, bytes) else body.encode(), JSON))


def encoded(encodings: str, body: Callable[[], bytes]) -> Behaviour:
    def behave(request: Request) -> Parts:
        yield message(body(), JSON, f"Content-Encoding: {encodings}")

    return behave


def endless(start: bytes, part: bytes, wait: float = 0.01) -> Behaviour:
    """Sends the part until the suite closes the connection, at the latest after MANY."""

    def behave(request: Request) -> Parts:
        yield start
        for _ in range(MANY):
            yield part
            yield wait

    return behave


def echo(encode: Callable[[str], str]) -> Behaviour:
    """Returns what identifies the requester, as debug pages do: in reason, headers and body."""

    def behave(request: Request) -> Parts:
        token = encode(request.token.removeprefix("Bearer "))
        head = request.head.decode("latin-1")
        body = json.dumps({"errors": [{"message": f"no user for {token}"}], "head": encode(head), token: [token]})
        yield message(body.encode(), JSON, f"X-Token: {token}", f"Set-Cookie: token={token}", status=f"400 {token}")

    return behave


def correct(change: Callable[[int, list[str], bytes], bytes] | None = None) -> Behaviour:
    """Returns the response of the reference server, in another form if one is given."""

    def behave(request: Request) -> Parts:
        status, headers, body = request.correct()
        lines = [f"{name}: {value}" for name, value in headers]
        yield (change or _plain)(status, lines, body)

    return behave


def _plain(status: int, headers: list[str], body: bytes) -> bytes:
    return message(body, *headers, status=f"{status} x")


def _after_informational_ones(status: int, headers: list[str], body: bytes) -> bytes:
    return b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 20 + _plain(status, headers, body)


def _in_chunks_of_a_byte(status: int, headers: list[str], body: bytes) -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status} x", *headers, "Transfer-Encoding: chunked", "", ""]).encode("latin-1")
    chunks = b"".join(b'1;a="b"\r\n%c\r\n' % byte for byte in body)
    return head + chunks + b"0\r\nX-Trailer: 1\r\nContent-Length: 3\r\n\r\n"


def _compressed(status: int, headers: list[str], body: bytes) -> bytes:
    return message(
        zlib.compress(gzip.compress(body)), *headers, "Content-Encoding: gzip, deflate", status=f"{status} x"
    )


def _with_cookies(status: int, headers: list[str], body: bytes) -> bytes:
    return message(body, *headers, *(f"Set-Cookie: c{n}={'x' * 400}; Path=/" for n in range(150)), status=f"{status} x")


def _with_pages(status: int, headers: list[str], body: bytes) -> bytes:
    links = ", ".join(f'</api/v1/outcomes/1?page={n}>; rel="next"' for n in range(500))
    return message(body, *headers, f"Link: {links}", status=f"{status} x")


def _with_duplicate_keys(status: int, headers: list[str], body: bytes) -> bytes:
    return _plain(status, headers, body.replace(b"{", b'{"id": "x", ', 1) if body.startswith(b'{"id"') else body)


def _to_the_end_of_the_connection(status: int, headers: list[str], body: bytes) -> bytes:
    return "\r\n".join([f"HTTP/1.0 {status}", *headers, "", ""]).encode("latin-1") + body


@cache
def _bomb() -> bytes:
    """50 MB in less than 300 bytes."""
    return gzip.compress(gzip.compress(bytes(50_000_000)))


def _open_redirect(location: str) -> Behaviour:
    return always(message(b"", f"Location: {location}", status="302 Found"))


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
NESTED = {"errors": [{"message": 1}], "id": {}, "ratings": {"a": 1}, "title": [[]], "url": 3, "mastery_points": "x"}

CORRECT = {
    "plain": correct(),
    "informational-responses": correct(_after_informational_ones),
    "chunks-of-a-byte": correct(_in_chunks_of_a_byte),
    "compressed-twice": correct(_compressed),
    "cookies-of-60-kB": correct(_with_cookies),
    "500-next-pages": correct(_with_pages),
    "duplicate-keys": correct(_with_duplicate_keys),
    "http-1.0-until-close": correct(_to_the_end_of_the_connection),
}
BROKEN: dict[str, Behaviour] = {
    # JSON
    "2000-nested-lists": json_body("[" * 2000 + "]" * 2000),
    "100000-nested-lists": json_body("[" * 100_000),
    "nested-objects": json_body('{"id":' * 5000 + "1" + "}" * 5000),
    "lone-surrogate": json_body(rb'{"id": 1, "title": "\ud800"}'),
    "nan": json_body('{"id": 1, "points_possible": NaN}'),
    "infinity": json_body('{"id": -Infinity}'),
    "1e400": json_body('{"id": 1, "points_possible": 1e400}'),
    "integer-of-5000-digits": json_body('{"id": ' + "9" * 5000 + "}"),
    "integer-of-300-digits": json_body('{"id": ' + "9" * 300 + "}"),
    "invalid-utf-8": json_body(b'{"id": 1, "title": "\xff\xfe\xc0\x80"}'),
    "utf-16": json_body('{"id": 1}'.encode("utf-16")),
    "wrong-types": json_body(json.dumps(NESTED)),
    "null": json_body("null"),
    "empty": json_body(""),
    "enormous-array": json_body("[" + "{}," * 50_000 + "{}]"),
    "enormous-key": json_body('{"id": 1, "' + "k" * 200_000 + '": "' + "v" * 200_000 + '"}'),
    "control-characters": json_body(json.dumps({"errors": [{"message": HOSTILE_TEXT}], "id": HOSTILE_TEXT})),
    "raw-control-characters": always(message(HOSTILE_TEXT.encode(), JSON, status="500 x")),
    "html": always(message(PAGE, "Content-Type: text/html", status="404 Not Found")),
    "charset-of-a-bomb": always(message(zlib.compress(bytes(50_000_000)), f"{JSON}; charset=zlib", status="401 x")),
    "charset-undefined": always(message(OUTCOME, "Content-Type: text/plain; charset=undefined")),
    "500": always(message(b'{"errors": [{"message": "An error occurred."}]}', JSON, status="500 x")),
    # Encodings
    "bad-gzip": encoded("gzip", lambda: b"\x1f\x8b\x08" + OUTCOME),
    "bad-deflate": encoded("deflate", lambda: OUTCOME),
    "bad-br": encoded("br", lambda: OUTCOME),
    "bad-zstd": encoded("zstd", lambda: OUTCOME),
    "truncated-gzip": encoded("gzip", lambda: gzip.compress(OUTCOME)[:-20]),
    "six-encodings": encoded("gzip, gzip, gzip, gzip, gzip, gzip", lambda: OUTCOME),
    "gzip-bomb": encoded("gzip, gzip", _bomb),
    "br-bomb": encoded("br", lambda: BROTLI_BOMB),
    # Framing
    "content-length-too-long": always(HEAD + b"Content-Length: 9999\r\n\r\n" + OUTCOME),
    "content-length-too-short": always(HEAD + b"Content-Length: 10\r\n\r\n" + OUTCOME),
    "two-content-lengths": always(HEAD + b"Content-Length: 10\r\nContent-Length: 11\r\n\r\n" + OUTCOME),
    "negative-content-length": always(HEAD + b"Content-Length: -1\r\n\r\n" + OUTCOME),
    "chunk-size-that-is-no-number": always(CHUNKED + b"zz\r\n" + OUTCOME),
    "truncated-chunk": always(CHUNKED + b"ffff\r\n" + OUTCOME),
    "endless-chunk-extension": endless(CHUNKED + b"1;", b"x" * 1000),
    "endless-small-chunks": endless(CHUNKED, b"1\r\n \r\n"),
    "endless-large-chunks": endless(CHUNKED, b"4000\r\n" + b" " * 0x4000 + b"\r\n", 0),
    "endless-trailers": endless(CHUNKED + b"0\r\n", b"X-Trailer: x\r\n"),
    # Heads
    "slow-head": endless(HEAD, b"x"),
    "slow-body": endless(HEAD + b"Content-Length: 9999\r\n\r\n", b" "),
    "no-response": endless(b"", b""),
    "informational-responses-without-end": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.001),
    "headers-without-end": endless(HEAD, b"X-Header: " + b"x" * 990 + b"\r\n", 0),
    "header-of-1-MB": always(HEAD + b"X-Header: " + b"x" * 1_000_000 + b"\r\n\r\n"),
    "header-without-colon": always(HEAD + b"no colon\r\n\r\n" + OUTCOME),
    "header-with-null": always(HEAD + b"X-Header: a\0b\r\n\r\n" + OUTCOME),
    "bad-status-line": always(b"HELLO \x1b[2J::error::x\r\n\r\n"),
    "status-99": always(b"HTTP/1.1 99 x\r\n\r\n"),
    "status-999": always(message(OUTCOME, JSON, status="999 ::error::x")),
    "http-0.9": always(OUTCOME),
    "http-9.9": always(b"HTTP/9.9 200 OK\r\n\r\n" + OUTCOME),
    "http-2": always(b"\0\0\x12\4\0\0\0\0\0\0\3\0\0\0d\0\4\0\x10\0\0\0\6\0\1\0\0"),
    "tls": always(b"\x15\3\1\0\2\2\x46"),
    "protocol-switch": always(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nx", 5.0),
    "closes": always(),
    "resets": always(None),
    "closes-in-the-head": always(HEAD),
    # Redirects
    "redirect-to-itself": _open_redirect("?"),
    "redirect-to-an-invalid-url": _open_redirect("http://[::1\x7f]:99999/%zz"),
    "redirect-to-another-host": _open_redirect("http://127.0.0.1:1/x"),
    "redirect-to-a-file": _open_redirect("file:///etc/passwd"),
    "redirect-of-60-kB": _open_redirect("/" + "\xe9x" * 30_000),
    # Secrets
    "echo": echo(str),
    "echo-percent": echo(lambda text: quote(text, safe="")),
    "echo-base64": echo(lambda text: b64encode(text.encode()).decode()),
}
THROTTLING: dict[str, Behaviour] = {
    "throttles-without-end": always(message(b"", status="429 x")),
    "retry-after-of-a-late-year": always(
        message(b"", f"Retry-After: Mon, 01 Jan {'9' * 30} 0:0:0 GMT", status="429 x")
    ),
    "retry-after-out-of-range": always(message(b"", f"Retry-After: {'9' * 400}", status="429 x")),
}
KINDS = (
    {name: Kind(behave, CONFORMS) for name, behave in CORRECT.items()}
    | {name: Kind(behave, VIOLATES) for name, behave in BROKEN.items()}
    | {name: Kind(behave, UNDECIDED) for name, behave in THROTTLING.items()}
)
