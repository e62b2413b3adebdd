"""Clients from npm work with the server: @kth/canvas-api, made for Canvas, and openapi-fetch, made for OpenAPI."""

import json
from pathlib import Path
from typing import Any

import httpx2

from canvas_outcomes_server.testing import CanvasOutcomesServer
from reference_server.tests.server_process import new_client
from scripts.lint.npx import npx

SCRIPT = Path(__file__).with_name("javascript_clients.mjs")
PACKAGES = ["@kth/canvas-api@5.1.1", "openapi-fetch@0.17.0"]
SHOW = "/api/v1/outcomes/{}"
LIST = "/api/v1/courses/1/outcome_alignments?student_id=30"


def test_clients_from_npm_read_update_and_report_errors(canvas_outcomes_server: CanvasOutcomesServer) -> None:
    server = canvas_outcomes_server
    headers = {"Authorization": f"Bearer {server.token}"}
    with new_client(server.url, headers=headers) as client:
        before = {id: client.get(SHOW.format(id), params={"add_defaults": "true"}).json() for id in (1, 2)}
        server.fail("throttled", status=403, times=2)

        done = npx(PACKAGES, "node", str(SCRIPT), server.url, str(server.token))

        assert done.returncode == 0, done.stderr
        seen = json.loads(done.stdout.splitlines()[-1])  # @kth/canvas-api prints a line, too
        _check_kth(seen["kth"], before[1], client)
        _check_fetch(seen["fetch"], before[2], client)
    assert [request.status for request in server.requests[2:5]] == [403, 403, 200]


def _check_kth(seen: dict[str, Any], before: dict[str, Any], client: httpx2.Client) -> None:
    plain = {"id": 1, "title": before["title"]}
    assert plain.items() <= seen["throttledTwice"].items()
    assert seen["shown"] == before
    assert seen["updated"] == client.get(SHOW.format(1)).json()
    assert (seen["updated"]["title"], seen["updated"]["points_possible"]) == ("Größe & more", 2.5)
    assert seen["listed"] == client.get(LIST).json() != []
    statuses = {name: (seen[name]["name"], seen[name]["status"]) for name in ("missing", "refused", "rejected")}
    assert {name for name, _ in statuses.values()} == {"CanvasApiResponseError"}
    assert [status for _, status in statuses.values()] == [404, 400, 401]
    assert "errors" in seen["refused"]["body"]


def _check_fetch(seen: dict[str, Any], before: dict[str, Any], client: httpx2.Client) -> None:
    assert (seen["shown"]["status"], seen["shown"]["data"]) == (200, before)
    assert seen["updated"]["data"] == client.get(SHOW.format(2)).json()
    assert (seen["updated"]["data"]["title"], seen["updated"]["data"]["display_name"]) == ("Shorter", None)
    assert seen["listed"]["data"] == client.get(LIST).json()
    assert (seen["missing"]["status"], list(seen["missing"]["error"])) == (404, ["errors"])
