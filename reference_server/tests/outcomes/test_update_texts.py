"""Updates of title, display_name, description and vendor_guid (canvas-behaviour 3.1 to 3.4 and 3.7)."""

import pytest

from reference_server.tests.conftest import GROWING_HTML
from reference_server.tests.sections import section
from reference_server.tests.server_process import Server

LIMITS = {"title": 255, "display_name": 255, "description": 65535, "vendor_guid": 255}
TEXTS = tuple(LIMITS)
PLAIN_TEXTS = ("title", "display_name", "vendor_guid")
KEYS = {"title": "short_description"}
HOSTILE = [
    " leading and trailing ",
    "e\u0301 \u00e9 \ufb01",
    "\U0001f600" * 3,
    "\x01\x1f\x7f",
    "a\r\nb\tc",
    "\u00a0\u200b\ufeff.",
    "'; --",
]
# All characters of Unicode's White_Space.
WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"


@pytest.fixture(autouse=True)
def known_texts(server: Server) -> None:
    server.update(1, json={"title": "T", "display_name": "N", "description": "D", "vendor_guid": "V"})


@section("3.2")
@pytest.mark.parametrize("text", HOSTILE)
def test_keeps_strings_unchanged(server: Server, text: str) -> None:
    texts = dict.fromkeys(PLAIN_TEXTS, text)

    assert server.update(1, json=texts).items() >= texts.items()
    assert server.show(1).items() >= texts.items()


@section("3.3")
def test_does_not_sanitise_plain_fields(server: Server) -> None:
    texts = dict.fromkeys(PLAIN_TEXTS, "<b>A</b> & B &amp; C")

    assert server.update(1, json=texts).items() >= texts.items()


@section("3.2", "3.7")
@pytest.mark.parametrize("title", ["", " ", "\t\n", WHITE_SPACE, None])
def test_rejects_a_blank_title(server: Server, title: str | None) -> None:
    before = server.show(1)

    response = server.put("/outcomes/1", json={"title": title, "display_name": "changed"})

    error = {"attribute": "short_description", "message": "can't be blank", "type": "blank"}
    assert (response.status_code, response.json()) == (400, {"errors": {"short_description": [error]}})
    assert server.show(1) == before


@section("3.2")
@pytest.mark.parametrize("title", ["X", "\x1c", "\x1f", "\u180e", "\u200b", "\u2060", "\ufeff"])
def test_accepts_invisible_characters_that_are_not_white_space_as_a_title(server: Server, title: str) -> None:
    assert server.update(1, json={"title": title})["title"] == title


@section("3.2", "3.7")
@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
@pytest.mark.parametrize("character", ["a", "\U0001f600"])
def test_limits_the_characters_of_a_string(server: Server, name: str, limit: int, character: str) -> None:
    longest = server.update(1, json={name: character * limit})
    response = server.put("/outcomes/1", json={name: character * (limit + 1)})

    key, message = KEYS.get(name, name), f"is too long (maximum is {limit} characters)"
    assert response.status_code == 400
    assert response.json() == {"errors": {key: [{"attribute": key, "message": message, "type": "too_long"}]}}
    assert longest[name] == server.show(1)[name] == character * limit


@section("3.2")
@pytest.mark.parametrize(
    ("value", "stored"),
    [
        *((5, "5"), (2.5, "2.5"), (True, "t"), (False, "f"), (-1, "-1"), ("5", "5"), (10**30, "1" + "0" * 30)),
        *((1e20, "1.0e+20"), (1e-5, "1.0e-05"), (-1.5e-7, "-1.5e-07"), (1e16, "1.0e+16"), (1e15, "1000000000000000.0")),
        *((0.0001, "0.0001"), (5.0, "5.0"), (-0.0, "-0.0")),
    ],
)
def test_converts_a_scalar_to_a_string(server: Server, value: object, stored: str) -> None:
    assert server.update(1, json={"title": value})["title"] == stored


@pytest.mark.parametrize("value", [[], ["x"], {}, {"a": "b"}])
def test_ignores_an_array_or_an_object(server: Server, value: object) -> None:
    before = server.show(1)

    server.update(1, json=dict.fromkeys([*PLAIN_TEXTS, "calculation_method", "calculation_int"], value))

    assert server.show(1) == before


@section("3.2")
@pytest.mark.parametrize("value", [5, 1.5, True, [], ["x"], {}, {"a": "x"}])
def test_rejects_a_description_that_is_not_a_string(server: Server, value: object) -> None:
    before = server.show(1)

    response = server.put("/outcomes/1", json={"title": "not stored", "description": value})

    error = {"attribute": "description", "message": "must be a string", "type": "invalid"}
    assert (response.status_code, response.json()) == (400, {"errors": {"description": [error]}})
    assert server.show(1) == before


@section("3.2")
def test_stores_the_description_false_as_f(server: Server) -> None:
    assert server.update(1, json={"description": False})["description"] == "f"


@section("3.2")
@pytest.mark.parametrize("escaped", ["a\\u0000b", "\\ud800", "x\\udfffy"])
def test_rejects_a_string_that_cannot_be_stored(server: Server, escaped: str) -> None:
    before, body = server.show(1), "{" + ", ".join(f'"{name}": "{escaped}"' for name in TEXTS) + "}"

    response = server.put("/outcomes/1", content=body, headers={"Content-Type": "application/json"})

    errors = [entry for key in response.json()["errors"].values() for entry in key]
    assert response.status_code == 400
    assert [(error["attribute"], error["type"]) for error in errors] == [
        (KEYS.get(name, name), "invalid") for name in TEXTS
    ]
    assert server.show(1) == before


@section("3.4")
@pytest.mark.parametrize(
    ("html", "stored"),
    [
        ("plain text", "plain text"),
        ("a & b\r\n<p onclick=x>hi</p>\xa0", "a &amp; b\n<p>hi</p>&nbsp;"),
        ('<a href="javascript:x()">l</a>', "<a>l</a>"),
    ],
)
def test_sanitises_descriptions(server: Server, html: str, stored: str) -> None:
    assert server.update(1, json={"description": html})["description"] == stored


@section("3.2")
def test_limits_a_description_before_sanitising_it(server: Server) -> None:
    assert server.put("/outcomes/1", json={"description": "<script>" + "x" * 65536}).status_code == 400
    assert server.put("/outcomes/1", json={"description": "&" * 65535}).status_code == 200


@section("3.4")
@pytest.mark.parametrize(
    "html",
    [
        GROWING_HTML,
        GROWING_HTML.replace("<b ", "<b\x01 "),
        f'<p><b title="{"A" * 30000}">x{"<p>x" * 4000}',
        f'<p><b style="{"color:red;" * 3000}">x{"<p>x" * 1000}',
        "<p>" + "".join(f'<b title="a>b</b>{number}">' for number in range(1000)) + "<p>x" * 4000,
        "<p>" + "".join(f"""<u title='<b x="'><i x{number}>">y</b>""" for number in range(900)) + "<p>x" * 7000,
        "<p>" + "".join(f"<b x{number}><object></b></object>" for number in range(900)) + "<p>x" * 5000,
        f'{"<span>" * 2000}<b title="{"A" * 20000}">{"x</span>" * 2000}</b>',
        f'<b title="{"A" * 30000}">{("<div>" * 8 + "</b>") * 700}',
    ],
)
def test_refuses_a_description_that_becomes_much_larger(server: Server, html: str) -> None:
    before = server.show(1)

    response = server.put("/outcomes/1", json={"description": html})

    message = "has formatting elements that are not closed, and becomes too large when it is parsed"
    error = {"attribute": "description", "message": message, "type": "invalid"}
    assert (response.status_code, response.json()) == (400, {"errors": {"description": [error]}})
    assert server.show(1) == before


@section("3.4")
@pytest.mark.parametrize(
    "html",
    [
        '<b style="color: red;">x</b>' * 2200,
        "<p>x</p>" * 8190,
        '<p><b><i>x <a href="https://a.example/?b=c">y</a></i><br></b></p>' * 800,
    ],
)
def test_keeps_a_large_description_with_closed_elements(server: Server, html: str) -> None:
    assert server.update(1, json={"description": html})["description"] == html


@section("3.9")
def test_an_update_ignores_assessments_and_keeps_rubrics(server: Server) -> None:
    shown = server.update(2, json={"title": "Explains a cell", "mastery_points": 4})

    assert (shown["assessed"], shown["mastery_points"]) == (True, 4)
    assert server.update(1, json={"title": "Changed"})["has_updateable_rubrics"] is True


@section("3.8", "6")
@pytest.mark.parametrize(
    ("change", "attribute"),
    [
        ({"mastery_points": 0, "ratings": [], "calculation_int": 1}, "mastery points"),
        ({"ratings": [], "calculation_method": "x"}, "ratings"),
        ({"calculation_method": ""}, "calculation values"),
        ({"calculation_int": 0, "title": ""}, "calculation values"),
    ],
)
def test_mastery_scales_forbid_changes_of_the_scale(server: Server, change: dict[str, object], attribute: str) -> None:
    before = server.show(50, "scales-admin-token")

    response = server.put("/outcomes/50", "scales-admin-token", json={"vendor_guid": "x"} | change)

    assert (response.status_code, response.json()) == (
        403,
        {"error": f"Individual outcome {attribute} cannot be modified."},
    )
    assert server.show(50, "scales-admin-token") == before


@section("3.8")
@pytest.mark.parametrize(
    "nothing",
    [{"mastery_points": None, "ratings": None, "calculation_int": None}, {"mastery_points": False, "ratings": False}],
)
def test_mastery_scales_allow_other_fields_and_null(server: Server, nothing: dict[str, object]) -> None:
    shown = server.update(50, "scales-admin-token", json={"title": "Text"} | nothing)

    assert shown["title"] == "Text"
    assert "ratings" not in shown


@section("3.1", "3.8")
def test_checks_the_right_to_update_before_mastery_scales(server: Server) -> None:
    response = server.put("/outcomes/51", "scales-student-token", json={"ratings": []})

    assert response.json()["status"] == "unauthorized"
