"""Compares responses with the contract without Schemathesis, which takes a second to import."""

from typing import Any

import httpx2
import jsonschema_rs

from canvas_outcomes_contract.cases.readable import unreadable
from canvas_outcomes_contract.contract.document import Contract, Operation
from canvas_outcomes_contract.contract.escaping import shortened

SHOWN_CHARACTERS = 500  # of a message with values


def validator(contract: Contract, schema: dict[str, Any], mask: str | None = "the value") -> jsonschema_rs.Validator:
    """A validator for a schema of the contract; its messages contain the mask for each value, or the values."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    whole = dialect | schema | {"components": contract.document.get("components", {})}
    return jsonschema_rs.validator_for(whole, mask=mask)


class ResponseSchemas:
    """The documented statuses, media types and schemas of all responses."""

    def __init__(self, contract: Contract, mask: str | None = "the value") -> None:
        self.contract = contract
        self._contents = {
            operation.id: {
                status: {
                    media_type: validator(contract, content.get("schema", {}), mask)
                    for media_type, content in contract.resolve(response).get("content", {}).items()
                }
                for status, response in operation.definition["responses"].items()
            }
            for operation in contract.operations.values()
        }

    def violation(self, operation: Operation, response: httpx2.Response) -> str:
        """How a response differs from the documented ones; empty if it does not."""
        documented = self._contents[operation.id]
        status = response.status_code
        contents = documented.get(operation.documented(status))
        if contents is None:
            return f"status {status}, but {operation.id} documents {', '.join(documented)}"
        if not contents and not response.content:
            return ""
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
        if media_type not in contents:
            return f"{status} with {media_type or 'no media type'}, but {operation.id} documents {', '.join(contents)}"
        violation = _violation(contents[media_type], media_type, response)
        return violation and f"{status} with {violation}"


def _violation(schema: jsonschema_rs.Validator, media_type: str, response: httpx2.Response) -> str:
    if reason := unreadable(response.content):
        return reason
    try:
        schema.validate(response.json() if media_type.endswith("json") else response.text)
    except jsonschema_rs.ValidationError as error:  # the first: listing all takes minutes for a long list of wrong rows
        return f"{_location(error)}: {shortened(error.message, SHOWN_CHARACTERS)}"
    except ValueError:
        return "a body that is not JSON"
    return ""


def _location(error: jsonschema_rs.ValidationError) -> str:
    path: list[Any] = error.instance_path
    return "".join("[]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".") or "the body"
