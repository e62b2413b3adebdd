"""Copies of the contract for tools that cannot use all of it."""

from pathlib import Path
from typing import Any

import yaml

from contract_tests.contract import Contract, contract_path

JSON = "application/json"
SUCCESS = "200"


def for_dredd(folder: Path) -> Path:
    """Dredd sends one request for each answer, and can cause no refusal; it compares media types with their charset."""
    document = _document()
    for operation in operations(document):
        operation["responses"] = {SUCCESS: operation["responses"][SUCCESS]}
    for response in document["components"]["responses"].values():
        response["content"] = {
            f"{name}; charset=utf-8" if name == JSON else name: media for name, media in response["content"].items()
        }
    return _written(document, folder)


def for_specmatic(folder: Path) -> Path:
    """Specmatic takes no 5XX, draws forms that it cannot send, and pairs requests with answers by names of examples."""
    document = _document()
    shown = set()
    for operation in operations(document):
        del operation["responses"]["5XX"]
        shown.add(operation["responses"][SUCCESS]["$ref"].rpartition("/")[2])
        if "requestBody" in operation:
            content = operation["requestBody"]["content"]
            operation["requestBody"]["content"] = {JSON: _with_one_example(content[JSON])}
        for parameter in operation.get("parameters", []):
            _name_example(parameter)
    for parameter in document["components"]["parameters"].values():
        _name_example(parameter)
    for name, response in document["components"]["responses"].items():
        for media_type, media in response["content"].items():
            response["content"][media_type] = _with_one_example(media) if name in shown else {"schema": media["schema"]}
    return _written(document, folder)


def _document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(contract_path().read_text(encoding="utf-8"))
    for operation in operations(document):
        operation["security"] = [{"bearerToken": []}]  # one token is enough for either tool
    return document


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    """What a copy says of each operation of the contract."""
    found = Contract(contract_path()).operations.values()
    return [document["paths"][one.path][one.method.lower()] for one in found]


def _with_one_example(media: dict[str, Any]) -> dict[str, Any]:
    first = next(iter(media["examples"].values()))
    return media | {"examples": {"documented": {"value": first["value"]}}}


def _name_example(parameter: dict[str, Any]) -> None:
    if "example" in parameter:
        parameter["examples"] = {"documented": {"value": parameter.pop("example")}}


def _written(document: dict[str, Any], folder: Path) -> Path:
    path = folder / "openapi.yaml"
    path.write_text(yaml.dump(document, Dumper=_WithoutAliases, sort_keys=False), encoding="utf-8")
    return path


class _WithoutAliases(yaml.SafeDumper):
    """Specmatic takes no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True
