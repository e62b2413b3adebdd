"""Faults of update_outcome: which texts are refused, how a refusal says so, and what it changes."""

from typing import Any

from contract_tests.mutants.faults import Provider, Request, Response, breaks, error, on_text

LIMITS = {"title": 255, "display_name": 255, "vendor_guid": 255, "description": 65535}


def cut(request: Request, field: str, longest: int, limit: int) -> Request:
    """The same request with a text of up to `longest` characters cut to `limit`."""
    return request.mapping(field, on_text(lambda text: text[:limit] if len(text) <= longest else text))


@breaks("update-outcome-refuses-a-blank-title")
def calls_a_blank_title_untitled(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("title", on_text(lambda title: title if title.strip() else "Untitled")))


@breaks("update-outcome-refuses-a-blank-title")
def takes_an_empty_title_for_not_sent(request: Request, provider: Provider) -> Response:
    return provider(request.dropping("title") if request.fields.get("title") == "" else request)


@breaks("update-outcome-refuses-a-blank-title")
def knows_no_blanks_beyond_ascii(request: Request, provider: Provider) -> Response:
    seen = on_text(lambda title: title if title.strip() or not title.strip(" \t\r\n") else "Blank")
    return provider(request.mapping("title", seen))


@breaks("update-outcome-refuses-a-blank-title")
def calls_a_blank_title_unprocessable(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return error(422) if answer.status == 400 else answer


@breaks("update-outcome-refuses-a-null-title")
def takes_a_null_title_for_not_sent(request: Request, provider: Provider) -> Response:
    return provider(request.dropping("title") if request.fields.get("title", "") is None else request)


@breaks("update-outcome-refuses-a-null-title")
def stores_a_null_title_as_a_word(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("title", str))


@breaks("update-outcome-refuses-a-title-over-255")
def cuts_a_long_title(request: Request, provider: Provider) -> Response:
    return provider(cut(request, "title", 10000, 255))


@breaks("update-outcome-refuses-a-title-over-255")
def takes_a_title_of_256(request: Request, provider: Provider) -> Response:
    return provider(cut(request, "title", 256, 255))


@breaks("update-outcome-refuses-a-display-name-over-255")
def cuts_a_long_display_name(request: Request, provider: Provider) -> Response:
    return provider(cut(request, "display_name", 10000, 255))


@breaks("update-outcome-refuses-a-display-name-over-255")
def takes_a_display_name_of_256(request: Request, provider: Provider) -> Response:
    return provider(cut(request, "display_name", 256, 255))


@breaks("update-outcome-refuses-a-vendor-guid-over-255")
def cuts_a_long_guid(request: Request, provider: Provider) -> Response:
    return provider(cut(request, "vendor_guid", 10000, 255))


@breaks("update-outcome-refuses-a-vendor-guid-over-255")
def takes_a_guid_of_256(request: Request, provider: Provider) -> Response:
    return provider(cut(request, "vendor_guid", 256, 255))


@breaks("update-outcome-refuses-a-description-over-65535")
def cuts_a_long_description(request: Request, provider: Provider) -> Response:
    return provider(cut(request, "description", 10**6, 65535))


@breaks("update-outcome-refuses-a-description-over-65535")
def takes_a_description_of_65536(request: Request, provider: Provider) -> Response:
    return provider(cut(request, "description", 65536, 65535))


def refusing_over_limits(request: Request, provider: Provider, size: Any) -> Response:
    texts = {field: value for field, value in request.fields.items() if field in LIMITS and isinstance(value, str)}
    return error(400) if any(size(text) > LIMITS[field] for field, text in texts.items()) else provider(request)


@breaks("update-outcome-accepts-texts-at-the-limit")
def counts_bytes(request: Request, provider: Provider) -> Response:
    return refusing_over_limits(request, provider, lambda text: len(text.encode("utf-8", "surrogatepass")))


@breaks("update-outcome-accepts-texts-at-the-limit")
def counts_units_of_utf_16(request: Request, provider: Provider) -> Response:
    return refusing_over_limits(request, provider, lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2)


@breaks("update-outcome-accepts-texts-at-the-limit")
def refuses_a_text_at_the_limit(request: Request, provider: Provider) -> Response:
    return refusing_over_limits(request, provider, lambda text: len(text) + 1)


@breaks("update-outcome-accepts-texts-at-the-limit")
def stores_texts_without_their_last_character(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("title", on_text(lambda title: title[:254])))


@breaks("update-outcome-refuses-text-that-cannot-be-stored")
def drops_null_characters(request: Request, provider: Provider) -> Response:
    return provider(request.with_fields({k: on_text(denulled)(v) for k, v in request.fields.items()}))


def denulled(text: str) -> str:
    return text.replace("\0", "")


@breaks("update-outcome-refuses-text-that-cannot-be-stored")
def replaces_lone_surrogates(request: Request, provider: Provider) -> Response:
    replaced = on_text(lambda text: text.encode("utf-8", "replace").decode())
    return provider(request.with_fields({key: replaced(value) for key, value in request.fields.items()}))


@breaks("update-outcome-refuses-text-that-cannot-be-stored")
def cuts_the_guid_at_a_null_character(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("vendor_guid", on_text(lambda guid: guid.partition("\0")[0])))


def renaming(answer: Response, old: str, new: str) -> Response:
    is_map = answer.status == 400 and isinstance(answer.json.get("errors"), dict)
    if not is_map:
        return answer
    errors = {new if name == old else name: value for name, value in answer.json["errors"].items()}
    return answer.with_json({"errors": errors})


@breaks("update-outcome-names-refused-attributes", "update-outcome-names-every-refused-attribute")
def names_the_title_as_it_was_sent(request: Request, provider: Provider) -> Response:
    return renaming(provider(request), "short_description", "title")


@breaks("update-outcome-names-refused-attributes")
def calls_the_method_a_base_error(request: Request, provider: Provider) -> Response:
    return renaming(provider(request), "calculation_method", "base")


@breaks("update-outcome-names-refused-attributes")
def names_the_method_for_its_value(request: Request, provider: Provider) -> Response:
    return renaming(provider(request), "calculation_int", "calculation_method")


@breaks("update-outcome-names-refused-attributes")
def lists_errors_without_attributes(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return error(400) if answer.status == 400 else answer


@breaks("update-outcome-names-every-refused-attribute")
def names_the_first_refused_attribute(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    is_map = answer.status == 400 and isinstance(answer.json.get("errors"), dict)
    return answer.with_json({"errors": dict([*answer.json["errors"].items()][:1])}) if is_map else answer


@breaks("update-outcome-names-every-refused-attribute")
def names_attributes_that_were_right(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    is_map = answer.status == 400 and isinstance(answer.json.get("errors"), dict)
    return answer.with_json({"errors": {"base": []} | answer.json["errors"]}) if is_map else answer


@breaks("update-outcome-names-every-refused-attribute")
def says_nothing_about_an_error(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    is_map = answer.status == 400 and isinstance(answer.json.get("errors"), dict)
    empty = {name: [{"message": ""}] for name in answer.json["errors"]} if is_map else {}
    return answer.with_json({"errors": empty}) if is_map else answer


@breaks("update-outcome-changes-nothing-when-refused")
def stores_the_name_of_a_refused_update(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    if answer.status == 400 and "display_name" in request.fields:
        provider(request.updating(display_name=request.fields["display_name"]))
    return answer


@breaks("update-outcome-changes-nothing-when-refused")
def stores_the_title_before_it_reads_ratings(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    if answer.status == 400 and {"title", "ratings"} <= set(request.fields):
        provider(request.updating(title=request.fields["title"]))
    return answer


@breaks("update-outcome-changes-nothing-when-refused")
def stores_what_is_right_of_a_refused_update(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    for name, value in request.fields.items() if answer.status == 400 else ():
        provider(request.updating(**{name: value}))
    return answer


@breaks("update-outcome-changes-nothing-when-refused")
def accepts_what_it_does_not_store(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return provider(request.reading()) if answer.status == 400 else answer
