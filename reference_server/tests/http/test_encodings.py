"""Encodings of parameters: forms, multipart, JSON, query, precedence, Rack's nesting (canvas-behaviour 1.5)."""

from typing import Any

import pytest

from canvas_outcomes_server.http.bodies import parse_body
from canvas_outcomes_server.http.nested_parameters import parse_nested, parse_pairs
from reference_server.tests.sections import section
from reference_server.tests.server_process import Server

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=boundary"}


@pytest.fixture(autouse=True)
def known_state(server: Server) -> None:
    change = {"title": "T", "display_name": "N", "description": "D", "vendor_guid": "V"}
    server.store(1, calculation_method="decaying_average", calculation_int=65)
    server.update(1, json=change | {"mastery_points": 3, "ratings": [{"description": "A", "points": 3}]})


def parts(*heads_and_values: tuple[bytes, bytes]) -> bytes:
    """A multipart form with the boundary of MULTIPART."""
    return b"".join(b"--boundary\r\n%b\r\n\r\n%b\r\n" % part for part in heads_and_values) + b"--boundary--\r\n"


@section("1.5", "3.5a")
@pytest.mark.parametrize(
    ("form", "ratings"),
    [
        ("ratings[][points]=5&ratings[][points]=3", [("No description", 5), ("No description", 3)]),
        # The documented example: its last line makes a rating of its own.
        (
            "ratings[][description]=E&ratings[][points]=5&ratings[][description]=M&ratings[][points]=3"
            "&ratings[][description]=D&ratings[][points]=0&ratings[][points]=0",
            [("E", 5), ("M", 3), ("No description", 0), ("D", 0)],
        ),
        ("ratings%5B%5D%5Bdescription%5D=A&ratings%5B%5D%5Bpoints%5D=2.5", [("A", 2.5)]),
        ("ratings[][description]=A+B&ratings[][other]=x", [("A B", 0)]),
        ("ratings[][points]=1;2", [("No description", 1)]),
        ("ratings[][points]=1&ratings[][x][]=1&ratings[][x][]=2", [("No description", 1)]),
        ("ratings[][points]=1&ratings[][x][a]=1&ratings[][x][b]=2&ratings[][description]=A", [("A", 1)]),
        (
            "ratings[][x][a]=1&ratings[][points]=2&ratings[][x][a]=1&ratings[][description]=A",
            [("No description", 2), ("A", 0)],
        ),
    ],
)
def test_a_repeated_key_starts_the_next_rating(server: Server, form: str, ratings: list[tuple[str, float]]) -> None:
    shown = server.update(1, content=form.encode(), headers=FORM)

    assert [(rating["description"], rating["points"]) for rating in shown["ratings"]] == ratings


@pytest.mark.parametrize("headers", [JSON, FORM, MULTIPART])
def test_a_type_without_a_body_changes_nothing(server: Server, headers: dict[str, str]) -> None:
    before = server.show(1)

    assert server.get("/outcomes/1", headers=headers).status_code == 200
    assert server.update(1, headers=headers) == before


def test_ignores_files(server: Server) -> None:
    shown = server.update(1, files={"title": ("name.txt", b"from a file"), "vendor_guid": (None, "field")})

    assert (shown["title"], shown["vendor_guid"]) == ("T", "field")


TITLE = b'Content-Disposition: form-data; name="title"'
TEXT = b"Content-Type: text/plain"


@pytest.mark.parametrize("head", [TITLE, TITLE.lower(), TITLE + b"\r\n" + TEXT, TEXT + b"\r\n" + TITLE])
@pytest.mark.parametrize("value", ["", "a", "a\r\n\r\nb", "\r\n--", "\r\n--b", "-\r\n--boundar\r\n--boundary-\r", "ü"])
def test_keeps_the_value_of_a_part_unchanged(server: Server, head: bytes, value: str) -> None:
    shown = server.update(1, content=parts((head, b"-" + value.encode())), headers=MULTIPART)

    assert shown["title"] == "-" + value


@pytest.mark.parametrize(
    "head", [TEXT, TITLE.replace(b"name", b"other"), b"Content-Disposition:", b"X: y;" + TITLE.partition(b";")[2]]
)
def test_ignores_a_part_without_a_name(server: Server, head: bytes) -> None:
    named = (TITLE.replace(b"title", b"vendor_guid"), b"named")

    shown = server.update(1, content=parts(named, (head, b"nameless"), named), headers=MULTIPART)

    assert (shown["title"], shown["vendor_guid"]) == ("T", "named")


@pytest.mark.parametrize(
    "form", ["ratings[0][points]=5", "ratings[a]=5", "ratings=none", "ratings=", "ratings[]=1", "ratings[][]=1"]
)
def test_rejects_a_form_with_other_values_for_ratings(server: Server, form: str) -> None:
    before = server.show(1)

    assert server.put("/outcomes/1", content=form.encode(), headers=FORM).status_code == 400
    assert server.show(1) == before


def test_prefers_the_path_to_the_query_and_the_body(server: Server) -> None:
    assert server.update(1, params={"id": 2}, json={"id": 3})["id"] == 1


@pytest.mark.parametrize(
    "form",
    [
        b"title[a]=1&title[b][c]=2",
        b"title[a][b]=1&title[a][c][d]=2",
        b"title[a][]=1&title[a][]=2&title[b][][c]=3&title[b][][c]=4",
        b"title[][a][b]=1&title[][a][c][d]=2",
        b"title[][]=1",
        b"\xff=1&title%FF=2&a%C0%80=3",
        b"other=1&other&other=2",
        *(b"title[=1", b"title[a=1", b"title[a]b=1", b"[title]=1", b"&", b"=1"),
    ],
)
def test_ignores_a_form_without_a_string_of_the_name(server: Server, form: bytes) -> None:
    before = server.show(1)

    server.update(1, content=form, headers=FORM)

    assert server.show(1) == before


@pytest.mark.parametrize(
    ("form", "values"),
    [
        (b"a=1&b=2&c[x]=3", {"a": "1", "b": "2"}),
        (b"a[b]=1&a[c]=2&a[b]=3", {"a": {"b": "3", "c": "2"}}),
        (b"a[b][c]=1&a[b][d][e]=2&a[b][f]", {"a": {"b": {"c": "1", "d": {"e": "2"}, "f": None}}}),
        (b"a[]=1&a[]=2&a[]", {"a": ["1", "2"]}),
        (b"a[]", {"a": []}),
        (b"a[][b]&a[]&a[][b]=1", {"a": [{"b": None}, {"b": "1"}]}),
        (b"a&a[]=1", {"a": ["1"]}),
        (b"a&a[b]=1", {"a": {"b": "1"}}),
        (b"a=1& b=2&  b=3", {"a": "1", "b": "3"}),
        (b"a=1&%20b=2&+b=3", {"a": "1"}),
        (b"a[][]=1", {"a": [["1"]]}),
        (b"a[b][][]=1", {"a": {"b": [["1"]]}}),
        (b"a[][b][][]=1", {"a": [{"b": [["1"]]}]}),
        (b"a[][b]=1&a[][]=2", {"a": [{"b": "1"}]}),
        (b"a[][][b]=1", {"a": [{"[]": {"b": "1"}}]}),
        (b"a[b[c]]=1", {"a": {"b[c": {"]": "1"}}}),
        (b"a[b][=1", {"a": {"[b][": "1"}}),
        (b"a[b[c]=1", {"a": {"b[c": "1"}}),
        (b"a[]]=1&a[][b]=2", {"a": [{"]": "1", "b": "2"}]}),
        (b"a[=1&]a=2&[a]=3&.a]=4&a]=5", {}),
        (b"a[][b];a[][c]=1", {"a": [{"b": {";a[][c]": "1"}}]}),
        (b"a[b][]=1&a[b][]=2", {"a": {"b": ["1", "2"]}}),
        (b"a[][b]=1&a[][c]=2&a[][b]=3", {"a": [{"b": "1", "c": "2"}, {"b": "3"}]}),
        (b"a[][b][c]=1&a[][b][d]=2&a[][b][c]=3", {"a": [{"b": {"c": "1", "d": "2"}}, {"b": {"c": "3"}}]}),
        (b"a[][b][]=1&a[][b][]=2&a[][c]=3", {"a": [{"b": ["1", "2"], "c": "3"}]}),
        (b"a[][b][][c]=1&a[][b][][c]=2", {"a": [{"b": [{"c": "1"}, {"c": "2"}]}]}),
        (b"a[]=1&a[][b]=2", {"a": ["1", {"b": "2"}]}),
    ],
)
def test_brackets_in_names_make_objects_and_lists(form: bytes, values: dict[str, Any]) -> None:
    assert parse_nested(parse_pairs(form, "The form"), frozenset("ab")) == values


@pytest.mark.parametrize(
    ("headers", "content", "name", "stored"),
    [
        (FORM, b"title=a=b", "title", "a=b"),
        (FORM, b"vendor_guid&display_name=", "vendor_guid", None),
        (FORM, b"title=a&title=b", "title", "b"),
        (JSON, b'{"title": "c", "title": "d"}', "title", "d"),
    ],
)
def test_splits_at_the_first_equals_sign_and_keeps_the_last_value_of_a_name(
    server: Server, headers: dict[str, str], content: bytes, name: str, stored: str | None
) -> None:
    assert server.update(1, content=content, headers=headers)[name] == stored


@section("1.5")
def test_drops_the_nulls_of_lists(server: Server) -> None:
    change = {"ratings": [None, {"description": "A", "points": 1}, None], "title": [None]}

    assert server.update(1, json=change)["ratings"] == [{"description": "A", "points": 1}]


@pytest.mark.parametrize(
    ("body", "values"),
    [
        (
            b'{"a": [null, [null], {"c": [null, 1], "d": null}], "b": null}',
            {"a": [[], {"c": [1], "d": None}], "b": None},
        ),
        (b'{"a": {"c": [null]}}', {"a": {"c": []}}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'[{"a": 1}]', {}),
        (b'{"c": ' + b"[" * 99 + b"]" * 99 + b"}", {}),
        (b'{"c": "' + b"[" * 200 + b'"}', {}),
        (b'{"c": [' + b"[]," * 200 + b"1]}", {}),
    ],
)
def test_reads_json_as_rails_does(body: bytes, values: dict[str, Any]) -> None:
    assert parse_body(b"application/json", body, frozenset("ab")) == values


IGNORED = ["text/plain", "application/xml", "application/vnd.api+json", "application/ld+json", "nonsense", ""]


@section("1.5")
@pytest.mark.parametrize("media_type", IGNORED)
def test_ignores_a_body_of_another_media_type(server: Server, media_type: str) -> None:
    before = server.show(1)

    response = server.put("/outcomes/1", content=b'{"title": "x"}', headers={"Content-Type": media_type})

    assert response.status_code == 200
    assert server.show(1) == before


JSON_TYPES = [
    *("APPLICATION/JSON", "Application/Json", "application/json , x", "text/x-json", "application/jsonrequest"),
    *("application/problem+json", "application/vnd.ims.lis.v1.score+json", "application/vnd.ims.lis.v2.lineitem+json"),
]


@section("1.5")
@pytest.mark.parametrize("media_type", JSON_TYPES)
def test_reads_every_media_type_that_live_canvas_reads_as_json(server: Server, media_type: str) -> None:
    headers = {"Content-Type": media_type}

    assert server.put("/outcomes/1", content=b'{"title": "x"}', headers=headers).json()["title"] == "x"


@section("1.5")
@pytest.mark.parametrize("charset", ["utf-8", '"UTF-8"', "ISO-8859-1", "utf-16", "klingon", ""])
def test_ignores_the_charset_of_a_body(server: Server, charset: str) -> None:
    field = b'--boundary\r\nContent-Disposition: form-data; name="title"\r\n\r\n\xc3\xa9\r\n--boundary--\r\n'
    for headers, body in ((JSON, b'{"title": "\xc3\xa9"}'), (FORM, b"title=%C3%A9"), (MULTIPART, field)):
        typed = {"Content-Type": f"{headers['Content-Type']}; charset={charset}"}

        assert server.update(1, content=body, headers=typed)["title"] == "é"


@section("1.5")
@pytest.mark.parametrize(
    ("content_type", "stored"),
    [
        (b"text/plain; charset=ISO-8859-1", "Ã©"),
        (b'text/plain; x=y; charset="iso-8859-15"', "Ã©"),
        (b"text/plain;charset=windows-1252", "Ã©"),
        (b"text/plain; charset=utf-8", "é"),
        (b"text/plain; charset=unknown", "é"),
        (b"text/plain; charset=ISO-8859-12", "é"),
        (b"text/plain; charset=punycode", "é"),
        (b"text/html; charset=ISO-8859-1", "é"),
        (b"application/octet-stream", "é"),
    ],
)
def test_decodes_a_part_by_its_charset(server: Server, content_type: bytes, stored: str) -> None:
    head = TITLE + b"\r\nContent-Type: " + content_type

    assert server.update(1, content=parts((head, b"\xc3\xa9")), headers=MULTIPART)["title"] == stored
    if stored == "Ã©":
        assert server.update(1, content=parts((head, b"\xe9")), headers=MULTIPART)["title"] == "é"


NAMED_FIELD = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--'


@pytest.mark.parametrize(
    ("content_type", "body", "values"),
    [
        *(
            (b"multipart/form-data; boundary=b", before + NAMED_FIELD, {"a": "1"})
            for before in (b"\r\n", b"x\r\ny\r\n")
        ),
        *(
            (b"multipart/form-data; boundary=b", NAMED_FIELD + after, {"a": "1"})
            for after in (b"\r\nx", b"x", b"\r\n--b\r\n")
        ),
        # A delimiter starts at the beginning of the body or after CR LF.
        (b"multipart/form-data; boundary=b", b"\n--b\r\nx" + b"\r\n" + NAMED_FIELD, {"a": "1"}),
        *(
            (content_type, NAMED_FIELD, {"a": "1"})
            for content_type in (
                b'Multipart/Form-Data;BOUNDARY="b"',
                b"multipart/form-data, boundary=b",
                b"multipart/form-data;boundary=b;charset=utf-8",
                b"multipart/mixed; boundary=b",
                b"multipart/related; boundary=b",
            )
        ),
        *(
            (content_type, NAMED_FIELD, {})
            for content_type in (b"multipart/form-data", b'multipart/form-data; boundary=""')
        ),
        (b"multipart/form-data; boundary=a b", NAMED_FIELD.replace(b"--b", b"--a b"), {"a": "1"}),
        (b'multipart/form-data; boundary="--"', NAMED_FIELD.replace(b"--b", b"----"), {"a": "1"}),
    ],
)
def test_finds_the_parts_of_a_multipart_form(content_type: bytes, body: bytes, values: dict[str, Any]) -> None:
    assert parse_body(content_type, body, frozenset("ab")) == values


@pytest.mark.parametrize(
    ("head", "values"),
    [
        (b'Content-Disposition: form-data;\r\n name="a"', {"a": "1"}),
        (b'X: y\r\n\tz\r\ncontent-disposition:form-data; x="p;q"; name=a', {"a": "1"}),
        (b'Content-Disposition: form-data; name="b"; name="a"', {"a": "1"}),
        (b'Content-Disposition: form-data; name="a[\\"]"', {"a": {'"': "1"}}),
        (b'Content-Disposition: form-data; NAME="a"', {}),
        (b'Content-Disposition: form-data; name="a+"', {}),
        (b'Content-Disposition: form-data; name="%61"', {}),
        (b'Content-Disposition: form-data; name="\xe9"', {}),
        (b'Content-Disposition: form-data; name="a"; filename=""', {}),
        (b"Content-Disposition: form-data; name=a; filename*=UTF-8''f.txt", {}),
        (b'Content-Disposition: form-data; name="a"; x="' + b"y" * 1536 + b'"', {}),
        (b"", {}),
    ],
)
def test_reads_the_name_of_a_part(head: bytes, values: dict[str, Any]) -> None:
    body = b"--b\r\n" + head + b"\r\n\r\n1\r\n--b--"

    assert parse_body(b"multipart/form-data; boundary=b", body, frozenset("ab")) == values
