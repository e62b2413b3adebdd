"""Encodings of parameters: forms, multipart, JSON, query, precedence, Rack's nesting (canvas-behaviour 1.5)."""

from typing import Any

import pytest

from canvas_outcomes_server.http.nested_parameters import parse_nested, parse_pairs
from reference_server.tests.sections import section
from reference_server.tests.server_process import Server

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=boundary"}
CHANGE = {
    "title": "Ti tle & + = % ü \U0001f600",
    "display_name": "",
    "description": "<p>d</p>",
    "vendor_guid": "g",
    "mastery_points": "3",
    "calculation_method": "n_mastery",
    "calculation_int": "4",
}


@pytest.fixture(autouse=True)
def known_state(server: Server) -> None:
    change = {"title": "T", "display_name": "N", "description": "D", "vendor_guid": "V"}
    server.store(1, calculation_method="decaying_average", calculation_int=65)
    server.update(1, json=change | {"mastery_points": 3, "ratings": [{"description": "A", "points": 3}]})


def parts(*heads_and_values: tuple[bytes, bytes]) -> bytes:
    """A multipart form with the boundary of MULTIPART."""
    return b"".join(b"--boundary\r\n%b\r\n\r\n%b\r\n" % part for part in heads_and_values) + b"--boundary--\r\n"


@section("1.5")
@pytest.mark.parametrize(
    "sent", [{"data": CHANGE}, {"files": {key: (None, value) for key, value in CHANGE.items()}}, {"params": CHANGE}]
)
def test_forms_and_the_query_equal_json(server: Server, sent: dict[str, Any]) -> None:
    expected = server.update(1, json=CHANGE)
    known = {"title": "T", "display_name": "N", "description": "D", "vendor_guid": "V"}
    server.update(1, json=known | {"calculation_method": "decaying_average"})

    assert server.update(1, **sent) == expected


@section("1.5", "3.5a")
@pytest.mark.parametrize(
    ("form", "ratings"),
    [
        (
            "ratings[][description]=A&ratings[][points]=5&ratings[][description]=B&ratings[][points]=3",
            [("A", 5), ("B", 3)],
        ),
        ("ratings[][points]=5&ratings[][points]=3", [("No description", 5), ("No description", 3)]),
        # The documented example: its last line makes a rating of its own.
        (
            "ratings[][description]=E&ratings[][points]=5&ratings[][description]=M&ratings[][points]=3"
            "&ratings[][description]=D&ratings[][points]=0&ratings[][points]=0",
            [("E", 5), ("M", 3), ("D", 0), ("No description", 0)],
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


@section("1.5")
def test_reads_ratings_from_multipart(server: Server) -> None:
    fields = [("ratings[][description]", "A"), ("ratings[][points]", "5"), ("ratings[][points]", "3")]

    shown = server.update(1, files=[(name, (None, value)) for name, value in fields])

    assert [rating["points"] for rating in shown["ratings"]] == [5, 3]


@section("1.5")
@pytest.mark.parametrize("headers", [JSON, FORM, MULTIPART])
def test_a_type_without_a_body_changes_nothing(server: Server, headers: dict[str, str]) -> None:
    before = server.show(1)

    assert server.get("/outcomes/1", headers=headers).status_code == 200
    assert server.update(1, headers=headers) == before


@section("1.5")
def test_ignores_files(server: Server) -> None:
    shown = server.update(1, files={"title": ("name.txt", b"from a file"), "vendor_guid": (None, "field")})

    assert (shown["title"], shown["vendor_guid"]) == ("T", "field")


TITLE = b'Content-Disposition: form-data; name="title"'
TEXT = b"Content-Type: text/plain"


@section("1.5")
@pytest.mark.parametrize("head", [TITLE, TITLE.lower(), TITLE + b"\r\n" + TEXT, TEXT + b"\r\n" + TITLE])
@pytest.mark.parametrize("value", ["", "a", "a\r\n\r\nb", "\r\n--", "\r\n--b", "-\r\n--boundar\r\n--boundary-\r", "ü"])
def test_keeps_the_value_of_a_part_unchanged(server: Server, head: bytes, value: str) -> None:
    shown = server.update(1, content=parts((head, b"-" + value.encode())), headers=MULTIPART)

    assert shown["title"] == "-" + value


@section("1.5")
@pytest.mark.parametrize(
    "head", [TEXT, TITLE.replace(b"name", b"other"), b"Content-Disposition:", b"X: y;" + TITLE.partition(b";")[2]]
)
def test_ignores_a_part_without_a_name(server: Server, head: bytes) -> None:
    named = (TITLE.replace(b"title", b"vendor_guid"), b"named")

    shown = server.update(1, content=parts(named, (head, b"nameless"), named), headers=MULTIPART)

    assert (shown["title"], shown["vendor_guid"]) == ("T", "named")


@section("1.5", "3.5a")
@pytest.mark.parametrize(
    "form",
    [
        "ratings[0][points]=5",
        "ratings[a]=5",
        "ratings=none",
        "ratings=",
        "ratings[]=1",
        "ratings[][][points]=1",
        "ratings[]=1&ratings[][points]=1",
    ],
)
def test_rejects_a_form_with_other_values_for_ratings(server: Server, form: str) -> None:
    before = server.show(1)

    assert server.put("/outcomes/1", content=form.encode(), headers=FORM).status_code == 400
    assert server.show(1) == before


@section("1.5")
@pytest.mark.parametrize("body", [{"json": {"title": "body"}}, {"data": {"title": "body"}}])
def test_prefers_the_query_to_the_body(server: Server, body: dict[str, Any]) -> None:
    assert server.update(1, params={"title": "query"}, **body)["title"] == "query"


@section("1.5")
def test_prefers_the_path_to_the_query_and_the_body(server: Server) -> None:
    assert server.update(1, params={"id": 2}, json={"id": 3})["id"] == 1


@section("1.5")
@pytest.mark.parametrize(
    "form",
    [
        b"title[a]=1&title[b][c]=2",
        b"title[a][b]=1&title[a][c][d]=2",
        b"title[a][]=1&title[a][]=2&title[b][][c]=3&title[b][][c]=4",
        b"title[][a][b]=1&title[][a][c][d]=2",
        b"title[=1",
        b"title[a=1",
        b"title[a]b=1",
        b"[title]=1",
        b"&",
        b"=1",
    ],
)
def test_what_is_no_text_is_read_and_changes_nothing(server: Server, form: bytes) -> None:
    before = server.show(1)

    server.update(1, content=form, headers=FORM)

    assert server.show(1) == before


@pytest.mark.parametrize(
    ("form", "values"),
    [
        (b"a=1&b=2&c[x]=3", {"a": "1", "b": "2"}),
        (b"a[b]=1&a[c]=2&a[b]=3", {"a": {"b": "3", "c": "2"}}),
        (b"a[b][c]=1&a[b][d][e]=2&a[b][f]", {"a": {"b": {"c": "1", "d": {"e": "2"}, "f": None}}}),
        (b"a[]=1&a[]=2&a[]", {"a": ["1", "2", None]}),
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


@section("1.5")
def test_splits_at_the_first_equals_sign(server: Server) -> None:
    assert server.update(1, content=b"title=a=b", headers=FORM)["title"] == "a=b"


@section("1.5")
def test_a_name_without_a_value_is_null(server: Server) -> None:
    assert server.update(1, content=b"vendor_guid&display_name=", headers=FORM)["vendor_guid"] is None


@section("1.5")
def test_the_last_of_repeated_names_wins(server: Server) -> None:
    assert server.update(1, content=b"title=a&title=b", headers=FORM)["title"] == "b"
    assert server.update(1, content=b'{"title": "c", "title": "d"}', headers=JSON)["title"] == "d"


@section("1.5")
@pytest.mark.parametrize("body", [b"[]", b'[{"title": "x"}]', b"5", b'"title=x"', b"null", b"true"])
def test_ignores_json_that_is_not_an_object(server: Server, body: bytes) -> None:
    before = server.show(1)

    assert server.put("/outcomes/1", content=body, headers=JSON).status_code == 200
    assert server.show(1) == before


@section("1.5")
@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/vnd.api+json", "nonsense", ""])
def test_ignores_a_body_of_another_media_type(server: Server, media_type: str) -> None:
    before = server.show(1)

    response = server.put("/outcomes/1", content=b'{"title": "x"}', headers={"Content-Type": media_type})

    assert response.status_code == 200
    assert server.show(1) == before


@section("1.5")
@pytest.mark.parametrize(
    "media_type",
    [
        "APPLICATION/JSON",
        "Application/Json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json; charset=utf8",
        "application/json; charset=US-ASCII",
    ],
)
def test_ignores_case_and_options_of_the_media_type(server: Server, media_type: str) -> None:
    response = server.put("/outcomes/1", content=b'{"title": "x"}', headers={"Content-Type": media_type})

    assert response.json()["title"] == "x"


@section("1.5")
@pytest.mark.parametrize("null_items", ["[null]", "[]", "[null, null]"])
def test_drops_null_items_of_a_json_array(server: Server, null_items: str) -> None:
    body = f'{{"ratings": {null_items}, "mastery_points": 1}}'

    assert server.update(1, content=body.encode(), headers=JSON)["ratings"] == []
