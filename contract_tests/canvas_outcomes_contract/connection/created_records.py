"""The records that a run creates, identified by the links of the responses that created them."""

import json
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx2

from canvas_outcomes_contract.contract.document import Contract, Operation
from canvas_outcomes_contract.contract.judging import Link, links

Value = tuple[str, str, str]  # an operation, a parameter of it and its value


class CreatedRecords:
    """The links of all responses to POST, and the records behind them that were not deleted since."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.linked: set[Value] = set()
        self.deleted: set[Value] = set()
        self.to_delete: dict[str, tuple[Operation, set[Value]]] = {}  # by path
        self._lock = threading.Lock()

    def creator(self, operation: Operation) -> Operation | None:
        """The POST with a link to an operation that uses a record up."""
        posts = [one for one in self.contract.operations.values() if one.method == "POST"]
        linking = (one for one in posts if any(link.operation == operation.id for link in links(self.contract, one)))
        return next(linking, None) if operation.method == "DELETE" else None

    def add(self, operation_id: str | None, response: httpx2.Response) -> None:
        """Record what a response to POST created, or a response to DELETE deleted."""
        operation = self.contract.operations.get(operation_id or "")
        if operation is None or not response.is_success:
            return
        with self._lock:
            if operation.method == "DELETE":
                values = operation.path_values(_path(response))
                path = operation.fill(lambda name: values.get(name, ""))
                self.deleted |= self.to_delete.pop(path, (operation, set()))[1]
            elif operation.method == "POST":
                self._add_created(operation, response)

    def _add_created(self, operation: Operation, response: httpx2.Response) -> None:
        found = list(self.links_of(operation, response))
        linked = {(link.operation, name, str(value)) for link, values in found for name, value in values.items()}
        self.linked |= linked
        self.deleted -= linked
        for link, values in found:
            target = self.contract.operations[link.operation]
            segments = {name: quote(str(value), safe="") for name, value in values.items()}
            if target.method == "DELETE":
                self.to_delete[target.fill(segments.__getitem__)] = (target, linked)

    def has(self, operation_id: str, parameter: str, value: Any) -> bool:
        """Whether a parameter's value leads to a record that was created and not deleted since."""
        linked = (operation_id, parameter, str(value))
        return linked in self.linked and linked not in self.deleted

    def links_of(self, operation: Operation, response: httpx2.Response) -> Iterator[tuple[Link, dict[str, Any]]]:
        """Yield the links of a response whose parameters it has, with their values."""
        for link in links(self.contract, operation):
            values = {name: evaluate(expression, operation, response) for name, expression in link.parameters.items()}
            if link.status == operation.documented(response.status_code) and None not in values.values():
                yield link, values


def evaluate(expression: Any, operation: Operation, response: httpx2.Response) -> Any:
    """The value of a runtime expression of OpenAPI, or None."""
    if not isinstance(expression, str) or not expression.startswith("$"):
        return expression
    source, _, pointer = expression.partition("#")
    message = response.request if source.startswith("$request") else response
    match source.split(".", 2)[1:]:
        case ["body"]:
            return at_pointer(message.content, pointer)
        case ["path", name]:
            return operation.path_values(_path(response)).get(name)
        case ["query", name]:
            return response.request.url.params.get(name)
        case ["header", name]:
            return message.headers.get(name)
    return None


def _path(response: httpx2.Response) -> str:
    return response.request.url.raw_path.decode("ascii").partition("?")[0]


def at_pointer(body: bytes, pointer: str) -> Any:
    """The value at a JSON pointer, or None."""
    try:
        node = json.loads(body)
        for key in pointer.split("/")[1:]:
            node = node[int(key) if isinstance(node, list) else key.replace("~1", "/").replace("~0", "~")]
    except (ValueError, LookupError, TypeError):
        return None
    return node
