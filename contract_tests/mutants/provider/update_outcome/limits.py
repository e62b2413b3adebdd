"""Faults of update_outcome: which strings are refused, how a refusal reports it, and what it changes."""

from collections.abc import Callable
from typing import Any

from contract_tests.mutants.provider.faults import (
    Fault,
    Faults,
    Provider,
    Request,
    Response,
    change_request,
    change_response,
    error,
    instead_of,
    on_string,
    refuse,
    request_field,
    request_without,
)

LIMITS = {"title": 255, "display_name": 255, "vendor_guid": 255, "description": 65535}


def cut(field: str, longest: int) -> Fault:
    """Cut a string of up to `longest` characters to its limit."""
    return request_field(field, on_string(lambda text: text[: LIMITS[field]] if len(text) <= longest else text))


def refuse_over_limits(size: Callable[[str], int]) -> Fault:
    """Refuse strings whose size is over the limit."""
    return refuse(
        400,
        lambda request: any(
            isinstance(text, str) and field in LIMITS and size(text) > LIMITS[field]
            for field, text in request.fields.items()
        ),
    )


def change_fields(change: Callable[[str], Any]) -> Fault:
    """Store other strings than those received."""
    return change_request(
        lambda request: request.with_fields({key: on_string(change)(value) for key, value in request.fields.items()})
    )


def change_errors(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Fault:
    """Change the mapping of errors in a refusal."""

    def changed(response: Response) -> Response:
        errors = response.json.get("errors")
        return response.with_json({"errors": change(errors)}) if isinstance(errors, dict) else response

    return change_response(changed, status=400)


def rename_error(old: str, new: str) -> Fault:
    return change_errors(lambda errors: {new if name == old else name: value for name, value in errors.items()})


def store_from_refused(fields: Callable[[dict[str, Any]], dict[str, Any]]) -> Fault:
    """Refuse the update, but store some of its fields, one by one."""

    def fault(request: Request, provider: Provider) -> Response:
        response = provider(request)
        for name, value in fields(request.fields).items() if response.status == 400 else ():
            provider(request.updating(**{name: value}))
        return response

    return fault


def accepts_an_invalid_update(request: Request, provider: Provider) -> Response:
    response = provider(request)
    return provider(request.reading()) if response.status == 400 else response


FAULTS: Faults = {
    "update-outcome-refuses-a-blank-title": {
        "stores a blank title as Untitled": request_field(
            "title", on_string(lambda title: title if title.strip() else "Untitled")
        ),
        "ignores an empty title": request_without("title", when=lambda request: request.fields.get("title") == ""),
        "accepts blanks beyond ASCII": request_field(
            "title", on_string(lambda title: title if title.strip() or not title.strip(" \t\r\n") else "Blank")
        ),
        "responds with 422 to a blank title": instead_of(400, error(422)),
    },
    "update-outcome-refuses-a-null-title": {
        "ignores a null title": request_without("title", when=lambda request: request.fields.get("title", "") is None),
        "stores a null title as a word": request_field("title", str),
    },
    "update-outcome-refuses-a-title-over-255": {
        "cuts a long title": cut("title", 10000),
        "accepts a title of 256 characters": cut("title", 256),
    },
    "update-outcome-refuses-a-display-name-over-255": {
        "cuts a long display_name": cut("display_name", 10000),
        "accepts a display_name of 256 characters": cut("display_name", 256),
    },
    "update-outcome-refuses-a-vendor-guid-over-255": {
        "cuts a long vendor_guid": cut("vendor_guid", 10000),
        "accepts a vendor_guid of 256 characters": cut("vendor_guid", 256),
    },
    "update-outcome-refuses-a-description-over-65535": {
        "cuts a long description": cut("description", 10**6),
        "accepts a description of 65536 characters": cut("description", 65536),
    },
    "update-outcome-accepts-texts-at-the-limit": {
        "counts bytes": refuse_over_limits(lambda text: len(text.encode("utf-8", "surrogatepass"))),
        "counts units of UTF-16": refuse_over_limits(lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2),
        "refuses a string at the limit": refuse_over_limits(lambda text: len(text) + 1),
        "stores a title without its last character": request_field("title", on_string(lambda title: title[:254])),
    },
    "update-outcome-refuses-text-that-cannot-be-stored": {
        "drops null characters": change_fields(lambda text: text.replace("\0", "")),
        "replaces lone surrogates": change_fields(lambda text: text.encode("utf-8", "replace").decode()),
        "cuts vendor_guid at a null character": request_field(
            "vendor_guid", on_string(lambda guid: guid.partition("\0")[0])
        ),
    },
    "update-outcome-names-refused-attributes": {
        "names the title as in the request": rename_error("short_description", "title"),
        "names the method as base": rename_error("calculation_method", "base"),
        "names the method for its value": rename_error("calculation_int", "calculation_method"),
        "lists errors without attributes": instead_of(400, error(400)),
    },
    "update-outcome-names-every-refused-attribute": {
        "names the title as in the request": rename_error("short_description", "title"),
        "names only the first refused attribute": change_errors(lambda errors: dict([*errors.items()][:1])),
        "names an attribute that is valid": change_errors(lambda errors: {"base": []} | errors),
        "sends errors with an empty message": change_errors(
            lambda errors: {name: [{"message": ""}] for name in errors}
        ),
    },
    "update-outcome-changes-nothing-when-refused": {
        "stores the display_name of a refused update": store_from_refused(
            lambda fields: {name: fields[name] for name in ("display_name",) if name in fields}
        ),
        "stores the title before it validates ratings": store_from_refused(
            lambda fields: {"title": fields["title"]} if {"title", "ratings"} <= set(fields) else {}
        ),
        "stores what is valid in a refused update": store_from_refused(lambda fields: fields),
        "accepts an invalid update without storing it": accepts_an_invalid_update,
    },
}
