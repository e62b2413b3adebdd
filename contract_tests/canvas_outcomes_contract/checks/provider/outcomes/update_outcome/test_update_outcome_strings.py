"""update_outcome: strings and HTML that an update stores, keeps or removes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_outcomes_contract.cases.responses import JsonObject, assert_response, mismatches, shown
from canvas_outcomes_contract.cases.strings import HOSTILE_STRINGS
from canvas_outcomes_contract.checks.provider.outcomes.editable_outcome import EditableOutcome
from canvas_outcomes_contract.checks.provider.outcomes.outcome_model import (
    expect_update,
)
from canvas_outcomes_contract.checks.provider.outcomes.requests import parse_outcome
from canvas_outcomes_contract.checks.provider.outcomes.strategies import (
    descriptions,
    plain_strings,
    titles,
)
from canvas_outcomes_contract.run.clauses import clause, parametrize_clauses

PLAIN_TEXTS = ("title", "display_name", "vendor_guid")
STORES_THE_TITLE = pytest.mark.clause("update-outcome-stores-the-title")
STORES_THE_DESCRIPTION = pytest.mark.clause("update-outcome-stores-the-description")


@parametrize_clauses(
    "field, strings",
    {
        "update-outcome-stores-the-title": ("title", titles),
        "update-outcome-stores-the-display-name": ("display_name", plain_strings),
        "update-outcome-stores-the-vendor-guid": ("vendor_guid", plain_strings),
        "update-outcome-stores-the-description": ("description", descriptions),
    },
)
@given(drawn=st.data())
def test_stores_a_string(
    editable: EditableOutcome, field: str, strings: st.SearchStrategy[str | None], drawn: st.DataObject
) -> None:
    sent = drawn.draw(strings)
    before = editable.update({field: "before"})

    editable.update({field: sent})

    assert mismatches(expect_update(before, {field: sent}), editable.read()) == {}


@pytest.mark.parametrize(
    ("field", "string"),
    [
        *(pytest.param("title", string, marks=STORES_THE_TITLE) for string in ("x", *HOSTILE_STRINGS)),
        pytest.param("display_name", " x ", marks=pytest.mark.clause("update-outcome-stores-the-display-name")),
        pytest.param("vendor_guid", "0012", marks=pytest.mark.clause("update-outcome-stores-the-vendor-guid")),
        pytest.param("description", "x" * 65535, marks=STORES_THE_DESCRIPTION, id="description-of-65535"),
        pytest.param("description", " \U0001f9ea e\u0301 \u00e9 ", marks=STORES_THE_DESCRIPTION),
    ],
)
def test_stores_a_hostile_string(editable: EditableOutcome, field: str, string: str) -> None:
    editable.update({field: "before"})

    editable.update({field: string})

    assert editable.read()[field] == string


@parametrize_clauses("field", {f"update-outcome-stores-the-{field.replace('_', '-')}": field for field in PLAIN_TEXTS})
@pytest.mark.parametrize("text", ["a <b>bold</b> text", "<p></p>"])
def test_stores_markup_as_plain_text(editable: EditableOutcome, field: str, text: str) -> None:
    editable.update({field: "before"})

    response = editable.send({field: text})

    stored = parse_outcome(response)[field] if response.is_success else None
    assert_response(response, stored == text, f"{text!r} as {field}")


@parametrize_clauses(
    "before, sent",
    {"update-outcome-clears-text-with-null": ("before", None), "update-outcome-keeps-empty-text": (None, "")},
)
@pytest.mark.parametrize("field", ["display_name", "description", "vendor_guid"])
def test_stores_null_or_empty(editable: EditableOutcome, field: str, before: str | None, sent: str | None) -> None:
    editable.update({field: before})

    editable.update({field: sent})

    assert editable.read()[field] == sent


@clause("update-outcome-converts-a-scalar-title")
@given(number=st.integers(-(2**31), 2**31))
def test_converts_a_scalar_title(editable: EditableOutcome, number: int) -> None:
    editable.update({"title": number})

    assert editable.read()["title"] == str(number)


@pytest.mark.parametrize(
    "html",
    [
        "<p>One</p><p>Two</p>",
        "<p><strong>bold</strong> and <em>italic</em></p>",
        "<ul><li>one</li><li>two</li></ul>",
        '<a href="https://canvas.example.edu/page">a page</a>',
    ],
)
@clause("update-outcome-keeps-allowed-html")
def test_keeps_allowed_html(editable: EditableOutcome, html: str) -> None:
    editable.update({"description": html})

    stored = description_of(editable.read())
    assert opening_tags(stored) == opening_tags(html), f"description: got {shown(stored)}, wanted the tags of {html}"


def description_of(outcome: JsonObject) -> str:
    """The description; empty for null, which its schema allows."""
    description: str | None = outcome["description"]
    return "" if description is None else description


def opening_tags(html: str) -> list[str]:
    return re.findall(r"<(\w+)", html)


@pytest.mark.parametrize(
    ("html", "forbidden"),
    [
        ("<p>a</p><script>alert(1)</script>", "script"),
        ("<p>a</p><SCRIPT SRC=//evil.example/x.js></SCRIPT>", "script"),
        ('<img src="x" onerror="alert(1)">', "onerror"),
        ('<p onclick="alert(1)">a</p>', "onclick"),
        ('<a href="javascript:alert(1)">a</a>', "javascript:"),
        ('<a href="  JaVaScRiPt:alert(1)">a</a>', "javascript:"),
        ("<svg><script>alert(1)</script></svg>", "script"),
    ],
)
@clause("update-outcome-removes-scripts")
def test_removes_scripts(editable: EditableOutcome, html: str, forbidden: str) -> None:
    response = editable.update({"description": html})

    assert forbidden not in description_of(response).lower()
    assert forbidden not in description_of(editable.read()).lower()
