"""Targets: a provider, its tokens by role and its known resources, read from a target file."""

import os
import re
import ssl
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote
from urllib.request import getproxies

import msgspec
from msgspec import UNSET

from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.connection.target_file import further, refusal, target_file
from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.contract.redaction import SHORTEST, Redactor
from canvas_outcomes_contract.contract.resources import changed_resources, similar_resources
from canvas_outcomes_contract.contract.yaml_source import YamlSource

EMBEDDED_TARGET = Path(__file__).resolve().parent / "embedded_target.yaml"  # the default: the reference server
MADE_UP_ID = 999999999  # of no record
PROXY_OF_ENVIRONMENT = "environment"
ADDRESS = re.compile(r"https?://[^/?#\s@]+(/[^?#\s]*)?")
CREDENTIALS = re.compile(r"(?:\w+://)?([^/?#\s]*)@")
PROXY = re.compile(r"https?://[^/?#\s]+/?")
TOKEN = re.compile(r"[!-~]+")
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE = re.compile(r"[!-~]([ -~]*[!-~])?")
NOT_OF_VARIABLES = re.compile(r"\W", re.ASCII)  # characters that the name of an environment variable cannot have
OWN_HEADERS = ("accept", "authorization", "content-length", "content-type", "host")
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True)
class Target:
    """A provider to judge. `base_url` None stands for the embedded reference server."""

    name: str
    base_url: str | None = None
    writes: bool = True
    disposable: bool = False  # everything there may be created, changed and deleted, and nothing is restored
    tokens: dict[str, str] = field(default_factory=dict, repr=False)
    resources: dict[str, int] = field(default_factory=dict)
    certificates: Path | None = None  # a file with the certificate of a CA
    proxy: str | None = None
    headers: dict[str, str] = field(default_factory=dict, repr=False)  # sent with every request
    response_seconds: float = 30  # a response may take
    response_bytes: int = 16_000_000  # of a decoded body
    known_failures: dict[str, str] = field(default_factory=dict)
    further: dict[str, tuple[int, ...]] = field(default_factory=dict)  # by resource: one for each further worker

    @cached_property
    def redactor(self) -> Redactor:
        """The redactor of the tokens, of the headers and of the credentials of the proxy."""
        secrets = {value: variable_of(name) for name, value in self.headers.items()}
        proxies = getproxies().values() if self.proxy == PROXY_OF_ENVIRONMENT else [self.proxy or ""]
        for credentials in filter(None, map(credentials_of, proxies)):
            secrets |= {credentials.partition(":")[2]: "PROXY_PASSWORD", credentials: "PROXY_CREDENTIALS"}
        secrets |= {token: f"{role.upper()}_TOKEN" for role, token in reversed(self.tokens.items())}
        return Redactor(secrets, self.headers)

    def for_worker(self, number: int) -> "Target":
        """The target of one worker, with records that no other worker changes."""
        own = {name: (self.resources[name], *ids)[number] for name, ids in self.further.items()}
        return replace(self, resources=self.resources | own)

    def token(self, role: str) -> str:
        """The token of a role. Raises NotApplicable if the target has none."""
        if role not in self.tokens:
            raise NotApplicable(f"The target has no token for the role {role}. Add tokens.{role}.")
        return self.tokens[role]

    def resource_id(self, name: str) -> int:
        """The id of a known resource. Raises NotApplicable if the target does not name it."""
        if name not in self.resources:
            raise NotApplicable(f"The target names no {name}. Add resources.{name}.")
        return self.resources[name]


class Source(Protocol):
    """Where the keys of a target come from."""

    def refuse(self, reason: str, *keys: str | int) -> CannotTell:
        """The error for the value at the keys."""


def variable_of(header: str) -> str:
    """The environment variable from which a curl line reads a header of the target."""
    return NOT_OF_VARIABLES.sub("_", header).upper()


def credentials_of(url: str) -> str:
    """USER:PASSWORD of a URL, or an empty string."""
    return unquote(match[1]) if (match := CREDENTIALS.match(url)) else ""


def load_target(path: Path, contract: Contract) -> Target:
    """Read a target file. Raises CannotTell with file, line and column for one that cannot be used."""
    source = YamlSource(path, "target")
    kind = target_file(contract)
    try:
        file = msgspec.convert(source.data, kind)
    except msgspec.ValidationError as error:
        raise refusal(source, kind, str(error)) from None
    given = msgspec.to_builtins(file.tokens)
    tokens = {role: token_of(source, role, _expand(source, token, "tokens", role)) for role, token in given.items()}
    resources = msgspec.to_builtins(file.resources)
    others = {name: tuple(resources.pop(further(name))) for name in changed_resources(contract)}
    for name, ids in others.items():
        used = {resources[one] for one in similar_resources(contract, name) if one in resources}
        _check_further(source, name, ids, used)
    return Target(
        name=_expand(source, file.name, "name") or path.stem,
        base_url=None if file.base_url is UNSET else base_url_of(source, file.base_url),
        writes=file.writes,
        disposable=file.disposable,
        tokens=tokens,
        resources=resources,
        certificates=None if file.certificates is UNSET else certificates_of(source, path.parent, file.certificates),
        proxy=None if file.proxy is UNSET else proxy_of(source, file.proxy),
        headers=headers_of(source, file.headers),
        response_seconds=file.limits.seconds,
        response_bytes=int(file.limits.megabytes * 1_000_000),
        known_failures=_known_failures(source, file, contract),
        further={name: ids for name, ids in others.items() if name in resources},
    )


def _check_further(source: YamlSource, resource: str, ids: tuple[int, ...], used: set[int]) -> None:
    """Refuse a record that another resource names: one process would change what another reads."""
    for index, id in enumerate(ids):
        if id in used:
            reason = f"{resource} {id} is named twice. Name each record once."
            raise source.refuse(reason, "resources", further(resource), index)
        used.add(id)


def _expand(source: Source, text: str, *keys: str) -> str:
    for name in VARIABLE.findall(text):
        if not os.environ.get(name):
            place = ".".join(keys)
            raise source.refuse(f"{place} needs ${{{name}}}, which is not set. Set it in the environment.", *keys)
    return VARIABLE.sub(lambda match: os.environ[match[1]], text)


def token_of(source: Source, role: str, token: str) -> str:
    """A token that can be sent, and redacted without redacting ordinary words. Raises CannotTell for another one."""
    if not TOKEN.fullmatch(token):
        raise source.refuse(f"tokens.{role} contains a character that a header cannot contain.", "tokens", role)
    if len(token) < SHORTEST:
        raise source.refuse(
            f"tokens.{role} has {len(token)} characters, and fewer than {SHORTEST} cannot be redacted from the report "
            "without redacting ordinary words. Use a longer token.",
            *("tokens", role),
        )
    return token


def base_url_of(source: Source, text: str) -> str:
    """A base URL without a slash at its end. Raises CannotTell for another text, and for a URL with credentials."""
    url = _expand(source, text, "base_url").rstrip("/")
    if credentials_of(url):
        raise source.refuse(
            "base_url contains credentials, which would be sent instead of the tokens. Remove them.", "base_url"
        )
    if not ADDRESS.fullmatch(url):
        raise source.refuse(
            f"base_url {text!r} is not a URL. Write it like https://canvas.example.edu, without a query.", "base_url"
        )
    return url


def certificates_of(source: Source, folder: Path, text: str) -> Path:
    """The file of a CA. Raises CannotTell if it cannot be read."""
    path = folder / _expand(source, text, "certificates")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        raise source.refuse(f"{path} holds no certificate in PEM format.", "certificates") from None
    except OSError as error:
        raise source.refuse(f"cannot read {path}: {error.strerror}.", "certificates") from None
    return path


def proxy_of(source: Source, text: str) -> str:
    """The URL of a proxy, or PROXY_OF_ENVIRONMENT. Raises CannotTell for another text."""
    proxy = _expand(source, text, "proxy")
    if proxy != PROXY_OF_ENVIRONMENT and not PROXY.fullmatch(proxy):
        raise source.refuse(
            f"proxy is not a URL like http://proxy.example:3128, and not the word {PROXY_OF_ENVIRONMENT}.", "proxy"
        )
    if 0 < len(credentials_of(proxy)) < SHORTEST:
        raise source.refuse(
            f"proxy has credentials of fewer than {SHORTEST} characters, which cannot be redacted. Use longer ones.",
            "proxy",
        )
    return proxy


def headers_of(source: Source, given: dict[str, str]) -> dict[str, str]:
    """Headers to send with every request. Raises CannotTell for one that cannot be sent or that the suite sets."""
    headers: dict[str, str] = {}
    for name, text in given.items():
        value = _expand(source, text, "headers", name)
        if not HEADER_NAME.fullmatch(name) or not HEADER_VALUE.fullmatch(value):
            raise source.refuse(f"headers.{name} is not a header that can be sent.", "headers", name)
        if name.lower() in OWN_HEADERS:
            raise source.refuse(f"headers.{name} is set by the suite itself. Remove it.", "headers", name)
        headers[name] = value
    return headers


def _known_failures(source: YamlSource, file: Any, contract: Contract) -> dict[str, str]:
    """Reasons by clause id, from one mapping or a list of them."""
    entries = file.known_failures
    known: dict[str, str] = {}
    listed = [entries] if isinstance(entries, dict) else entries
    for clause, reason in (item for entry in listed for item in entry.items()):
        if clause not in contract.clauses:
            raise source.refuse(f"the contract has no clause {clause!r}.", "known_failures", clause)
        if reason is None or not reason.strip():
            raise source.refuse(f"{clause} has no reason. Add a link or a sentence.", "known_failures", clause)
        known[clause] = reason
    return known
