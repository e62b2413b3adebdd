"""Strategies for all valid updates of an outcome, and for some values that a provider must reject."""

import re
from typing import Any

from hypothesis import strategies as st

from canvas_outcomes_contract.cases.equality import Fields
from canvas_outcomes_contract.cases.strings import STORABLE_CHARACTERS, strings
from canvas_outcomes_contract.checks.provider.outcomes.outcome_model import INT_RANGES, MAX_LENGTHS, METHODS_WITHOUT_INT

DOCUMENTED_RATINGS = [
    {"description": "Exceeds Expectations", "points": 5},
    {"description": "Meets Expectations", "points": 3},
    {"description": "Does Not Meet Expectations", "points": 0},
]
# A provider may remove markup from plain text, and refuses a title that is then blank: something stands before it.
titles = strings(MAX_LENGTHS["title"]).filter(lambda text: bool(re.split("[<&]", text)[0].strip()))
plain_strings = strings(MAX_LENGTHS["display_name"])
descriptions = st.none() | strings(300)
points = (
    st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0, 0.5, 2.5, 5])
)
ratings = st.lists(st.fixed_dictionaries({"description": strings(40), "points": points}), min_size=1, max_size=6)
calculations = st.one_of(
    st.just({}),
    st.sampled_from([*INT_RANGES, *METHODS_WITHOUT_INT]).map(lambda method: {"calculation_method": method}),
    *(
        st.fixed_dictionaries({"calculation_method": st.just(method), "calculation_int": st.integers(*span)})
        for method, span in INT_RANGES.items()
    ),
)


def _with(calculations: st.SearchStrategy[Fields], fields: st.SearchStrategy[Fields]) -> st.SearchStrategy[Fields]:
    return st.builds(lambda calculation, others: others | calculation, calculations, fields)


# Without null and the empty list, which a form cannot express.
FORM_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "title": titles,
    "display_name": plain_strings,
    "description": strings(300),
    "vendor_guid": plain_strings,
    "ratings": ratings,
    "mastery_points": points,
}
FIELDS = FORM_FIELDS | {name: st.none() | FORM_FIELDS[name] for name in ("display_name", "description", "vendor_guid")}
outcome_updates = _with(calculations, st.fixed_dictionaries({}, optional=FIELDS))
form_updates = _with(calculations, st.fixed_dictionaries({}, optional=FORM_FIELDS))
known_states = _with(
    st.sampled_from([{"calculation_method": name} for name in ("decaying_average", "n_mastery", *METHODS_WITHOUT_INT)]),
    st.fixed_dictionaries(FIELDS),
)

unknown_methods = st.text(STORABLE_CHARACTERS, min_size=1, max_size=30).filter(
    lambda text: text not in (*INT_RANGES, *METHODS_WITHOUT_INT)
)
beyond_limits = {field: st.integers(limit + 1, limit + 40).map("x".__mul__) for field, limit in MAX_LENGTHS.items()}
UNUSABLE_RATINGS: tuple[Any, ...] = ([], {}, "none", {"description": "A", "points": 1}, [1, 2], ["A"], True, 5)
