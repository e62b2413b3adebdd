"""Faults of the added operations, by operation and by the clause of every operation that they break."""

from dataclasses import replace
from typing import Any

from contract_tests.mutants.provider import on_request, on_response
from contract_tests.mutants.provider.conditions import has_param
from contract_tests.mutants.provider.faults import Fault, Faults, Provider, Request, Response, error, refuse
from scripts.mutants.operations.server import GROUP, operation_of

TEACHER = "teacher-token"
DOCUMENTED, STABLE = "answers-as-documented", "never-fails-on-a-request"


def for_operation(operation: str, fault: Fault) -> Fault:
    """Limit a fault to one operation."""

    def limited(request: Request, provider: Provider) -> Response:
        return fault(request, provider) if operation_of(request) == operation else provider(request)

    return limited


def with_status(old: int, new: int) -> Fault:
    """Send a success of another status."""
    return on_response.change(lambda response: replace(response, status=new), status=old)


def records(**changes: Any) -> Fault:
    """Set properties of each record in a successful response; None removes one."""

    def changed(record: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in (record | changes).items() if changes.get(name, value) is not None}

    def edit(response: Response) -> Response:
        found = response.json
        if response.status >= 300 or not found:
            return response
        return response.with_json([changed(one) for one in found] if isinstance(found, list) else changed(found))

    return on_response.change(edit)


def has_no_token(request: Request) -> bool:
    return not request.has_token


def accepts_an_image(request: Request) -> bool:
    return request.headers.get("accept") == "image/png"


def is_unknown(request: Request) -> bool:
    return not request.path.removesuffix(".json").endswith(f"/{GROUP}")


def has_long_title(request: Request) -> bool:
    return len(str(request.fields.get("title", ""))) > 200


def has_no_object(request: Request) -> bool:
    return bool(request.body) and not request.fields


def has_offset(request: Request) -> bool:
    return not request.params.get("submitted_since", "Z").upper().endswith("Z")


FAULTS: dict[str, Faults] = {
    "list_outcome_groups": {
        DOCUMENTED: {
            "sends no Link": on_response.headers(link=None),
            "sends a Link without the current page": on_response.headers(link='<http://test/>; rel="next"'),
            "lists groups without a title": records(title=None),
            "sends one group instead of a list": on_response.change(
                lambda response: response.with_json(response.json[0]) if response.json else response, status=200
            ),
        },
        STABLE: {
            "fails on page=0": refuse(500, lambda request: request.params.get("page") == "0"),
            "fails on an empty per_page": refuse(500, lambda request: request.params.get("per_page") == ""),
        },
        "ignores-unknown-parameters": {
            "filters by an unknown parameter": on_response.change(
                lambda response: response.with_json([]), has_param("utm_source"), 200
            )
        },
    },
    "create_outcome_group": {
        DOCUMENTED: {
            "responds with 200 instead of 201": with_status(201, 200),
            "creates a group without a title": records(title=None),
            "sends no Location": on_response.headers(location=None),
            "rejects a long title": refuse(400, has_long_title),
        },
        STABLE: {"fails on a body without an object": refuse(500, has_no_object)},
        "asks-for-a-token": {"needs no token": on_request.act_as(TEACHER, has_no_token)},
    },
    "get_outcome_group": {
        DOCUMENTED: {
            "responds with 202": with_status(200, 202),
            "sends the id as a string": records(id="7"),
            "does not find a known group": refuse(404, lambda request: not is_unknown(request)),
        },
        STABLE: {"fails on an unknown group": on_response.status(404, 500, is_unknown)},
        "gives-ids-as-strings-when-asked": {"sends ids as numbers always": on_request.headers(accept="*/*")},
        "answers-json-whatever-is-accepted": {
            "sends JSON as an image": on_response.headers(accepts_an_image, content_type="image/png")
        },
        "answers-the-json-suffix": {"knows no suffix": refuse(404, lambda request: request.path.endswith(".json"))},
    },
    "update_outcome_group": {
        DOCUMENTED: {
            "returns no title": records(title=None),
            "responds with 204": on_response.change(lambda _: Response(204, b"", {}), status=200),
        },
        "refuses-a-revoked-token": {
            "accepts a revoked token": on_request.act_as(TEACHER, lambda request: request.has_token_of("revoked"))
        },
        "refuses-an-expired-token": {
            "forbids a request with an expired token": refuse(403, lambda request: request.has_token_of("expired"))
        },
    },
    "delete_outcome_group": {
        DOCUMENTED: {
            "responds with 200 and a body": on_response.change(
                lambda _: Response(200, b'{"deleted": true}'), status=204
            ),
            "does not find a created group": refuse(404, is_unknown),
        },
        "asks-for-a-token": {"ignores the token": on_request.act_as(TEACHER, has_no_token)},
        "refuses-a-token-without-the-scope": {
            "deletes without the scope": on_request.act_as(TEACHER, lambda request: request.has_token_of("unscoped"))
        },
    },
    "list_outcome_results": {
        DOCUMENTED: {
            "rejects a date with an offset": refuse(400, has_offset),
            "sends the date as a number": records(submitted_at=253402300799),
            "sends a date without a time": records(submitted_at="9999-12-31"),
        },
        STABLE: {"fails on a malformed date": on_response.status(400, 500)},
        "authenticates-before-look-up": {
            "looks up the course first": lambda request, provider: (
                provider(request) if "/courses/1/" in request.path else error(404)
            )
        },
    },
}
