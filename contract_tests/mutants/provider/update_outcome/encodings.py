"""Faults of update_outcome: JSON, forms, multipart forms and the query string."""

import json
import re
from dataclasses import replace

from contract_tests.mutants.faults import JSON, Provider, Request, Response, breaks, error

PARTS = "multipart/form-data"


@breaks("update-outcome-reads-forms-like-json")
def knows_no_forms(request: Request, provider: Provider) -> Response:
    return provider(request.with_form([]))


@breaks("update-outcome-reads-forms-like-json")
def keeps_plus_signs_of_forms(request: Request, provider: Provider) -> Response:
    return provider(replace(request, body=request.body.replace(b"+", b"%2B")) if request.form else request)


@breaks("update-outcome-reads-forms-like-json")
def cuts_values_of_forms_at_an_equals_sign(request: Request, provider: Provider) -> Response:
    return provider(request.with_form([(name, value.partition("=")[0]) for name, value in request.form]))


@breaks("update-outcome-reads-forms-like-json")
def reads_no_ratings_in_forms(request: Request, provider: Provider) -> Response:
    return provider(request.with_form([pair for pair in request.form if not pair[0].startswith("ratings")]))


@breaks("update-outcome-reads-forms-like-json")
def reads_forms_as_latin_1(request: Request, provider: Provider) -> Response:
    latin = [(name, value.encode("utf-8", "replace").decode("latin-1")) for name, value in request.form]
    return provider(request.with_form(latin))


@breaks("update-outcome-reads-forms-like-json")
def drops_empty_values_of_forms(request: Request, provider: Provider) -> Response:
    return provider(request.with_form([pair for pair in request.form if pair[1]]))


@breaks("update-outcome-reads-multipart-like-json")
def knows_no_parts(request: Request, provider: Provider) -> Response:
    return provider(request.with_headers(content_type="text/plain") if request.media_type == PARTS else request)


@breaks("update-outcome-reads-multipart-like-json")
def reads_parts_as_latin_1(request: Request, provider: Provider) -> Response:
    latin = request.body.decode("latin-1").encode()
    return provider(replace(request, body=latin) if request.media_type == PARTS else request)


@breaks("update-outcome-reads-multipart-like-json")
def ends_every_line_of_a_part_with_two_characters(request: Request, provider: Provider) -> Response:
    lines = re.sub(rb"(?<!\r)\n", b"\r\n", request.body)
    return provider(replace(request, body=lines) if request.media_type == PARTS else request)


@breaks("update-outcome-reads-multipart-like-json")
def reads_no_ratings_in_parts(request: Request, provider: Provider) -> Response:
    renamed = request.body.replace(b'name="ratings[]', b'name="levels[]')
    return provider(replace(request, body=renamed) if request.media_type == PARTS else request)


def rows_of(request: Request) -> list[dict[str, str]]:
    """The ratings of a form where only a description begins a row."""
    rows: list[dict[str, str]] = []
    for name, value in request.form:
        if name == "ratings[][description]":
            rows.append({"description": value})
        elif name == "ratings[][points]" and rows:
            rows[-1]["points"] = value
    return rows


def with_rows(request: Request, rows: list[dict[str, str]]) -> Request:
    as_json = replace(request, body=json.dumps({"ratings": rows}).encode()).with_headers(content_type=JSON)
    return as_json if rows else request


@breaks("update-outcome-begins-a-rating-when-a-key-repeats")
def begins_a_rating_with_each_description(request: Request, provider: Provider) -> Response:
    return provider(with_rows(request, rows_of(request)))


@breaks("update-outcome-begins-a-rating-when-a-key-repeats")
def drops_a_last_rating_without_description(request: Request, provider: Provider) -> Response:
    documented = [name for name, _ in request.form][-2:] == ["ratings[][points]"] * 2
    return provider(request.with_form(request.form[:-1]) if documented else request)


@breaks("update-outcome-begins-a-rating-when-a-key-repeats")
def reads_descriptions_and_points_apart(request: Request, provider: Provider) -> Response:
    values = {name: [value for key, value in request.form if key == name] for name, _ in request.form}
    apart = zip(values.get("ratings[][description]", ()), values.get("ratings[][points]", ()), strict=False)
    return provider(with_rows(request, [{"description": text, "points": points} for text, points in apart]))


@breaks("update-outcome-reads-fields-in-the-query")
def reads_no_fields_in_the_query(request: Request, provider: Provider) -> Response:
    return provider(request.with_params(title=None))


@breaks("update-outcome-reads-fields-in-the-query")
def strips_fields_in_the_query(request: Request, provider: Provider) -> Response:
    title = request.params.get("title")
    return provider(request.with_params(title=f"{title}!"[:255]) if title else request)


@breaks("update-outcome-prefers-the-query-to-the-body")
def prefers_the_body_to_the_query(request: Request, provider: Provider) -> Response:
    return provider(request.with_params(title=None) if b"title" in request.body else request)


@breaks("update-outcome-prefers-the-query-to-the-body")
def prefers_a_form_to_the_query(request: Request, provider: Provider) -> Response:
    return provider(request.with_params(title=None) if request.form else request)


@breaks("update-outcome-prefers-the-query-to-the-body")
def refuses_a_field_in_both_places(request: Request, provider: Provider) -> Response:
    return error(400) if "title" in request.params and "title" in request.fields else provider(request)


@breaks("update-outcome-ignores-bodies-of-other-types")
def reads_json_whatever_it_is_called(request: Request, provider: Provider) -> Response:
    return provider(request.with_headers(content_type=JSON) if request.body.startswith(b"{") else request)


@breaks("update-outcome-ignores-bodies-of-other-types")
def reads_plain_text_as_the_title(request: Request, provider: Provider) -> Response:
    is_text = request.media_type == "text/plain"
    return provider(request.updating(title=request.body.decode("utf-8", "replace")[:255]) if is_text else request)


@breaks("update-outcome-ignores-json-that-is-no-object")
def reads_the_first_object_of_an_array(request: Request, provider: Provider) -> Response:
    first = re.fullmatch(rb"\[(\{.*\})\]", request.body)
    return provider(replace(request, body=first[1]) if first else request)


@breaks("update-outcome-ignores-json-that-is-no-object")
def reads_a_form_in_a_json_text(request: Request, provider: Provider) -> Response:
    form = re.fullmatch(rb'"title=(.*)"', request.body)
    return provider(request.updating(title=form[1].decode()) if form else request)


@breaks("update-outcome-ignores-json-that-is-no-object")
def clears_the_name_by_a_null(request: Request, provider: Provider) -> Response:
    return provider(request.updating(display_name=None) if request.body == b"null" else request)


@breaks("update-outcome-refuses-malformed-json")
def ignores_malformed_json(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return provider(request.reading()) if answer.status == 400 and not request.fields else answer


@breaks("update-outcome-refuses-malformed-json")
def completes_json_that_breaks_off(request: Request, provider: Provider) -> Response:
    breaks_off = request.body.startswith(b"{") and b"}" not in request.body
    return provider(replace(request, body=request.body + b"}") if breaks_off else request)


@breaks("update-outcome-refuses-malformed-json")
def reads_a_comma_at_the_end(request: Request, provider: Provider) -> Response:
    return provider(replace(request, body=request.body.replace(b",}", b"}")))


@breaks("update-outcome-refuses-malformed-json")
def reads_single_quotes(request: Request, provider: Provider) -> Response:
    return provider(replace(request, body=request.body.replace(b"'", b'"')))


@breaks("update-outcome-refuses-malformed-json")
def ignores_json_that_is_not_utf_8(request: Request, provider: Provider) -> Response:
    return provider(replace(request, body=request.body.replace(b"\xff", b"{}")))


@breaks("update-outcome-adds-defaults-to-the-answer")
def adds_no_defaults_to_the_answer(request: Request, provider: Provider) -> Response:
    form = [pair for pair in request.form if pair[0] != "add_defaults"]
    return provider(request.with_params(add_defaults=None).with_form(form))


@breaks("update-outcome-adds-defaults-to-the-answer")
def reads_no_add_defaults_in_parts(request: Request, provider: Provider) -> Response:
    return provider(replace(request, body=request.body.replace(b'name="add_defaults"', b'name="defaults"')))


@breaks("update-outcome-adds-defaults-to-the-answer")
def marks_every_rating_of_the_answer(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.mapping_ratings(lambda rows: [row | {"mastery": "mastery" in row} for row in rows * 2])


@breaks("update-outcome-does-not-store-defaults")
def shows_defaults_from_then_on(request: Request, provider: Provider) -> Response:
    return provider(request.with_params(add_defaults="true"))


@breaks("update-outcome-does-not-store-defaults")
def shows_colors_from_then_on(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_ratings(lambda rows: [{"color": "03893D"} | row for row in rows])


@breaks("update-outcome-takes-add-defaults-in-json")
def marks_every_rating_for_a_json_true(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    asked = request.fields.get("add_defaults") is True
    return answer.mapping_ratings(lambda rows: [row | {"mastery": True} for row in rows]) if asked else answer
