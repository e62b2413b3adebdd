"""Cases that Schemathesis generates from the contract, made safe for a provider that people use."""

import copy
import re
from typing import Any

import httpx
import requests
import schemathesis
from schemathesis.checks import CHECKS, load_all_checks

from canvas_outcomes_contract.cases.encodings import form_pairs, urlencoded
from canvas_outcomes_contract.cases.strategies import HOSTILE_STRINGS
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.contract.document import Contract

Case = schemathesis.Case[Any]
# Statuses of a request with valid data: 400 where the schema cannot state the rule (a calculation_int for a stored
# method without one, neither student_id nor assignment_id), 404 for an id that no record has.
ACCEPTED = {"get_outcome": [200, 404], "update_outcome": [200, 400, 404], "list_outcome_alignments": [200, 400, 404]}
# Links that Schemathesis cannot infer; those between the operations on one outcome follow from their paths.
LINKS = {
    "list_outcome_alignments": {
        "Outcome": {"operationId": "get_outcome", "parameters": {"id": "$response.body#/0/learning_outcome_id"}}
    }
}
# Left out, because a clause judges it, or because live Canvas converts undocumented values.
LEFT_OUT = ("ignored_auth", "negative_data_rejection", "unsupported_method", "not_a_server_error")
LONG_STRING = 1000


def load_schema(contract: Contract) -> schemathesis.schemas.BaseSchema:
    """Load the contract into Schemathesis, for valid and invalid cases."""
    document = copy.deepcopy(contract.document)
    for operation in contract.operations.values():
        success = document["paths"][operation.path][operation.method.lower()]["responses"]["200"]
        success.setdefault("links", LINKS.get(operation.id, {}))
    accepted = [
        {
            "include-operation-id": operation,
            "checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED.get(operation, [200])}},
        }
        for operation in contract.operations
    ]
    return load_document(document, "all", phases={"coverage": {"unexpected-methods": []}}, operations=accepted)


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


def send_case(provider: Provider, case: Case) -> httpx.Response:
    """Send a case with known ids instead of generated ones, so that it changes no unknown record."""
    provider.recorder.begin_example()
    operation = case.operation.definition.raw["operationId"]
    _use_known_ids(provider, operation, case)
    prepared = requests.Request(**_requests_arguments(case, provider.base_url)).prepare()
    role = "teacher" if operation == "list_outcome_alignments" else "editor"
    return provider.send_prepared(operation, prepared, role, phase_of(case))


def phase_of(case: Case) -> str:
    """The phase of Schemathesis: examples, coverage, fuzzing or stateful."""
    return "" if case.meta is None else case.meta.phase.name.value


def _requests_arguments(case: Case, base_url: str) -> dict[str, Any]:
    arguments = case.as_transport_kwargs(base_url=base_url)
    return {key: value for key, value in arguments.items() if key not in ("timeout", "verify", "allow_redirects")}


def _use_known_ids(provider: Provider, operation: str, case: Case) -> None:
    known = _known_ids(provider, operation)
    for place in (case.path_parameters, case.query):
        for name, value in (place or {}).items():
            if name in known and _is_id(value):
                id, ids = int(value), known[name]
                place[name] = id if id in ids else ids[id % len(ids)]  # an id from a link is known already


def _known_ids(provider: Provider, operation: str) -> dict[str, list[int]]:
    named = provider.target.resources
    missing = named.get("missing_outcome", 999999999)
    if operation == "update_outcome":
        return {"id": [named["editable_outcome"], named["editable_outcome"], missing]}
    outcomes = [id for name, id in named.items() if name.endswith("_outcome")]
    assignments = [id for name, id in named.items() if name.endswith("_assignment")]
    students = [id for name, id in named.items() if name.endswith("student")]
    return {
        "id": outcomes,
        "course_id": [named.get("course", missing)] * 3 + [missing],
        "student_id": [*students, missing],
        "assignment_id": [*assignments, missing],
    }


def _is_id(value: Any) -> bool:
    return str(value).removeprefix("-").isdecimal()


@schemathesis.serializer("application/x-www-form-urlencoded")
def rails_form(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Serialize a form as Rails parses it, with one group of fields per object of a list."""
    return urlencoded(form_pairs(value)).encode() if isinstance(value, dict) else str(value).encode()
