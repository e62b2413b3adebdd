"""A token that the provider echoes, however encoded, is shown by no error, traceback, pickle or log line."""

import base64
import html
import json
import logging
import pickle
import random
import string
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging.handlers import BufferingHandler
from operator import itemgetter
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from canvas_outcomes import Retries, errors
from canvas_outcomes_contract.checks.client.consumers import Consumer, Reply
from canvas_outcomes_contract.checks.client.documented import GET

# Without repetition: a run of one character also occurs elsewhere, for example in the underlines of a traceback.
CHARACTERS = st.sampled_from([chr(code) for code in range(0x7E, 0x20, -1)])
TOKENS = st.lists(CHARACTERS, min_size=8, max_size=60, unique=True)
# Of a Base64 encoding, this many characters in sequence depend on the token alone.
BASE64_PIECE = 8
LETTERS = string.ascii_letters


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def base64_after(start: str, encode: Callable[[bytes], bytes] = base64.b64encode) -> Callable[[str], str]:
    return lambda token: encode(f"{start}{token}".encode()).decode()


def escapes_of(char: str) -> list[str]:
    """Every escape of a character that a provider may use in JSON, in a URL or in HTML."""
    code = ord(char)
    return [
        *(char, json.dumps(char)[1:-1], json.dumps(char)[1:-1].replace("/", "\\/")),
        *(f"\\u{code:04x}", f"\\u{code:04X}", f"%{code:02X}", f"%{code:02x}"),
        *(html.escape(char), f"&#{code};", f"&#{code}", f"&#{code:03};", f"&#x{code:x};", f"&#X{code:04X};"),
    ]


ESCAPED = CHARACTERS.flatmap(lambda char: st.tuples(st.just(char), st.sampled_from(escapes_of(char))))

ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "JSON": lambda token: json.dumps(token)[1:-1],
    "JSON with escaped slashes": lambda token: json.dumps(token)[1:-1].replace("/", "\\/"),
    "JSON with escaped tags": lambda token: json.dumps(token)[1:-1].replace("<", "\\u003c").replace("&", "\\u0026"),
    "JSON in ASCII": lambda token: "".join(f"\\u{ord(char):04X}" for char in token),
    "URL": lambda token: quote(token, safe=""),
    "URL with a tilde": lambda token: quote(token, safe="").replace("~", "%7E"),
    "URL in lower case": lambda token: "".join(f"%{ord(char):02x}" for char in token),
    "URL with a path": quote,
    "HTML": html.escape,
    "HTML without quotes": lambda token: html.escape(token, quote=False),
    "HTML by numbers": lambda token: "".join(f"&#{ord(char)};" for char in token),
    "HTML by numbers without semicolons": lambda token: "".join(f"&#{ord(char)}" for char in token),
    "HTML by hexadecimal numbers": lambda token: "".join(f"&#x{ord(char):X};" for char in token),
    "Base64": base64_after(""),
    "Base64 of a header": base64_after("Bearer "),
    "Base64 of credentials": base64_after("user:"),
    "Base64 of credentials in a URL": lambda token: quote(base64_after("u:")(token), safe=""),
    "Base64 in a URL": base64_after("Bearer ", base64.urlsafe_b64encode),
    "Base64 in lines": base64_after("Authorization: Bearer ", base64.encodebytes),
    "Base64 in lines in JSON": lambda token: json.dumps(ENCODINGS["Base64 in lines"](token))[1:-1],
    "Base64 in lines in a URL": lambda token: quote(ENCODINGS["Base64 in lines"](token), safe=""),
}


def secrets_of(encoding: str, token: str) -> list[str]:
    """The token, its encoding, and in Base64 every piece that depends on the token alone."""
    encoded = ENCODINGS[encoding](token)
    if not encoding.startswith("Base64"):
        return [token, encoded]
    other = ENCODINGS[encoding]("\x7f" * len(token))
    start = next(index for index, (one, two) in enumerate(zip(encoded, other, strict=False)) if one != two)
    inner = encoded[start + 3 : -6]
    return [token, encoded, *(inner[index : index + BASE64_PIECE] for index in range(len(inner) - BASE64_PIECE + 1))]


def replies_with(echo: str, in_json: str) -> list[Reply]:
    """A reply for each place in which an error, its cause or a log line could show what the provider sends."""
    headers = {"X-Request-Context-Id": echo, "Retry-After": echo, "WWW-Authenticate": f"Bearer {echo}", "X-Other": echo}
    return [
        httpx2.Response(400, text=f"invalid: {echo}", headers=headers),
        httpx2.Response(401, content=b'{"errors": [{"message": "%s"}]}' % in_json.encode(), headers=headers),
        httpx2.Response(500, html=f"<title>{echo}</title>", headers=headers),
        httpx2.Response(200, content=b'{"id": "%s"}' % in_json.encode(), headers=headers),
        httpx2.Response(200, content=echo.encode(), headers={"Content-Type": f"text/{echo}"}),
        # A connection error is retried, which logs a line.
        *(httpx2.ConnectError(f"cannot reach {echo}"), httpx2.ConnectError(f"cannot reach {echo}")),
        caused(httpx2.ReadTimeout("late"), OSError(echo)),
    ]


def transport(*replies: Reply) -> httpx2.MockTransport:
    """A transport that returns or raises each reply. Unlike respx, it keeps the cause of an exception."""
    left = iter(replies)

    def handle(_: httpx2.Request) -> httpx2.Response:
        reply = next(left)
        if isinstance(reply, Exception):
            raise reply
        return reply

    return httpx2.MockTransport(handle)


@contextmanager
def log_records() -> Iterator[list[logging.LogRecord]]:
    """The records of the client; caplog is not reset between the cases of a check."""
    logger, handler = logging.getLogger("canvas_outcomes"), BufferingHandler(1000)
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler.buffer
    logger.setLevel(logging.NOTSET)
    logger.removeHandler(handler)


def shown_by(error: Any) -> str:
    """Everything that an app can print or store of an error, also without the escapes of repr."""
    values = [*vars(error).values(), *getattr(error, "headers", httpx2.Headers()).raw]
    raw = [one for value in values for one in (value if isinstance(value, tuple) else (value,))]
    texts = [one.decode("latin-1") if isinstance(one, bytes) else str(one) for one in raw]
    own = [str(error), repr(error), repr(vars(error)), pickle.dumps(error).decode("latin-1")]
    return "\n".join([*own, *texts, *traceback.format_exception(error)])


def shown_for(consumer: Consumer, token: str, echo: str, in_json: str) -> str:
    """Return the text of the errors and log lines for each of the replies."""
    replies = replies_with(echo, in_json)
    consumer.open(token=token, transport=transport(*replies), retries=Retries(limit=1, first_pause=0))
    with log_records() as records:
        found = [consumer.fail(GET) for _ in replies[1:]]
    logged = [f"{one.getMessage()} {one.args}" for one in records]
    assert {type(error) for error in found} >= {errors.DecodeError, errors.TransportError, errors.TimeoutError}
    assert {one.levelno for one in records} == {logging.DEBUG, logging.INFO}
    return "\n".join([*map(shown_by, found), *logged])


@given(characters=TOKENS)
@example(characters=[*LETTERS])
def test_redacts_an_echoed_token(consumer: Consumer, characters: list[str]) -> None:
    token = "".join(characters)
    echoes = {encoding: encode(token) for encoding, encode in ENCODINGS.items()}
    in_json = [
        echo for encoding, echo in echoes.items() if encoding.startswith(("JSON", "URL", "Base64")) and "\n" not in echo
    ]

    shown = shown_for(consumer, token, " ".join(echoes.values()), " ".join(in_json))

    assert [
        (encoding, secret) for encoding in ENCODINGS for secret in secrets_of(encoding, token) if secret in shown
    ] == []
    assert "[token]" in shown


@given(escaped=st.lists(ESCAPED, min_size=8, max_size=60, unique_by=itemgetter(0)))
@example(escaped=[*zip("abcdef\\", "abcdef\\", strict=True), ("|", "\\u007c")])
@example(escaped=[*zip("abc&amp;d", "abc&amp;d", strict=True), ("/", "\\/")])
@example(escaped=[*zip("abc%25de", "abc%25de", strict=True), ("/", "\\/")])
def test_redacts_an_echoed_token_with_any_characters_escaped(
    consumer: Consumer, escaped: list[tuple[str, str]]
) -> None:
    token, echo = ("".join(parts) for parts in zip(*escaped, strict=True))

    shown = shown_for(consumer, token, echo, echo)

    assert [secret for secret in (token, echo) if secret in shown] == []


def test_redacts_a_token_after_its_own_beginning(consumer: Consumer) -> None:
    consumer.open(token="abababab.")

    error = consumer.error_for(httpx2.Response(400, text="ab: ababababab&#46;"), GET)

    assert error.body == b"ab: ab[token]"


def test_redacts_a_long_token_at_once(consumer: Consumer) -> None:
    token = "".join(random.Random(1).choices(LETTERS, k=16_000))
    consumer.open(token=token)
    reply = httpx2.Response(400, text=ENCODINGS["HTML by numbers"](token))

    began = time.thread_time()
    error = consumer.error_for(reply, GET)

    assert error.body == b"[token]"
    assert time.thread_time() - began < 1.5


def test_redacts_a_body_with_many_beginnings_of_a_token_as_a_whole(consumer: Consumer) -> None:
    consumer.open(token=LETTERS * 20)

    error = consumer.error_for(httpx2.Response(400, text=f"{LETTERS * 19}. " * 1000), GET)

    assert error.body == b"[token]"


@pytest.mark.parametrize(
    "cause",
    [httpx2.ConnectError(LETTERS), caused(httpx2.ConnectError("refused"), OSError(LETTERS))],
    ids=["own", "below"],
)
def test_drops_a_cause_that_shows_the_token(consumer: Consumer, cause: Exception) -> None:
    consumer.open(token=LETTERS, transport=transport(cause))

    error = consumer.fail(GET)

    assert type(error) is errors.TransportError
    assert (error.__cause__, error.__context__) == (None, None)


def test_redacts_a_numeric_token_in_retry_after(consumer: Consumer) -> None:
    consumer.open(token="86420135")

    error = consumer.error_for(httpx2.Response(429, headers={"Retry-After": "86420135"}), GET)

    assert (error.retry_after, error.headers["Retry-After"]) == (None, "[token]")
