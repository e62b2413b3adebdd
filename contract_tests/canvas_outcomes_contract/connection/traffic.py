"""Recorded requests and responses, without secrets: for the report, for curl lines and for coverage."""

import re
import shlex
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import httpx2

from canvas_outcomes_contract.connection.target import PROXY_OF_ENVIRONMENT, Target, variable_of
from canvas_outcomes_contract.contract.escaping import COMMAND, shortened
from canvas_outcomes_contract.contract.redaction import Hidden

KEPT_CHARACTERS = 50_000_000  # of bodies and headers of responses; after that, the start of each
SHOWN_CHARACTERS = 2000  # of a body in the report; traffic.har has more
COOKIES = ("cookie", "set-cookie")
# Headers that curl sets itself, to values that do not matter to the request.
SET_BY_CURL = ("accept-encoding", "connection", "content-length", "host", "user-agent")
DEFAULT_ACCEPT = "*/*"
DOTS = re.compile(r"/%2e", re.IGNORECASE)  # some versions of curl would remove such a segment of a path
GLOB = re.compile(r"[\[\]{}]")  # curl would send several requests
NOT_IN_QUOTES = re.compile(r'["$`\\!]')  # characters that a shell reads in double quotes
BRACES = re.compile(r"\$\{(\w+)\}(?!\w)")  # around a variable, where they are not necessary
Parts = tuple[str, ...]  # of a text; a Hidden stands for each secret


@dataclass(frozen=True)
class Exchange:
    """A request with its response, without secrets."""

    started: datetime
    seconds: float
    operation: str | None
    method: str
    url_parts: Parts
    role: str | None
    header_parts: tuple[tuple[str, Parts], ...]  # of the request
    sent: Parts  # the body of the request, a character per byte
    sent_bytes: int
    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: str
    received_bytes: int  # of the body, decoded
    phase: str = ""  # of Schemathesis, if it generated the request

    @property
    def url(self) -> str:
        return "".join(self.url_parts)

    @property
    def request_headers(self) -> dict[str, str]:
        return {name: "".join(parts) for name, parts in self.header_parts}

    @property
    def request_body(self) -> str:
        return "".join(self.sent).encode("latin-1").decode("utf-8", "backslashreplace")

    def curl(self, options: Iterable[Parts] = ()) -> str:
        """A command that sends the same request; it reads secrets from environment variables."""
        parts = ["curl", "-i", *(["--head"] if self.method == "HEAD" else ["-X", self.method])]
        parts += [_word(self.url_parts), *map(_word, options)]
        parts += ["--path-as-is"] if DOTS.search(self.url) else []
        parts += ["--globoff"] if GLOB.search(self.url) else []
        names = {name.lower() for name, _ in self.header_parts}
        for name, value in self.header_parts:
            if name.lower() not in SET_BY_CURL and (name.lower(), *value) != ("accept", DEFAULT_ACCEPT):
                parts += ["-H", _word((f"{name}: ", *value) if value else (f"{name};",))]
        parts += [] if "accept" in names else ["-H", "Accept:"]
        if "content-length" in names and "content-type" not in names:
            parts += ["-H", "Content-Type:"]
        if not self.sent:
            return " ".join([*parts, "--data-binary", "''"] if "content-length" in names else parts)
        if self._can_be_typed:
            return " ".join([*parts, "--data-raw", _word(map(_decoded, self.sent))])
        return " ".join([_printf(self.sent), "|", *parts, "--data-binary", "@-"])

    @property
    def _can_be_typed(self) -> bool:
        """Whether a shell and a terminal accept the body unchanged."""
        return self.request_body.isprintable() and "".join(self.sent).encode("latin-1") == self.request_body.encode()

    @property
    def media_type(self) -> str:
        return next((v for k, v in self.headers if k.lower() == "content-type"), "").partition(";")[0].strip()

    def as_messages(self) -> dict[str, str]:
        """Request and response in the format of HTTP/1.1."""
        sent = [f"{self.method} {self.url}", *(f"{name}: {value}" for name, value in self.request_headers.items())]
        received = [f"{self.status}", *(f"{name}: {value}" for name, value in self.headers)]
        return {"request": _message(sent, self.request_body), "response": _message(received, self.body)}


@dataclass(repr=False)  # Hypothesis prints the arguments of a check, and this one holds the whole run
class Recorder:
    """All exchanges of a run, and those of the current example."""

    target: Target = field(default_factory=lambda: Target(""))
    exchanges: list[Exchange] = field(default_factory=list)
    example: list[Exchange] = field(default_factory=list)
    room: float = KEPT_CHARACTERS

    def __post_init__(self) -> None:
        self.redact = self.target.redactor.text
        self._secret_headers = {*COOKIES, *map(str.lower, self.target.headers)}

    def begin_example(self) -> None:
        self.example = []

    def add(
        self, response: httpx2.Response, seconds: float, operation: str | None, role: str | None, phase: str = ""
    ) -> None:
        request, parts = response.request, self.target.redactor.parts
        exchange = Exchange(
            started=datetime.now(UTC),
            seconds=seconds,
            operation=operation,
            method=request.method,
            url_parts=parts(str(request.url)),
            role=role,
            header_parts=tuple((name, self._header(name, value)) for name, value in request.headers.multi_items()),
            sent=parts(request.content.decode("latin-1")),
            sent_bytes=len(request.content),
            status=response.status_code,
            reason=self.redact(response.reason_phrase),
            headers=[(self.redact(k), "".join(self._header(k, v))) for k, v in response.headers.multi_items()],
            body=self.redact(response.content.decode("utf-8", "backslashreplace")),
            received_bytes=len(response.content),
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

    def _header(self, name: str, value: str) -> Parts:
        is_secret = name.lower() in self._secret_headers
        return (Hidden(variable_of(name)),) if is_secret else self.target.redactor.parts(value)

    def reproduce(self, exchange: Exchange) -> str:
        """A curl line that sends a request to the target again."""
        options: list[Parts] = []
        if self.target.certificates is not None:
            options += [("--cacert",), (str(self.target.certificates),)]
        if self.target.proxy not in (None, PROXY_OF_ENVIRONMENT):
            options += [("--proxy",), self.target.redactor.parts(str(self.target.proxy))]
        return exchange.curl(options)


def _word(parts: Iterable[str]) -> str:
    """A word of a shell command, with variables in place of secrets."""
    parts = list(parts)
    if not any(isinstance(one, Hidden) for one in parts):
        return _quoted("".join(parts))
    if NOT_IN_QUOTES.search("".join(parts)):
        return "".join(f'"${{{one.variable}}}"' if isinstance(one, Hidden) else _quoted(one) for one in parts)
    text = "".join(f"${{{one.variable}}}" if isinstance(one, Hidden) else one for one in parts)
    return '"' + COMMAND.sub('#""', BRACES.sub(r"$\1", text)) + '"'


def _quoted(text: str) -> str:
    """A word for a shell, in which a CI server finds no command."""
    return COMMAND.sub("#''", shlex.quote(text))


def _decoded(part: str) -> str:
    return part if isinstance(part, Hidden) else part.encode("latin-1").decode()


def _printf(parts: Iterable[str]) -> str:
    """A shell command that prints bytes, and variables in place of secrets."""
    if any(isinstance(one, Hidden) for one in parts):
        return "{ " + "; ".join(_printf_part(one) for one in parts) + "; }"
    return _printf_part("".join(parts))


def _printf_part(part: str) -> str:
    if isinstance(part, Hidden):
        return f"printf %s {_word((part,))}"
    octal = "".join(f"\\0{ord(byte):03o}" for byte in part)
    return f"printf '%b' '{octal}'"


def _message(head: list[str], body: str) -> str:
    return "\n".join(head) + (f"\n\n{shortened(body, SHOWN_CHARACTERS)}" if body else "")
