"""report.html marks what a failure is about, and stays small and readable whatever a provider sends."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.report.json_text import indented, places
from canvas_outcomes_contract.report.page import pieces, render_report, shown
from canvas_outcomes_contract.report.results import result_of
from canvas_outcomes_contract.report.wording import headline, without_example
from contract_tests.tests.report.test_console import clause, report

RATINGS = '{"id": 1, "ratings": [{"points": 5}, {"points": "3"}, {"points": 0}]}'
SCHEMA = """Response violates schema

"3" is not of type "number"

Validated against the response schema for status code 200.

Schema at /components/schemas/Rating/properties/points:

    {
        "type": "number"
    }

Value:

    "3"
"""
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def marked(detail: str, body: str, status: str = "200") -> list[str]:
    return [
        piece for piece, is_wrong in pieces(f"{status}\ncontent-type: application/json\n\n{body}", detail) if is_wrong
    ]


@pytest.mark.parametrize(
    ("detail", "body", "expected"),
    [
        ("id: got 2, wanted 1", '{"id":2,"title":"id"}', ['"id"', "2"]),
        ("after an update\nratings: got [], wanted [1]", '{"ratings": [], "id": 1}', ['"ratings"']),
        ('200 with ratings[].points: "3" is not of type "number"', RATINGS, ['"points"', '"3"']),
        ("200 with ratings[].points: the value is not of type", RATINGS, []),  # which one, the message leaves open
        ("200 with [].id: the value is not of type", '[{"id": null}]', ['"id"', "null"]),
        (SCHEMA, RATINGS, ['"points"', '"3"']),
        ("status=200, but GET /api/v1/outcomes/1 should return 404: {}", "{}", ["200"]),
        ("status=404, but GET /api/v1/outcomes/1 should return 401: {}", "{}", []),
        ("id: got 2, wanted 1", '{"id":2,"ratings":[{"i', ['"id"', "2"]),
        ("id: got 2, wanted 1", "<html>id: 2</html>", []),
    ],
)
def test_marks_the_value_that_a_failure_is_about(detail: str, body: str, expected: list[str]) -> None:
    assert marked(detail, body) == expected


@given(json_values, st.sampled_from([None, 1]))
def test_indents_json_without_a_change_of_its_values(value: object, indent: int | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)

    assert json.loads("".join(piece for piece, _ in indented(text, []))) == value


@given(st.text('[]{},:"\\ \n1ab') | st.text())
@example('[1 2"x"')
@example("]}:,")
def test_indents_malformed_json_without_a_loss(text: str) -> None:
    found = "".join(piece for piece, _ in indented(text, []))

    assert "".join(found.split()) == "".join(text.split())


def test_keeps_values_without_a_comma_apart() -> None:
    assert "".join(piece for piece, _ in indented('[1 2 "x"]', [])) == '[\n  1 2 "x"\n]'


@pytest.mark.parametrize("body", ["[" * 2000, '{"a":' * 2000, "{" * 2000])
def test_shows_hundreds_of_nested_lists_as_they_are(body: str) -> None:
    assert "".join(piece for piece, _ in pieces(f"200\n\n{body}", "")) == f"200\n\n{body}"


def test_stays_small_whatever_the_size_of_a_failure() -> None:
    huge = "x" * 1_000_000
    failures = [clause(f"get-{number}", "failed", huge, huge, f"200\n\n{huge}") for number in range(5)]

    page = render_report(report(clauses=failures))

    assert len(page) < 500_000
    assert "report.json" in page


def test_shows_commands_unchanged_so_that_they_can_be_copied() -> None:
    assert shown("curl -d '##[error]'\x1b") == "curl -d '##[error]'\\x1b"


def test_a_headline_has_got_and_wanted_however_long_they_are() -> None:
    assert headline(f"{SCHEMA}\nFailing test case: test_x()").splitlines() == [
        '"3" is not of type "number"',
        "Schema at /components/schemas/Rating/properties/points:",
    ]
    assert headline(f"title: got {'x' * 500}, wanted {'y' * 500}").count("y") > 100
    assert len(headline("\n".join(["z" * 900] * 9))) < 1000
    assert without_example("a: got 1, wanted 2\nFailing test case: test_x(\n)") == "a: got 1, wanted 2"


@pytest.mark.parametrize(
    ("message", "detail"),
    [
        (
            "assert fields differ\n  id: got 2, wanted 1\n  title: got 'a', wanted 'b'",
            "id: got 2, wanted 1\ntitle: got 'a', wanted 'b'",
        ),
        ("after an update\nassert got [2], wanted []", "after an update\ngot [2], wanted []"),
        ("assert 1 < 2\n  Use -v to get more diff", "assert 1 < 2"),
    ],
)
def test_a_detail_has_no_words_of_pytest_around_got_and_wanted(message: str, detail: str) -> None:
    assert result_of(AssertionError(message), Recorder()).detail == detail


@pytest.mark.parametrize(
    ("detail", "expected"),
    [("it is given 1, wanted 2", []), ("ratings[0].points: got 1, wanted 2", ["ratings[0].points"])],
)
def test_reads_places_from_messages_of_the_suite_only(detail: str, expected: list[str]) -> None:
    assert [place.path for place in places(detail)] == expected
