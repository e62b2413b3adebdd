"""A run restores whatever record the contract can read and update."""

import copy
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.connection.pace import Pace
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.restore import Restorer
from canvas_outcomes_contract.connection.target import Target
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.connection.updatable_record import UpdatableRecord
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.restoring import restorable

BASE_URL = "https://canvas.example.edu"
PATH = "/api/v1/courses/3/pages/first-page"
PAGES: dict[str, Any] = {
    "parameters": [
        {"name": "course_id", "in": "path", "required": True, "schema": {"type": "integer"}},
        {"name": "url", "in": "path", "required": True, "schema": {"type": "string"}},
    ],
    "get": {"operationId": "show_page", "responses": {"200": {"content": {"application/json": {"schema": {}}}}}},
    "put": {
        "operationId": "update_page",
        "x-judging": {"role": "teacher"},
        "requestBody": {"content": {"application/json": {"schema": {"properties": {"body": {"type": "string"}}}}}},
        "responses": {"200": {"description": "The page."}},
    },
}


def contract_with_pages(folder: Path, *shown: str) -> Contract:
    """A contract with a record that has other ids than outcomes, whose GET returns these properties."""
    pages = copy.deepcopy(PAGES)
    pages["get"]["responses"]["200"]["content"]["application/json"]["schema"] = {
        "properties": {name: {} for name in shown}
    }
    document = Contract(contract_path()).document
    path = folder / "openapi.yaml"
    path.write_text(json.dumps(document | {"paths": {"/api/v1/courses/{course_id}/pages/{url}": pages}}))
    return Contract(path)


class Page:
    """A server with one page."""

    def __init__(self, contract: Contract) -> None:
        self.page = {"url": "first-page", "body": "Hello"}
        self.requests: list[tuple[str, str, str]] = []
        target = Target("canvas", tokens={"teacher": "t"})
        self.provider = Provider(target, BASE_URL, contract, Recorder(), Pace(None, 1))
        self.provider.http = httpx2.Client(transport=httpx2.MockTransport(self.respond))
        self.restorer = Restorer(self.provider, on_disk=False)

    def respond(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append((request.method, request.url.path, request.headers["Authorization"]))
        if request.method == "PUT":
            self.page |= json.loads(request.content)
        return httpx2.Response(200, json=self.page)

    def update(self) -> httpx2.Response:
        return self.provider.send("update_page", "PUT", PATH, role="teacher", content=b'{"body": "changed"}')


def test_reads_and_restores_it_with_the_operations_of_its_path(tmp_path: Path) -> None:
    server = Page(contract_with_pages(tmp_path, "url", "body"))

    server.update()

    assert server.page["body"] == "changed"
    assert server.restorer.restore() == []
    assert server.page["body"] == "Hello"
    assert set(server.requests) == {(method, PATH, "Bearer t") for method in ("GET", "PUT")}


def test_undoes_an_update_that_should_be_rejected_but_is_accepted(tmp_path: Path) -> None:
    server = Page(contract_with_pages(tmp_path, "url", "body"))
    [access] = restorable(server.provider.contract)
    record = UpdatableRecord(server.provider, access, access.write.path_values(PATH))

    response = record.send_and_undo(server.update)

    assert response.is_success
    assert server.page["body"] == "Hello"
    assert [exchange.method for exchange in server.provider.recorder.example][-1] == "PUT"


def test_is_not_changed_if_no_response_has_all_that_an_update_changes(tmp_path: Path) -> None:
    server = Page(contract_with_pages(tmp_path, "url"))

    with pytest.raises(NotApplicable, match="disposable: true"):
        server.update()
    assert server.requests == []
