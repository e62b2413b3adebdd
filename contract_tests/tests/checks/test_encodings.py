"""Encoding of forms: a list may have items other than objects."""

from canvas_outcomes_contract.cases.encodings import form_pairs


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
