"""Redact the secrets of a target, however a provider encodes them, in everything that a run records or prints."""

import base64
import html
import logging
import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from typing import Any, NamedTuple

REDACTED = "REDACTED"
SHORTEST = 8  # characters; a shorter value may be a word of any response
SHORTEST_IN_WORDS = 16  # a shorter secret is redacted as a whole value, not within a word, and not in part
DEPTH = 3  # of encodings within encodings, such as a URL in JSON in HTML
ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
# Secrets are in ASCII, so other characters may stay escaped. Each alternative begins with a literal, for speed.
ESCAPE = re.compile(
    r"%([0-7][0-9A-Fa-f])|\\+(?:u00([0-7][0-9A-Fa-f])|x([0-7][0-9A-Fa-f])|([^\\ux\0]))"  # JSON in JSON has many \
    r"|&(?:#0*[0-9]{1,7};?|#[xX]0*[0-9A-Fa-f]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};)"
    r"|\0+"  # UTF-16, which is decoded as UTF-8
    r"|\n(?<=[A-Za-z0-9+/]\n)(?=[A-Za-z0-9+/])|\r\n(?<=[A-Za-z0-9+/]\r\n)(?=[A-Za-z0-9+/])"  # lines of Base64
)


class Hidden(str):
    """The mark in place of a secret, with the environment variable from which a shell reads it."""

    variable: str

    def __new__(cls, variable: str) -> "Hidden":
        hidden = super().__new__(cls, REDACTED)
        hidden.variable = variable
        return hidden

    def __reduce__(self) -> tuple[type["Hidden"], tuple[str]]:
        return Hidden, (self.variable,)


class Span(NamedTuple):
    """A part of a text that shows a secret."""

    start: int
    end: int
    secret: str


class Needle(NamedTuple):
    """A spelling of a secret, and the context in which it is one. Upper and lower case do not count."""

    secret: str
    text: str  # in lower case
    start: str  # the text, or the beginning that shows too much of it
    pattern: re.Pattern[str]  # matches the start as the group `value`

    def find(self, text: str) -> Iterator[Span]:
        for match in self.pattern.finditer(text):
            start, end = match.span("value")
            for one, other in zip(text[end : start + len(self.text)], self.text[end - start :], strict=False):
                if one != other:
                    break
                end += 1
            yield Span(start, end, self.secret)


class Redactor:
    """Replaces secrets by a mark.

    `secrets` maps them to the names of environment variables. One that is shorter than SHORTEST is replaced where it
    follows the name of its header only; `headers` maps these names to secrets. A secret that contains a backslash may
    remain if some of its characters are escaped and others are not; no token of OAuth contains one (RFC 6750, 2.1).
    """

    def __init__(self, secrets: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> None:
        self._variables = dict(secrets or {})
        long = [secret for secret in self._variables if len(secret) >= SHORTEST]
        self._needles = [one for secret in long for one in (*_spellings(secret), *_in_base64(secret))]
        self._needles += [_in_header(name, value) for name, value in (headers or {}).items()]

    def text(self, text: str) -> str:
        """The text with a mark in place of each secret."""
        return "".join(self.parts(text))

    def parts(self, text: str) -> tuple[str, ...]:
        """The text in parts, with a Hidden in place of each secret."""
        parts, position = [], 0
        for start, end, secret in _merged(self._spans(text)):
            encoded = "" if text[start:end] == secret else "_ENCODED"
            parts += [text[position:start], Hidden(self._variables[secret] + encoded)]
            position = end
        return tuple(part for part in (*parts, text[position:]) if part)

    def value(self, value: Any) -> Any:
        """A JSON value with all of its strings redacted."""
        if isinstance(value, dict):
            return {name: self.value(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.value(item) for item in value]
        return self.text(value) if isinstance(value, str) else value

    def _spans(self, text: str, depth: int = DEPTH) -> Iterator[Span]:
        lower = text.lower()
        if len(lower) != len(text):  # the dotted capital I is two characters in lower case
            lower = text.replace("\u0130", "i").lower()
        for needle in self._needles:
            if needle.start in lower:
                yield from needle.find(lower)
        if depth and self._needles and ESCAPE.search(text):
            found = list(self._spans(ESCAPE.sub(_unescape, text), depth - 1))
            places = _Places(text) if found else None
            for start, end, secret in found:
                assert places is not None
                yield Span(places.of(start)[0], places.of(end - 1)[1], secret)


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in their order, with those that overlap as one, which has the secret of the longest."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            last = merged.pop()
            longest = max(last, span, key=lambda one: one.end - one.start)
            merged.append(Span(last.start, max(last.end, span.end), longest.secret))
        else:
            merged.append(span)
    return merged


def _spellings(secret: str) -> Iterator[Needle]:
    """The secret as it is, with what looks like an escape decoded, and without backslashes at its end."""
    spellings = [secret]
    while (unescaped := ESCAPE.sub(_unescape, spellings[-1])) not in spellings:
        spellings.append(unescaped)
    for one in {*spellings, *(one.rstrip("\\") for one in spellings)}:
        before, after = (r"(?<![\w-])", r"(?![\w-])") if len(secret) < SHORTEST_IN_WORDS else ("", "")
        yield _needle(secret, one, before, after)


def _in_base64(secret: str) -> Iterator[Needle]:
    """The parts of its Base64 that depend on the secret alone: not the ends, which also encode what surrounds it."""
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + secret.encode()).decode()
        inner = encoded[(offset * 8 + 5) // 6 : (offset + len(secret)) * 8 // 6]
        for one in {inner, inner.replace("+", "-").replace("/", "_")}:
            yield _needle(secret, one)


def _in_header(name: str, value: str) -> Needle:
    """The value of a header after its name, as a page for debugging shows it, also in the spelling of CGI."""
    spelled = re.escape(name.lower()).replace(r"\-", "[-_]")
    return _needle(value, value, rf"{spelled}\W{{1,8}}(?:value\W{{1,8}})?", r"(?!\w)")


def _needle(secret: str, text: str, before: str = "", after: str = "") -> Needle:
    text = text.lower()
    start = text[: max(SHORTEST_IN_WORDS, len(text) // 2)]  # messages cut a response, perhaps within a secret
    return Needle(secret, text, start, re.compile(rf"{before}(?P<value>{re.escape(start)}){after}"))


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        return chr(int(code, 16))
    if match[4]:
        return ESCAPES.get(match[4], match[4])
    return html.unescape(match[0]) if match[0][0] == "&" else ""


class _Places:
    """The places in a text of the characters that it has without one level of escapes."""

    def __init__(self, text: str) -> None:
        self._at: list[int] = []  # the place in the new text of what replaces each escape
        self._escapes: list[tuple[int, int, int]] = []  # start and end in the original text, and length in the new one
        length = end = 0
        for match in ESCAPE.finditer(text):
            self._at.append(length := length + match.start() - end)
            self._escapes.append((match.start(), end := match.end(), size := len(_unescape(match))))
            length += size

    def of(self, index: int) -> tuple[int, int]:
        """Start and end in the original text of a character, or of the escape that stands for it."""
        number = bisect_right(self._at, index) - 1
        if number < 0:
            return index, index + 1
        start, end, length = self._escapes[number]
        beyond = index - self._at[number] - length
        return (start, end) if beyond < 0 else (end + beyond, end + beyond + 1)


class _Stream:
    """A stream that redacts what is written to it."""

    def __init__(self, stream: Any, output: "Output") -> None:
        self._stream, self._output = stream, output

    def write(self, text: str) -> int:
        self._stream.write(self._output.redactor.text(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Output:
    """Redacts everything that the process prints or logs within the block, once `redactor` is set."""

    redactor = Redactor()

    def __enter__(self) -> "Output":
        self._stack = ExitStack()
        self._stack.enter_context(redirect_stdout(_Stream(sys.stdout, self)))
        self._stack.enter_context(redirect_stderr(_Stream(sys.stderr, self)))
        self._stack.callback(logging.setLogRecordFactory, make := logging.getLogRecordFactory())

        def redacted(*args: Any, **named: Any) -> logging.LogRecord:
            record = make(*args, **named)
            record.msg, record.args = self.redactor.text(record.getMessage()), ()
            if record.exc_info:  # a handler prints this text instead
                record.exc_text = self.redactor.text(logging.Formatter().formatException(record.exc_info))
            return record

        logging.setLogRecordFactory(redacted)
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()
