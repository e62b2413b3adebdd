"""Recorded requests and responses, without tokens: for the report, for curl lines and for coverage."""

import json
import re
import shlex
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2

REDACTED = "REDACTED"
VARIABLE = re.compile(r"\W", re.ASCII)  # characters that the name of an environment variable cannot have
SHOWN_CHARACTERS = 2000  # of a body in the report; traffic.har has all of it
SHOWN_REQUEST_HEADERS = ("accept", "content-type")
SECRET_HEADERS = ("authorization", "cookie", "set-cookie")
SECRET_PARAMETER = re.compile(r"(access_token=)[^&\s\"']*")


@dataclass(frozen=True)
class Exchange:
    """A request with its response, without tokens."""

    started: datetime
    seconds: float
    operation: str | None
    method: str
    url: str
    role: str | None
    request_headers: dict[str, str]
    request_body: str
    status: int
    headers: list[tuple[str, str]]
    body: str
    sent: bytes = b""  # the body of the request
    phase: str = ""  # of Schemathesis, if it generated the request

    @property
    def curl(self) -> str:
        """A command that repeats the request; tokens and headers of the target are in environment variables."""
        parts = ["curl", "-i", "-X", self.method, shlex.quote(self.url)]
        if self.role:
            parts += ["-H", f'"Authorization: Bearer ${self.role.upper()}_TOKEN"']
        for name, value in self.request_headers.items():
            if value == REDACTED and name.lower() not in SECRET_HEADERS:
                parts += ["-H", f'"{name}: ${VARIABLE.sub("_", name).upper()}"']
            elif name.lower() in SHOWN_REQUEST_HEADERS:
                parts += ["-H", shlex.quote(f"{name}: {value}")]
        if not self.sent:
            return " ".join([*parts, "--data-binary ''"] if self.method != "GET" else parts)
        if self._can_be_typed:
            return " ".join([*parts, "--data-raw", shlex.quote(self.request_body)])
        octal = "".join(f"\\0{byte:03o}" for byte in self.sent)
        return " ".join(["printf '%b'", f"'{octal}'", "|", *parts, "--data-binary @-"])

    @property
    def _can_be_typed(self) -> bool:
        """Whether a shell and a terminal accept the body unchanged."""
        return self.request_body.isprintable() and self.sent == self.request_body.encode()

    @property
    def media_type(self) -> str:
        return next((v for k, v in self.headers if k.lower() == "content-type"), "").partition(";")[0].strip()

    def as_messages(self) -> dict[str, str]:
        """Request and response in the format of HTTP/1.1."""
        sent = [f"{self.method} {self.url}", *(f"{name}: {value}" for name, value in self.request_headers.items())]
        received = [f"{self.status}", *(f"{name}: {value}" for name, value in self.headers)]
        return {"request": _message(sent, self.request_body), "response": _message(received, self.body)}

    def har(self) -> dict[str, Any]:
        """The exchange as an entry of HAR 1.2."""
        sent_type = next((v for k, v in self.request_headers.items() if k.lower() == "content-type"), "")
        return {
            "startedDateTime": self.started.isoformat(),
            "time": self.seconds * 1000,
            "request": {
                "method": self.method,
                "url": self.url,
                "httpVersion": "HTTP/1.1",
                "headers": _pairs(self.request_headers.items()),
                "queryString": _pairs(parse_qsl(urlsplit(self.url).query, keep_blank_values=True)),
                "cookies": [],
                "headersSize": -1,
                "bodySize": len(self.request_body),
                **({"postData": {"mimeType": sent_type, "text": self.request_body}} if self.request_body else {}),
            },
            "response": {
                "status": self.status,
                "statusText": "",
                "httpVersion": "HTTP/1.1",
                "headers": _pairs(self.headers),
                "cookies": [],
                "content": {"size": len(self.body), "mimeType": self.media_type, "text": self.body},
                "redirectURL": "",
                "headersSize": -1,
                "bodySize": len(self.body),
            },
            "cache": {},
            "timings": {"send": 0, "wait": self.seconds * 1000, "receive": 0},
        }


@dataclass(repr=False)  # Hypothesis prints the arguments of a check, and this one holds the whole run
class Recorder:
    """All exchanges of a run, and those of the current example."""

    secrets: frozenset[str] = frozenset()
    secret_headers: frozenset[str] = frozenset()  # of the target, in lower case
    exchanges: list[Exchange] = field(default_factory=list)
    example: list[Exchange] = field(default_factory=list)
    room: int = 50_000_000  # characters of bodies and headers that are kept; after that, only the start of each

    def begin_example(self) -> None:
        self.example = []

    def add(
        self, response: httpx2.Response, seconds: float, operation: str | None, role: str | None, phase: str = ""
    ) -> None:
        request = response.request
        exchange = Exchange(
            started=datetime.now(UTC),
            seconds=seconds,
            operation=operation,
            method=request.method,
            url=self.redact(str(request.url)),
            role=role,
            request_headers={k: self._header(k, v) for k, v in request.headers.items()},
            request_body=self.redact(request.content.decode("utf-8", "backslashreplace")),
            status=response.status_code,
            headers=[(k, self._header(k, v)) for k, v in response.headers.multi_items()],
            body=self.redact(response.content.decode("utf-8", "backslashreplace")),
            sent=self._redacted(request.content),
            phase=phase,
        )
        self.example.append(exchange)
        size = len(exchange.body) + sum(len(name) + len(value) for name, value in exchange.headers)
        self.room -= size
        if self.room < 0 and size > SHOWN_CHARACTERS:
            headers = [(name, value[:100]) for name, value in exchange.headers[:50]]
            exchange = replace(exchange, headers=headers, body=exchange.body[:SHOWN_CHARACTERS])
        self.exchanges.append(exchange)

    def counts(self) -> dict[str, int]:
        """The number of requests, and of those that each phase of Schemathesis generated from the contract."""
        drawn = Counter(exchange.phase for exchange in self.exchanges if exchange.phase)
        return {"requests": len(self.exchanges), **dict(sorted(drawn.items()))}

    def redact(self, text: str) -> str:
        text = SECRET_PARAMETER.sub(rf"\1{REDACTED}", text)
        for secret in self.secrets:
            text = text.replace(secret, REDACTED)
        return text

    def _redacted(self, content: bytes) -> bytes:
        for secret in self.secrets:
            content = content.replace(secret.encode(), REDACTED.encode())
        return content

    def _header(self, name: str, value: str) -> str:
        is_secret = name.lower() in (*SECRET_HEADERS, *self.secret_headers)
        return REDACTED if is_secret else self.redact(value)

    def write_har(self, path: Path) -> None:
        log = {
            "version": "1.2",
            "creator": {"name": "contract_tests", "version": "1"},
            "entries": [exchange.har() for exchange in self.exchanges],
        }
        path.write_text(json.dumps({"log": log}), encoding="utf-8")


def _message(head: list[str], body: str) -> str:
    cut = body if len(body) <= SHOWN_CHARACTERS else f"{body[:SHOWN_CHARACTERS]}… ({len(body)} characters)"
    return "\n".join(head) + (f"\n\n{cut}" if body else "")


def _pairs(items: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in items]
