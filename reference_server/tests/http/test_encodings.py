"""Encodings of parameters: forms, multipart, JSON, query, precedence, Rack's nesting (canvas-behaviour 1.5)."""

from typing import Any

import pytest

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
    "form", ["ratings[0][points]=5", "ratings[a]=5", "ratings=none", "ratings=", "ratings[]=1", "ratings[][][points]=1"]
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


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/vnd.api+json", "nonsense", ""])
def test_ignores_a_body_of_another_media_type(server: Server, media_type: str) -> None:
    before = server.show(1)

    response = server.put("/outcomes/1", content=b'{"title": "x"}', headers={"Content-Type": media_type})

    assert response.status_code == 200
    assert server.show(1) == before


@pytest.mark.parametrize("media_type", ["APPLICATION/JSON", "Application/Json"])
@pytest.mark.parametrize("charset", ["", "; charset=utf-8", ';charset="UTF-8"', "; charset=utf8", "; charset=US-ASCII"])
def test_ignores_case_and_options_of_the_media_type(server: Server, media_type: str, charset: str) -> None:
    headers = {"Content-Type": media_type + charset}

    assert server.put("/outcomes/1", content=b'{"title": "x"}', headers=headers).json()["title"] == "x"
