"""Targets: a provider, its tokens by role and its known resources, read from a target file."""

import os
import re
import ssl
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
from msgspec import UNSET

from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.connection.target_file import further, target_file
from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.contract.resources import changed_resources, similar_resources
from canvas_outcomes_contract.contract.yaml_source import YamlSource, keys_of

EMBEDDED_TARGET = Path(__file__).resolve().parent / "embedded_target.yaml"  # the default: the reference server
MADE_UP_ID = 999999999  # of no record
PROXY_OF_ENVIRONMENT = "environment"
SHORTEST_SECRET = 8  # characters of a header that are redacted wherever they occur
ADDRESS = re.compile(r"https?://[^/?#\s]+(/[^?#\s]*)?")
PROXY = re.compile(r"https?://[^/?#\s]+/?")
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE = re.compile(r"[!-~]([ -~]*[!-~])?")
OWN_HEADERS = ("accept", "authorization", "content-length", "content-type", "host")
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
KINDS = {
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "bool": "true or false",
    "object": "a mapping",
    "array": "a list",
    "str | null": "a string",
    "object | array": "a mapping or a list",
}


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

    @property
    def secrets(self) -> frozenset[str]:
        """Strings to redact wherever they occur."""
        of_headers = {value for value in self.headers.values() if len(value) >= SHORTEST_SECRET}
        return frozenset(self.tokens.values()) | of_headers

    @property
    def secret_headers(self) -> frozenset[str]:
        """Names of headers whose value is redacted, in lower case."""
        return frozenset(map(str.lower, self.headers))

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


def load_target(path: Path, contract: Contract) -> Target:
    """Read a target file. Raises CannotTell with file, line and column for one that cannot be used."""
    source = YamlSource(path, "target")
    kind = target_file(contract)
    try:
        file = msgspec.convert(source.data, kind)
    except msgspec.ValidationError as error:
        raise _refusal(source, kind, str(error)) from None
    tokens = {role: _expand(source, token, "tokens", role) for role, token in msgspec.to_builtins(file.tokens).items()}
    resources = msgspec.to_builtins(file.resources)
    others = {name: tuple(resources.pop(further(name))) for name in changed_resources(contract)}
    for name, ids in others.items():
        used = {resources[one] for one in similar_resources(contract, name) if one in resources}
        _check_further(source, name, ids, used)
    return Target(
        name=_expand(source, file.name, "name") or path.stem,
        base_url=None if file.base_url is UNSET else _base_url(source, file.base_url),
        writes=file.writes,
        disposable=file.disposable,
        tokens=tokens,
        resources=resources,
        certificates=_certificates(source, path.parent, file),
        proxy=_proxy(source, file),
        headers=_headers(source, file),
        response_seconds=file.limits.seconds,
        response_bytes=int(file.limits.megabytes * 1_000_000),
        known_failures=_known_failures(source, file, contract),
        further={name: ids for name, ids in others.items() if name in resources},
    )


def _refusal(source: YamlSource, kind: Any, error: str) -> CannotTell:
    """The error for a message of msgspec, such as: Expected `str`, got `int` - at `$.tokens.editor`."""
    problem, _, path = error.partition(" - at `$.")
    path = path.removesuffix("`")
    keys = keys_of(f".{path}")
    place = f"{path}: " if path else ""
    name = problem.rpartition("`")[0].rpartition("`")[2]
    if problem.startswith("Object contains unknown field"):
        struct = get_type_hints(kind)[path] if path else kind
        allowed = ", ".join(struct.__struct_fields__)
        return source.refuse(f"{place}the key {name} is unknown. Use one of {allowed}.", *keys, name)
    plain = re.sub(
        "`([^`]+)`", lambda kinds: " or ".join(KINDS.get(kind, kind) for kind in kinds[1].split(" | ")), problem
    )
    return source.refuse(f"{place}{plain[0].lower()}{plain[1:]}.", *keys)


def _check_further(source: YamlSource, resource: str, ids: tuple[int, ...], used: set[int]) -> None:
    """Refuse a record that another resource names: one process would change what another reads."""
    for index, id in enumerate(ids):
        if id in used:
            reason = f"{resource} {id} is named twice. Name each record once."
            raise source.refuse(reason, "resources", further(resource), index)
        used.add(id)


def _expand(source: YamlSource, text: str, *keys: str) -> str:
    for name in VARIABLE.findall(text):
        if not os.environ.get(name):
            raise source.refuse(
                f"{'.'.join(keys)} needs ${{{name}}}, which is not set. Set it in the environment.", *keys
            )
    return VARIABLE.sub(lambda match: os.environ[match[1]], text)


def _base_url(source: YamlSource, text: str) -> str:
    url = _expand(source, text, "base_url").rstrip("/")
    if not ADDRESS.fullmatch(url):
        raise source.refuse(
            f"base_url {url!r} is not a URL. Write it like https://canvas.example.edu, without a query.", "base_url"
        )
    return url


def _certificates(source: YamlSource, folder: Path, file: Any) -> Path | None:
    if file.certificates is UNSET:
        return None
    path = folder / _expand(source, file.certificates, "certificates")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        raise source.refuse(f"{path} holds no certificate in PEM format.", "certificates") from None
    except OSError as error:
        raise source.refuse(f"cannot read {path}: {error.strerror}.", "certificates") from None
    return path


def _proxy(source: YamlSource, file: Any) -> str | None:
    if file.proxy is UNSET:
        return None
    proxy = _expand(source, file.proxy, "proxy")
    if proxy != PROXY_OF_ENVIRONMENT and not PROXY.fullmatch(proxy):
        raise source.refuse(
            f"proxy is not a URL like http://proxy.example:3128, and not the word {PROXY_OF_ENVIRONMENT}.", "proxy"
        )
    return proxy


def _headers(source: YamlSource, file: Any) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, text in file.headers.items():
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
