"""Faults of update_outcome: strings that are stored changed."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from contract_tests.mutants.provider.faults import (
    Fault,
    Faults,
    Provider,
    Request,
    Response,
    change_response,
    on_string,
    refuse,
    request_field,
    request_without,
)

# Characters that the filter for HTML does not know, for those that it does.
HIDDEN = {code: 0xE000 + code for code in range(33, 127)}
SHOWN = {after: before for before, after in HIDDEN.items()}


def title(change: Callable[[str], Any]) -> Fault:
    return request_field("title", on_string(change))


def description(change: Callable[[str], Any]) -> Fault:
    return request_field("description", on_string(change))


def ignore_title(value: str) -> Fault:
    return request_without("title", when=lambda request: request.fields.get("title") == value)


def shows_the_title_as_display_name(response: Response) -> Response:
    return response.change_field("display_name", lambda name: name and response.json["title"])


def store_unfiltered(forbidden: str) -> Fault:
    """Store a description as received if `forbidden` matches it: hide it from the filter, and show it again."""

    def fault(request: Request, provider: Provider) -> Response:
        hidden = on_string(lambda html: html.translate(HIDDEN) if re.search(forbidden, html, re.IGNORECASE) else html)
        shown = on_string(lambda html: html.translate(SHOWN))
        return provider(request.change_field("description", hidden)).change_field("description", shown)

    return fault


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
        "ignores the title": request_without("title"),
    },
    "update-outcome-stores-the-display-name": {
        "strips display_name": request_field("display_name", on_string(str.strip)),
        "shows the title as display_name": change_response(shows_the_title_as_display_name),
        "ignores display_name": request_without("display_name"),
    },
    "update-outcome-stores-the-vendor-guid": {
        "reads vendor_guid as a number": request_field(
            "vendor_guid", on_string(lambda guid: str(int(guid)) if guid.isdecimal() and guid.isascii() else guid)
        ),
        "ignores vendor_guid": request_without("vendor_guid"),
        "cuts vendor_guid after three characters": request_field("vendor_guid", on_string(lambda guid: guid[:3])),
    },
    "update-outcome-stores-the-description": {
        "cuts the description at 64,000 characters": description(lambda text: text[:64000]),
        "strips the description": description(str.strip),
        "composes characters of the description": description(lambda text: unicodedata.normalize("NFC", text)),
        "wraps the description in a paragraph": description(
            lambda text: f"<p>{text}</p>" if len(text) < 9999 else text
        ),
    },
    "update-outcome-keeps-allowed-html": {
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
}
