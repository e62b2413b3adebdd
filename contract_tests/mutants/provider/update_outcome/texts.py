"""Faults of update_outcome: texts that come back changed."""

import re
import unicodedata

from contract_tests.mutants.faults import Provider, Request, Response, breaks, error, on_text

DESCRIPTION = "update-outcome-stores-the-description"


@breaks("update-outcome-stores-the-title")
def strips_the_title(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("title", on_text(str.strip)))


@breaks("update-outcome-stores-the-title")
def composes_the_title(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("title", on_text(lambda text: unicodedata.normalize("NFC", text))))


@breaks("update-outcome-stores-the-title")
def folds_the_title(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("title", on_text(lambda text: unicodedata.normalize("NFKC", text))))


@breaks("update-outcome-stores-the-title")
def drops_characters_beyond_the_first_plane(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("title", on_text(lambda text: re.sub("[^\0-\uffff]", "?", text))))


@breaks("update-outcome-stores-the-title")
def collapses_white_space_in_the_title(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("title", on_text(lambda text: re.sub(r"[\t\n]+", " ", text))))


@breaks("update-outcome-stores-the-title")
def capitalizes_the_title(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("title", on_text(lambda text: text[:1].upper() + text[1:])))


@breaks("update-outcome-stores-the-title")
def drops_the_byte_order_mark_of_the_title(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("title", on_text(lambda text: text.removeprefix("\ufeff"))))


@breaks("update-outcome-stores-the-title")
def drops_marks_of_direction(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("title", on_text(lambda text: text.replace("\u202e", ""))))


@breaks("update-outcome-stores-the-title")
def fills_in_what_the_title_quotes(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("title", on_text(lambda text: re.sub(r"#\{.*?\}|\{\{.*?\}\}", "", text))))


@breaks("update-outcome-stores-the-title")
def escapes_quotes_in_the_title(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("title", on_text(lambda text: text.replace("'", "''"))))


@breaks("update-outcome-stores-the-title")
def takes_the_title_null_for_none(request: Request, provider: Provider) -> Response:
    return provider(request.dropping("title") if request.fields.get("title") == "null" else request)


@breaks("update-outcome-stores-the-title")
def takes_the_title_zero_for_none(request: Request, provider: Provider) -> Response:
    return provider(request.dropping("title") if request.fields.get("title") == "0" else request)


@breaks("update-outcome-stores-the-title")
def ignores_the_title(request: Request, provider: Provider) -> Response:
    return provider(request.dropping("title"))


@breaks("update-outcome-stores-the-display-name")
def strips_the_display_name(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("display_name", on_text(str.strip)))


@breaks("update-outcome-stores-the-display-name")
def shows_the_title_as_display_name(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.mapping("display_name", lambda name: name and answer.json["title"])


@breaks("update-outcome-stores-the-display-name")
def ignores_the_display_name(request: Request, provider: Provider) -> Response:
    return provider(request.dropping("display_name"))


@breaks("update-outcome-stores-the-vendor-guid")
def reads_the_guid_as_a_number(request: Request, provider: Provider) -> Response:
    numbers = on_text(lambda guid: str(int(guid)) if guid.isdecimal() and guid.isascii() else guid)
    return provider(request.mapping("vendor_guid", numbers))


@breaks("update-outcome-stores-the-vendor-guid")
def keeps_the_first_guid(request: Request, provider: Provider) -> Response:
    return provider(request.dropping("vendor_guid"))


@breaks("update-outcome-stores-the-vendor-guid")
def cuts_the_guid_after_three_characters(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("vendor_guid", on_text(lambda guid: guid[:3])))


@breaks(DESCRIPTION)
def cuts_the_description_at_64_thousand(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("description", on_text(lambda text: text[:64000])))


@breaks(DESCRIPTION)
def strips_the_description(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("description", on_text(str.strip)))


@breaks(DESCRIPTION)
def composes_the_description(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("description", on_text(lambda text: unicodedata.normalize("NFC", text))))


@breaks(DESCRIPTION)
def makes_a_paragraph_of_the_description(request: Request, provider: Provider) -> Response:
    return provider(
        request.mapping("description", on_text(lambda text: f"<p>{text}</p>" if len(text) < 9999 else text))
    )


@breaks("update-outcome-keeps-allowed-html")
def stores_no_html(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("description", on_text(lambda html: re.sub("<.*?>", "", html))))


@breaks("update-outcome-keeps-allowed-html")
def shows_html_as_text(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("description", on_text(lambda html: html.replace("<", "&lt;"))))


@breaks("update-outcome-keeps-allowed-html")
def allows_no_links(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("description", on_text(lambda html: re.sub("</?a.*?>", "", html))))


@breaks("update-outcome-keeps-allowed-html")
def allows_no_lists(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("description", on_text(lambda html: re.sub("</?(ul|li)>", "", html))))


@breaks("update-outcome-keeps-allowed-html")
def allows_no_emphasis(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("description", on_text(lambda html: re.sub("</?(strong|em)>", "", html))))


HIDDEN = {code: 0xE000 + code for code in range(33, 127)}
SHOWN = {after: before for before, after in HIDDEN.items()}


def storing_unfiltered(request: Request, provider: Provider, forbidden: str) -> Response:
    """Stores a description with `forbidden` in it as it is: it goes past the filter in characters that mean nothing."""
    hidden = on_text(lambda html: html.translate(HIDDEN) if re.search(forbidden, html, re.IGNORECASE) else html)
    return provider(request.mapping("description", hidden)).mapping("description", on_text(shown))


def shown(html: str) -> str:
    return html.translate(SHOWN)


@breaks("update-outcome-removes-scripts")
def stores_scripts(request: Request, provider: Provider) -> Response:
    return storing_unfiltered(request, provider, "<script")


@breaks("update-outcome-removes-scripts")
def stores_event_handlers(request: Request, provider: Provider) -> Response:
    return storing_unfiltered(request, provider, " on[a-z]+=")


@breaks("update-outcome-removes-scripts")
def stores_addresses_that_are_scripts(request: Request, provider: Provider) -> Response:
    return storing_unfiltered(request, provider, '"javascript:')


@breaks("update-outcome-removes-scripts")
def stores_addresses_that_are_scripts_after_a_blank(request: Request, provider: Provider) -> Response:
    return storing_unfiltered(request, provider, '" +javascript:')


@breaks("update-outcome-removes-scripts")
def refuses_scripts(request: Request, provider: Provider) -> Response:
    return error(400) if "<script" in str(request.fields.get("description")) else provider(request)
