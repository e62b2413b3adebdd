"""Faults of update_outcome: strings that are stored changed or rejected, and what a rejection reports and stores."""

import html
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from canvas_outcomes_contract.checks.provider.outcomes.outcome_model import MAX_LENGTHS
from contract_tests.mutants.provider import on_request, on_response
from contract_tests.mutants.provider.conditions import on_string, sends
from contract_tests.mutants.provider.faults import Fault, Faults, Provider, Request, Response, refuse

# Characters that the filter for HTML does not know, for those that it does.
HIDDEN = {code: 0xE000 + code for code in range(33, 127)}
SHOWN = {after: before for before, after in HIDDEN.items()}


def title(change: Callable[[str], Any]) -> Fault:
    return on_request.field("title", on_string(change))


def description(change: Callable[[str], Any]) -> Fault:
    return on_request.field("description", on_string(change))


def ignore_title(value: str) -> Fault:
    return on_request.without("title", when=sends("title", value))


def shows_the_title_as_display_name(response: Response) -> Response:
    return response.change_field("display_name", lambda name: name and response.json["title"])


def store_unfiltered(forbidden: str) -> Fault:
    """Store a description as received if `forbidden` matches it: hide it from the filter, and show it again."""

    def fault(request: Request, provider: Provider) -> Response:
        hidden = on_string(lambda html: html.translate(HIDDEN) if re.search(forbidden, html, re.IGNORECASE) else html)
        shown = on_string(lambda html: html.translate(SHOWN))
        return provider(request.change_field("description", hidden)).change_field("description", shown)

    return fault


def cut(field: str, longest: int) -> Fault:
    """Cut a string of up to `longest` characters to its limit."""
    return on_request.field(field, on_string(lambda text: text[: MAX_LENGTHS[field]] if len(text) <= longest else text))


def refuse_over_limits(size: Callable[[str], int]) -> Fault:
    """Refuse strings whose size is over the limit."""
    return refuse(
        400,
        lambda request: any(
            isinstance(text, str) and field in MAX_LENGTHS and size(text) > MAX_LENGTHS[field]
            for field, text in request.fields.items()
        ),
    )


def change_fields(change: Callable[[str], Any]) -> Fault:
    """Store other strings than those received."""
    return on_request.change(
        lambda request: request.with_fields({key: on_string(change)(value) for key, value in request.fields.items()})
    )


def change_errors(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Fault:
    """Change the mapping of errors in a refusal."""

    def changed(response: Response) -> Response:
        errors = response.json.get("errors")
        return response.with_json({"errors": change(errors)}) if isinstance(errors, dict) else response

    return on_response.change(changed, status=400)


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
    "update-outcome-stores-the-title": {
        "strips the title": title(str.strip),
        "composes characters of the title": title(lambda text: unicodedata.normalize("NFC", text)),
        "folds compatible characters of the title": title(lambda text: unicodedata.normalize("NFKC", text)),
        "replaces characters beyond the first plane": title(lambda text: re.sub("[^\0-\uffff]", "?", text)),
        "collapses white space in the title": title(lambda text: re.sub(r"[\t\n]+", " ", text)),
        "capitalizes the title": title(lambda text: text[:1].upper() + text[1:]),
        "drops the byte order mark of the title": title(lambda text: text.removeprefix("\ufeff")),
        "drops marks of direction": title(lambda text: text.replace("\u202e", "")),
        "fills in templates in the title": title(lambda text: re.sub(r"#\{.*?\}|\{\{.*?\}\}", "", text)),
        "escapes quotes in the title": title(lambda text: text.replace("'", "''")),
        "ignores the title null": ignore_title("null"),
        "ignores the title 0": ignore_title("0"),
        "ignores the title": on_request.without("title"),
        "cuts the title at markup": title(lambda text: text.partition("<")[0] or text),
    },
    "update-outcome-stores-the-display-name": {
        "strips display_name": on_request.field("display_name", on_string(str.strip)),
        "shows the title as display_name": on_response.change(shows_the_title_as_display_name),
        "ignores display_name": on_request.without("display_name"),
        "cuts display_name at markup": on_request.field("display_name", on_string(lambda name: name.partition("<")[0])),
    },
    "update-outcome-stores-the-vendor-guid": {
        "reads vendor_guid as a number": on_request.field(
            "vendor_guid", on_string(lambda guid: str(int(guid)) if guid.isdecimal() and guid.isascii() else guid)
        ),
        "ignores vendor_guid": on_request.without("vendor_guid"),
        "escapes markup in vendor_guid": on_request.field("vendor_guid", on_string(html.escape)),
        "cuts vendor_guid after three characters": on_request.field("vendor_guid", on_string(lambda guid: guid[:3])),
    },
    "update-outcome-stores-the-description": {
        "cuts the description at 64,000 characters": description(lambda text: text[:64000]),
        "strips the description": description(str.strip),
        "composes characters of the description": description(lambda text: unicodedata.normalize("NFC", text)),
        "wraps the description in a paragraph": description(lambda text: f"<p>{text}</p>" if len(text) < 999 else text),
    },
    "update-outcome-keeps-allowed-html": {
        "stores null instead of HTML": description(lambda html: None if "<" in html else html),
        "drops HTML": description(lambda html: re.sub("<.*?>", "", html)),
        "escapes HTML": description(lambda html: html.replace("<", "&lt;")),
        "drops links": description(lambda html: re.sub("</?a.*?>", "", html)),
        "drops lists": description(lambda html: re.sub("</?(ul|li)>", "", html)),
        "drops emphasis": description(lambda html: re.sub("</?(strong|em)>", "", html)),
    },
    "update-outcome-removes-scripts": {
        "stores scripts": store_unfiltered("<script"),
        "stores event handlers": store_unfiltered(" on[a-z]+="),
        "stores addresses that are scripts": store_unfiltered('"javascript:'),
        "stores addresses that are scripts after a blank": store_unfiltered('" +javascript:'),
        "refuses scripts": refuse(400, lambda request: "<script" in str(request.fields.get("description"))),
    },
    "update-outcome-refuses-a-blank-title": {
        "stores a blank title as Untitled": on_request.field(
            "title", on_string(lambda title: title if title.strip() else "Untitled")
        ),
        "ignores an empty title": on_request.without("title", when=sends("title", "")),
        "accepts blanks beyond ASCII": on_request.field(
            "title", on_string(lambda title: title if title.strip() or not title.strip(" \t\r\n") else "Blank")
        ),
        "responds with 422 to a blank title": on_response.status(400, 422),
    },
    "update-outcome-refuses-a-null-title": {
        "ignores a null title": on_request.without("title", when=sends("title", None)),
        "stores a null title as a string": on_request.field("title", str),
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
        "stores a title without its last character": on_request.field("title", on_string(lambda title: title[:254])),
    },
    "update-outcome-refuses-text-that-cannot-be-stored": {
        "drops null characters": change_fields(lambda text: text.replace("\0", "")),
        "replaces lone surrogates": change_fields(lambda text: text.encode("utf-8", "replace").decode()),
        "cuts vendor_guid at a null character": on_request.field(
            "vendor_guid", on_string(lambda guid: guid.partition("\0")[0])
        ),
    },
    "update-outcome-names-refused-attributes": {
        "names the title as in the request": rename_error("short_description", "title"),
        "names the method as base": rename_error("calculation_method", "base"),
        "names the method for its value": rename_error("calculation_int", "calculation_method"),
        "lists errors without attributes": on_response.status(400, 400),
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
