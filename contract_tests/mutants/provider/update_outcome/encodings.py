"""Faults of update_outcome: JSON, forms, multipart forms and the query string."""

import json
import re

from contract_tests.mutants.provider.faults import (
    JSON,
    MULTIPART,
    Fault,
    Faults,
    Provider,
    Request,
    Response,
    change_request,
    refuse,
    response_ratings,
)


def change_body(old: bytes, new: bytes) -> Fault:
    """Read other bytes than those received."""
    return change_request(lambda request: request.with_body(request.body.replace(old, new)))


def is_multipart(request: Request) -> bool:
    return request.media_type == MULTIPART


def reads_forms_as_latin_1(request: Request) -> Request:
    return request.with_form(
        [(name, value.encode("utf-8", "replace").decode("latin-1")) for name, value in request.form]
    )


def ends_lines_with_crlf(request: Request) -> Request:
    return request.with_body(re.sub(rb"(?<!\r)\n", b"\r\n", request.body))


def with_rows(request: Request, rows: list[dict[str, str]]) -> Request:
    """An update with these ratings, if there are any."""
    if not rows:
        return request
    return request.with_body(json.dumps({"ratings": rows}).encode()).with_headers(content_type=JSON)


def begins_a_rating_with_each_description(request: Request) -> Request:
    rows: list[dict[str, str]] = []
    for name, value in request.form:
        if name == "ratings[][description]":
            rows.append({"description": value})
        elif name == "ratings[][points]" and rows:
            rows[-1]["points"] = value
    return with_rows(request, rows)


def ends_with_a_rating_without_description(request: Request) -> bool:
    return [name for name, _ in request.form][-2:] == ["ratings[][points]"] * 2


def reads_descriptions_and_points_apart(request: Request) -> Request:
    values = {name: [value for key, value in request.form if key == name] for name, _ in request.form}
    apart = zip(values.get("ratings[][description]", ()), values.get("ratings[][points]", ()), strict=False)
    return with_rows(request, [{"description": text, "points": points} for text, points in apart])


def appends_to_fields_in_the_query(request: Request) -> Request:
    title = request.params.get("title")
    return request.with_params(title=f"{title}!"[:255]) if title else request


def reads_plain_text_as_the_title(request: Request) -> Request:
    return request.updating(title=request.body.decode("utf-8", "replace")[:255])


def reads_the_first_object_of_an_array(request: Request) -> Request:
    first = re.fullmatch(rb"\[(\{.*\})\]", request.body)
    return request.with_body(first[1]) if first else request


def reads_a_form_in_a_json_string(request: Request) -> Request:
    form = re.fullmatch(rb'"title=(.*)"', request.body)
    return request.updating(title=form[1].decode()) if form else request


def ignores_malformed_json(request: Request, provider: Provider) -> Response:
    response = provider(request)
    return provider(request.reading()) if response.status == 400 and not request.fields else response


def ignores_add_defaults(request: Request) -> Request:
    form = [pair for pair in request.form if pair[0] != "add_defaults"]
    return request.with_params(add_defaults=None).with_form(form)


FAULTS: Faults = {
    "update-outcome-reads-forms-like-json": {
        "ignores forms": change_request(lambda request: request.with_form([])),
        "keeps plus signs in forms": change_request(
            lambda request: request.with_body(request.body.replace(b"+", b"%2B")),
            when=lambda request: bool(request.form),
        ),
        "cuts values of forms at an equals sign": change_request(
            lambda request: request.with_form([(name, value.partition("=")[0]) for name, value in request.form])
        ),
        "ignores ratings in forms": change_request(
            lambda request: request.with_form([pair for pair in request.form if not pair[0].startswith("ratings")])
        ),
        "reads forms as Latin-1": change_request(reads_forms_as_latin_1),
        "drops empty values of forms": change_request(
            lambda request: request.with_form([pair for pair in request.form if pair[1]])
        ),
    },
    "update-outcome-reads-multipart-like-json": {
        "ignores multipart forms": change_request(
            lambda request: request.with_headers(content_type="text/plain"), is_multipart
        ),
        "reads multipart forms as Latin-1": change_request(
            lambda request: request.with_body(request.body.decode("latin-1").encode()), is_multipart
        ),
        "ends every line of a part with CRLF": change_request(ends_lines_with_crlf, is_multipart),
        "ignores ratings in multipart forms": change_body(b'name="ratings[]', b'name="levels[]'),
    },
    "update-outcome-begins-a-rating-when-a-key-repeats": {
        "begins a rating with each description": change_request(begins_a_rating_with_each_description),
        "drops a last rating without description": change_request(
            lambda request: request.with_form(request.form[:-1]), ends_with_a_rating_without_description
        ),
        "reads descriptions and points apart": change_request(reads_descriptions_and_points_apart),
    },
    "update-outcome-reads-fields-in-the-query": {
        "ignores fields in the query": change_request(lambda request: request.with_params(title=None)),
        "appends to fields in the query": change_request(appends_to_fields_in_the_query),
    },
    "update-outcome-prefers-the-query-to-the-body": {
        "prefers the body to the query": change_request(
            lambda request: request.with_params(title=None), when=lambda request: b"title" in request.body
        ),
        "prefers a form to the query": change_request(
            lambda request: request.with_params(title=None), when=lambda request: bool(request.form)
        ),
        "refuses a field in both places": refuse(
            400, lambda request: "title" in request.params and "title" in request.fields
        ),
    },
    "update-outcome-ignores-bodies-of-other-types": {
        "reads JSON of any media type": change_request(
            lambda request: request.with_headers(content_type=JSON), when=lambda request: request.body.startswith(b"{")
        ),
        "reads plain text as the title": change_request(
            reads_plain_text_as_the_title, when=lambda request: request.media_type == "text/plain"
        ),
    },
    "update-outcome-ignores-json-that-is-no-object": {
        "reads the first object of an array": change_request(reads_the_first_object_of_an_array),
        "reads a form in a JSON string": change_request(reads_a_form_in_a_json_string),
        "clears display_name for a null": change_request(
            lambda request: request.updating(display_name=None), when=lambda request: request.body == b"null"
        ),
    },
    "update-outcome-refuses-malformed-json": {
        "ignores malformed JSON": ignores_malformed_json,
        "completes JSON that breaks off": change_request(
            lambda request: request.with_body(request.body + b"}"),
            when=lambda request: request.body.startswith(b"{") and b"}" not in request.body,
        ),
        "reads a trailing comma": change_body(b",}", b"}"),
        "reads single quotes": change_body(b"'", b'"'),
        "ignores JSON that is not UTF-8": change_body(b"\xff", b"{}"),
    },
    "update-outcome-adds-defaults-to-the-answer": {
        "ignores add_defaults": change_request(ignores_add_defaults),
        "ignores add_defaults in multipart forms": change_body(b'name="add_defaults"', b'name="defaults"'),
        "marks every rating in the response": response_ratings(
            lambda rows: [row | {"mastery": "mastery" in row} for row in rows * 2]
        ),
    },
    "update-outcome-does-not-store-defaults": {
        "shows defaults in later responses": change_request(lambda request: request.with_params(add_defaults="true")),
        "shows colors in later responses": response_ratings(lambda rows: [{"color": "03893D"} | row for row in rows]),
    },
    "update-outcome-takes-add-defaults-in-json": {
        "marks every rating for a JSON true": response_ratings(
            lambda rows: [row | {"mastery": True} for row in rows],
            lambda request: request.fields.get("add_defaults") is True,
        ),
    },
}
