"""Requests that the contract and the target describe, to which a correct provider responds with a success."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from msgspec import UNSET

from canvas_outcomes_contract.cases.encodings import encode_body, plain_text, query_parameters
from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.connection.target import Target
from canvas_outcomes_contract.contract.document import Contract, Operation
from canvas_outcomes_contract.contract.judging import first_example, judging, known_parameters


@dataclass(frozen=True)
class KnownRequests:
    """The known requests of all operations."""

    contract: Contract
    target: Target

    def request(self, operation: Operation, given: dict[str, Any]) -> dict[str, Any]:
        """The arguments of Provider.send; `given` are parameters of a record that was just created."""
        address = self.address(operation, given)
        contents = self.contract.resolve(operation.definition.get("requestBody", {})).get("content", {})
        for media_type, content in contents.items():
            example = first_example(self.contract, content)
            if example is UNSET:
                raise NotApplicable(f"The contract has no example of the body of {operation.id}. Add one.")
            encoded, content_type = encode_body(example, media_type)
            return address | {"content": encoded, "headers": address["headers"] | {"Content-Type": content_type}}
        return address

    def address(self, operation: Operation, given: dict[str, Any]) -> dict[str, Any]:
        """The arguments of Provider.send without a body."""
        values, parameters = dict(given), known_parameters(self.contract, operation)
        request: dict[str, Any] = {"role": judging(self.contract, operation).role, "params": {}, "headers": {}}
        for parameter in parameters:
            name = parameter["name"]
            if name not in values:
                values[name] = self.value(operation, parameter)
            if parameter["in"] == "query":
                request["params"] |= query_parameters(parameter, values[name])
            elif parameter["in"] == "header":
                request["headers"][name] = plain_text(values[name])
        request["path"] = operation.fill(lambda name: path_segment(plain_text(values[name])))
        return request

    def value(self, operation: Operation, parameter: dict[str, Any]) -> Any:
        """The first resource of a parameter, else its example. Raises NotApplicable if it has neither."""
        name = parameter["name"]
        resources = judging(self.contract, operation).parameters.get(name)
        if resources:
            id = self.target.resource_id(resources[0])
            is_array = self.contract.resolve(parameter.get("schema", {})).get("type") == "array"
            return [id] if is_array else id
        example = first_example(self.contract, parameter)
        if example is UNSET:
            raise NotApplicable(f"No {name} of {operation.id} is known. Add an example or x-judging.parameters.")
        return example

    def has(self, operation: Operation, parameter: dict[str, Any], value: Any) -> bool:
        """Whether the known request has this value of a parameter, or would have it."""
        try:
            return bool(value == self.value(operation, parameter))
        except NotApplicable:
            return False


def path_segment(id: int | str) -> str:
    return quote(str(id), safe="")
