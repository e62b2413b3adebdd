"""Faults of update_outcome: JSON, forms, multipart forms, the query string, and bodies that make the provider fail."""

import json
import re

from contract_tests.mutants.provider import on_request, on_response
from contract_tests.mutants.provider.conditions import is_multipart, sends
from contract_tests.mutants.provider.faults import JSON, Fault, Faults, Provider, Request, Response, error, fail, refuse


def change_body(old: bytes, new: bytes) -> Fault:
    """Read other bytes than those received."""
    return on_request.change(lambda request: request.with_body(request.body.replace(old, new)))


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


def ends_with_points(request: Request) -> bool:
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


def fails_on_json_that_it_cannot_read(request: Request, provider: Provider) -> Response:
    response = provider(request)
    is_json = request.media_type == "application/json" and not request.fields
    return error(500) if is_json and response.status == 400 else response


def has_an_integer_of_more_than_64_bits(request: Request) -> bool:
    value = request.fields.get("calculation_int")
    return isinstance(value, int) and value >= 2**63


FAULTS: Faults = {
    "update-outcome-reads-forms-like-json": {
        "ignores forms": on_request.form(lambda _: []),
        "keeps plus signs in forms": on_request.change(
            lambda request: request.with_body(request.body.replace(b"+", b"%2B")),
            when=lambda request: bool(request.form),
        ),
        "cuts values of forms at an equals sign": on_request.form(
            lambda form: [(name, value.partition("=")[0]) for name, value in form]
        ),
        "ignores ratings in forms": on_request.form(lambda form: [pair for pair in form if "ratings" not in pair[0]]),
        "reads forms as Latin-1": on_request.change(reads_forms_as_latin_1),
        "drops empty values of forms": on_request.form(lambda form: [pair for pair in form if pair[1]]),
    },
    "update-outcome-reads-multipart-like-json": {
        "ignores multipart forms": on_request.headers(is_multipart, content_type="text/plain"),
        "reads multipart forms as Latin-1": on_request.change(
            lambda request: request.with_body(request.body.decode("latin-1").encode()), is_multipart
        ),
        "ends every line of a part with CRLF": on_request.change(ends_lines_with_crlf, is_multipart),
        "ignores ratings in multipart forms": change_body(b'name="ratings[]', b'name="levels[]'),
    },
    "update-outcome-begins-a-rating-when-a-key-repeats": {
        "begins a rating with each description": on_request.change(begins_a_rating_with_each_description),
        "drops a last rating without description": on_request.form(lambda form: form[:-1], ends_with_points),
        "reads descriptions and points apart": on_request.change(reads_descriptions_and_points_apart),
    },
    "update-outcome-reads-fields-in-the-query": {
        "ignores fields in the query": on_request.params(title=None),
        "appends to fields in the query": on_request.change(appends_to_fields_in_the_query),
    },
    "update-outcome-prefers-the-query-to-the-body": {
        "prefers the body to the query": on_request.params(lambda request: b"title" in request.body, title=None),
        "prefers a form to the query": on_request.params(lambda request: bool(request.form), title=None),
        "refuses a field in both places": refuse(
            400, lambda request: "title" in request.params and "title" in request.fields
        ),
    },
    "update-outcome-ignores-bodies-of-other-types": {
        "reads JSON of any media type": on_request.headers(lambda request: b"{" in request.body, content_type=JSON),
        "reads plain text as the title": on_request.change(
            reads_plain_text_as_the_title, when=lambda request: request.media_type == "text/plain"
        ),
    },
    "update-outcome-ignores-json-that-is-no-object": {
        "reads the first object of an array": on_request.change(reads_the_first_object_of_an_array),
        "reads a form in a JSON string": on_request.change(reads_a_form_in_a_json_string),
        "clears display_name for a null": on_request.change(
            lambda request: request.updating(display_name=None), when=lambda request: request.body == b"null"
        ),
    },
    "update-outcome-refuses-malformed-json": {
        "ignores malformed JSON": ignores_malformed_json,
        "completes JSON that breaks off": on_request.change(
            lambda request: request.with_body(request.body + b"}"),
            when=lambda request: request.body.startswith(b"{") and b"}" not in request.body,
        ),
        "reads a trailing comma": change_body(b",}", b"}"),
        "reads single quotes": change_body(b"'", b'"'),
        "ignores JSON that is not UTF-8": change_body(b"\xff", b"{}"),
    },
    "update-outcome-adds-defaults-to-the-answer": {
        "ignores add_defaults": on_request.change(ignores_add_defaults),
        "ignores add_defaults in multipart forms": change_body(b'name="add_defaults"', b'name="defaults"'),
        "marks every rating in the response": on_response.ratings(
            lambda rows: [row | {"mastery": "mastery" in row} for row in rows * 2]
        ),
    },
    "update-outcome-does-not-store-defaults": {
        "shows defaults in later responses": on_request.params(add_defaults="true"),
        "shows colors in later responses": on_response.rating(lambda row: {"color": "03893D"} | row),
    },
    "update-outcome-takes-add-defaults-in-json": {
        "marks every rating for a JSON true": on_response.rating(
            lambda row: row | {"mastery": True}, sends("add_defaults", True)
        )
    },
    "update-outcome-never-fails-on-a-request": {
        "fails on JSON that it cannot read": fails_on_json_that_it_cannot_read,
        "fails on a large body": fail(lambda request: len(request.body) > 1_000_000),
        "fails on deep JSON": fail(lambda request: request.body.count(b"[") > 1000),
        "fails on infinite numbers": fail(lambda request: b"1e999" in request.body),
        "fails on integers of more than 64 bits": fail(has_an_integer_of_more_than_64_bits),
        "responds with 502 to ratings that are not a list": refuse(
            502, lambda request: not isinstance(request.fields.get("ratings"), list | None)
        ),
        "fails on a calculation_int that is a list": fail(
            lambda request: isinstance(request.fields.get("calculation_int"), list)
        ),
        "fails on a title that is an object": fail(lambda request: isinstance(request.fields.get("title"), dict)),
        "fails on a name that is a list and a value": fail(
            lambda request: {"ratings", "ratings[][points]"} <= {name for name, _ in request.form}
        ),
        "fails on deep names": fail(lambda request: any(name.count("[") > 100 for name, _ in request.form)),
        "fails on a form that is not UTF-8": fail(lambda request: b"%ff" in request.body),
        "fails on a multipart form without a boundary": fail(
            lambda request: request.headers.get("content-type", "").strip() == "multipart/form-data"
        ),
        "fails on a multipart form that breaks off": fail(
            lambda request: is_multipart(request) and not request.body.rstrip().endswith(b"--")
        ),
        "fails without a media type": fail(lambda request: not request.media_type and request.method != "GET"),
        "fails on an unknown character set": fail(lambda request: "utf-32" in request.headers.get("content-type", "")),
    },
}
