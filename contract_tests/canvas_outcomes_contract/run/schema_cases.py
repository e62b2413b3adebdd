"""Cases that Schemathesis generates from the contract, made safe for a provider that people use."""

import copy
import re
from typing import Any

import httpx2
import requests
import schemathesis
from schemathesis.checks import CHECKS, load_all_checks

from canvas_outcomes_contract.cases.encodings import boundary_of, form_pairs, urlencoded
from canvas_outcomes_contract.cases.strings import HOSTILE_STRINGS
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.target import MADE_UP_ID
from canvas_outcomes_contract.connection.updatable_record import UpdatableRecord
from canvas_outcomes_contract.contract.document import Contract, Operation
from canvas_outcomes_contract.contract.judging import judging
from canvas_outcomes_contract.contract.restoring import restorable

Case = schemathesis.Case[Any]
# Left out, because a clause judges it, or because live Canvas converts undocumented values.
LEFT_OUT = ("ignored_auth", "negative_data_rejection", "unsupported_method", "not_a_server_error")
LONG_STRING = 1000
LEADING_DIGITS = re.compile(r"\s*[+-]?[0-9_]+")
ID_OF_A_SHARD = re.compile(r"[0-9]+~[0-9]+")


def load_schema(contract: Contract) -> schemathesis.schemas.BaseSchema:
    """Load the contract into Schemathesis, for valid and invalid cases."""
    accepted = [
        {
            "include-operation-id": operation.id,
            "checks": {"positive_data_acceptance": {"expected-statuses": _accepted_statuses(contract, operation)}},
        }
        for operation in contract.operations.values()
    ]
    document = copy.deepcopy(contract.document)
    for item in document["paths"].values():
        for holder in (item, *(one for one in item.values() if isinstance(one, dict))):
            holder["parameters"] = [one for one in holder.get("parameters", []) if not _is_left_out(contract, one)]
    return load_document(document, "all", phases={"coverage": {"unexpected-methods": []}}, operations=accepted)


def _is_left_out(contract: Contract, parameter: dict[str, Any]) -> bool:
    return bool(contract.resolve(parameter).get("x-left-out-of-cases"))


def _accepted_statuses(contract: Contract, operation: Operation) -> list[str]:
    """The statuses of responses to valid data: 404, too, because a case may have an id that no record has."""
    refused = map(str, judging(contract, operation).valid_but_refused)
    return [*operation.successes, *refused, *({"404"} & operation.definition["responses"].keys())]


def load_document(document: dict[str, Any], mode: str, **options: Any) -> schemathesis.schemas.BaseSchema:
    """Load an OpenAPI document, which is changed, for cases of a mode: positive, negative or all."""
    _rewrite_patterns_of_long_strings(document)
    # Without a config of its own, Schemathesis would read any schemathesis.toml above the working directory.
    config: dict[str, Any] = {
        "cache": {"enabled": False},
        "dictionaries": {"hostile": {"values": list(HOSTILE_STRINGS)}},
        "generation": {
            "mode": mode,
            "database": "none",
            "with-security-parameters": False,
            "dictionaries": {"string": {"dictionary": "hostile", "probability": 0.1}},
        },
    }
    return schemathesis.openapi.from_dict(document, config=schemathesis.Config.from_dict(config | options))


def _rewrite_patterns_of_long_strings(node: Any) -> None:
    """Write ^X*$ as ^(?:X+|X*)$ beside a large maxLength.

    Schemathesis folds the maxLength into the first form. Compiling X{0,65535} takes half a second, and happens often.
    """
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str) and node.get("maxLength", 0) > LONG_STRING:
            node["pattern"] = re.sub(r"\^(\[[^]]+])\*\$", r"^(?:\1+|\1*)$", node["pattern"])
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            _rewrite_patterns_of_long_strings(item)


def applicable_checks() -> list[Any]:
    load_all_checks()
    return [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]


def send_case(provider: Provider, case: Case) -> httpx2.Response:
    """Send a case with known ids instead of generated ones, so that it changes no unknown record."""
    provider.recorder.begin_example()
    operation = operation_of(provider.contract, case)
    _use_known_ids(provider, operation, case)
    prepared = _fix_boundary(requests.Request(**_requests_arguments(case, provider.base_url)).prepare())
    role = judging(provider.contract, operation).role

    def send() -> httpx2.Response:
        return provider.send_prepared(operation.id, prepared, role, phase_of(case))

    access = next((one for one in restorable(provider.contract) if one.write is operation), None)
    if access is None or is_valid(case):
        return send()
    path = str(prepared.url).partition("?")[0]
    return UpdatableRecord(provider, access, operation.path_values(path)).send_and_undo(send)


def operation_of(contract: Contract, case: Case) -> Operation:
    return contract.operations[case.operation.definition.raw["operationId"]]


def phase_of(case: Case) -> str:
    """The phase of Schemathesis: examples, coverage, fuzzing or stateful."""
    return "" if case.meta is None else case.meta.phase.name.value


def _requests_arguments(case: Case, base_url: str) -> dict[str, Any]:
    arguments = case.as_transport_kwargs(base_url=base_url)
    return {key: value for key, value in arguments.items() if key not in ("timeout", "verify", "allow_redirects")}


def _fix_boundary(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """Replace the boundary that requests has drawn."""
    media_type, _, drawn = str(prepared.headers.get("Content-Type")).partition("; boundary=")
    body = prepared.body
    if isinstance(body, bytes) and media_type == "multipart/form-data" and body.startswith(b"--" + drawn.encode()):
        boundary = boundary_of(body.replace(drawn.encode(), b""))
        prepared.headers["Content-Type"] = f"{media_type}; boundary={boundary}"
        prepared.body = body.replace(drawn.encode(), boundary.encode())
    return prepared


def _use_known_ids(provider: Provider, operation: Operation, case: Case) -> None:
    fresh = provider.parameters_of_a_fresh_record(operation)
    resources = judging(provider.contract, operation).parameters
    for place in (case.path_parameters, case.query):
        for name, value in (place or {}).items():
            if name not in resources or (operation.id, name, str(value)) in provider.created.linked:
                continue
            first, *others = (provider.target.resources.get(resource, MADE_UP_ID) for resource in resources[name])
            ids = [fresh[name]] * 2 if name in fresh else [first, first, *others]
            place[name] = _known_id(value, [*ids, MADE_UP_ID], is_valid(case))


def _known_id(value: Any, ids: list[Any], is_valid: bool) -> Any:
    """A known id instead of a drawn one; an invalid value stays, unless it is an id, or Rails reads it as one."""
    if isinstance(value, list):
        return [_known_id(item, ids, is_valid) for item in value]
    if not _is_id(value) and (not is_valid or ID_OF_A_SHARD.fullmatch(str(value))):
        text = str(value)
        return LEADING_DIGITS.sub(str(MADE_UP_ID), text, count=1) if LEADING_DIGITS.match(text) else value
    number = int(value) if _is_id(value) else sum(str(value).encode("utf-8", "replace"))
    return number if number in ids else ids[number % len(ids)]  # an id from a link is known already


def is_valid(case: Case) -> bool:
    return case.meta is None or case.meta.generation.mode.is_positive


def refuses_known_records(provider: Provider, operation: Operation, case: Case, response: httpx2.Response) -> bool:
    """Whether a valid case got 404, although each of its ids is one that makes the known request right."""
    judged = judging(provider.contract, operation)
    if response.status_code != 404 or 404 in judged.valid_but_refused or not is_valid(case):
        return False
    values = (case.path_parameters or {}) | (case.query or {})
    return all(
        provider.created.has(operation.id, parameter["name"], values[parameter["name"]])
        or provider.known.has(operation, parameter, values[parameter["name"]])
        for parameter in provider.contract.parameters(operation)
        if parameter["name"] in values and (parameter["in"] == "path" or parameter["name"] in judged.parameters)
    )


def _is_id(value: Any) -> bool:
    return str(value).removeprefix("-").isdecimal()


@schemathesis.serializer("application/x-www-form-urlencoded")
def rails_form(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Serialize a form as Rails parses it, with one group of fields per object of a list."""
    return urlencoded(form_pairs(value)).encode() if isinstance(value, dict) else str(value).encode()
