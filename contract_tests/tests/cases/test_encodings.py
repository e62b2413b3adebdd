"""A form can carry whatever is drawn, what is no row of a list, too."""

from canvas_outcomes_contract.cases.encodings import form_pairs


def test_a_list_of_anything_becomes_pairs() -> None:
    fields = {"title": "A", "ratings": [{"description": "B", "points": 5}, "none", ["C"], 7]}

    assert list(form_pairs(fields)) == [
        ("title", "A"),
        ("ratings[][description]", "B"),
        ("ratings[][points]", "5"),
        ("ratings[]", "none"),
        ("ratings[]", '["C"]'),
        ("ratings[]", "7"),
    ]
