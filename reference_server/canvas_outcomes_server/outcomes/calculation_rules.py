"""The calculation method and value of an outcome after a save (canvas-behaviour 3.6)."""

from typing import Literal, NamedTuple, get_args

Method = Literal[
    "decaying_average", "weighted_average", "standard_decaying_average", "n_mastery", "highest", "latest", "average"
]
METHODS = get_args(Method)
RANGES = {
    "decaying_average": (1, 99),
    "weighted_average": (1, 99),
    "standard_decaying_average": (50, 99),
    "n_mastery": (1, 10),
}
DEFAULTS: dict[str | None, int] = {
    "decaying_average": 65,
    "weighted_average": 65,
    "standard_decaying_average": 65,
    "n_mastery": 5,
}
WITHOUT_VALUE_WHEN_CHOSEN = ("highest", "latest")
NOT_USED = "A calculation value is not used with this calculation method"


class Calculation(NamedTuple):
    """A method and its value; the method is None in a record older than methods."""

    method: str | None
    value: int | None


def default_method(new_decaying_average: bool) -> str:
    return "standard_decaying_average" if new_decaying_average else "decaying_average"


def saved(before: Calculation, sent: Calculation, new_decaying_average: bool) -> Calculation:
    """Return the calculation after a save, valid or not."""
    method, value = _by_feature(sent.method, new_decaying_average), sent.value
    if method == before.method:
        # The default of a record without a method counts as a change of the method.
        method = method or default_method(new_decaying_average)
        value = DEFAULTS.get(method) if value is None else value
    if method != before.method and (value == before.value or method in WITHOUT_VALUE_WHEN_CHOSEN):
        value = DEFAULTS.get(method)
    return Calculation(method, value)


def _by_feature(method: str | None, new_decaying_average: bool) -> str | None:
    renamed = "weighted_average" if new_decaying_average else "standard_decaying_average"
    return "decaying_average" if method == renamed else method


def problems(calculation: Calculation) -> dict[str, tuple[str, str]]:
    """Return the type and the message of each invalid attribute."""
    if calculation.method is None or calculation.method not in METHODS:
        methods = ", ".join(f'"{method}"' for method in METHODS)
        return {"calculation_method": ("inclusion", f"calculation_method must be one of the following: [{methods}]")}
    message = _value_problem(calculation.method, calculation.value)
    return {"calculation_int": (message, message)} if message else {}


def _value_problem(method: str, value: int | None) -> str | None:
    if method not in RANGES:
        return None if value is None else NOT_USED
    low, high = RANGES[method]
    if value is not None and low <= value <= high:
        return None
    shown = "" if value is None else value
    return f"'{shown}' is not a valid value for this calculation method. The value must be between '{low}' and '{high}'"
