"""Encoding of forms, where a list may have items other than objects, and of query parameters of every style."""

from typing import Any

import pytest

from canvas_outcomes_contract.cases.encodings import form_pairs, query_parameters


def test_encodes_every_item_of_a_list() -> None:
    fields = {"title": "A", "ratings": [{"description": "B", "points": 5}, "none", ["C"], 7]}

    assert list(form_pairs(fields)) == [
        ("title", "A"),
        ("ratings[][description]", "B"),
        ("ratings[][points]", "5"),
        ("ratings[]", "none"),
        ("ratings[]", '["C"]'),
        ("ratings[]", "7"),
    ]


@pytest.mark.parametrize(
    ("style", "value", "expected"),
    [
        ({}, True, {"a": "true"}),
        ({}, [1, "b"], {"a": ["1", "b"]}),
        ({"explode": False}, [1, 2], {"a": "1,2"}),
        ({"style": "pipeDelimited"}, [1, 2], {"a": "1|2"}),
        ({"style": "deepObject", "explode": True}, {"b": 1}, {"a[b]": "1"}),
        ({}, {"b": 1}, {"b": "1"}),
        ({"explode": False}, {"b": 1}, {"a": "b,1"}),
        ({"content": {"application/json": {}}}, [1], {"a": "[1]"}),
    ],
)
def test_encodes_a_query_parameter_in_its_style(style: dict[str, Any], value: Any, expected: dict[str, Any]) -> None:
    assert query_parameters({"name": "a"} | style, value) == expected
