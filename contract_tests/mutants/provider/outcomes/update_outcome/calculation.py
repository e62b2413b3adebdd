"""Faults of update_outcome: the calculation method and its value."""

from typing import Any

from canvas_outcomes_contract.checks.provider.outcomes.outcome_model import METHODS, METHODS_WITHOUT_INT
from contract_tests.mutants.provider import on_request, on_response
from contract_tests.mutants.provider.conditions import on_number, on_string, sends
from contract_tests.mutants.provider.faults import Fault, Faults, Provider, Request, Response, When, refuse, stored

METHOD, INT = "calculation_method", "calculation_int"


def sends_method(*methods: str | None) -> When:
    return sends(METHOD, *methods)


def with_int(*methods: str) -> When:
    return lambda request: sends_method(*methods)(request) and INT in request.fields


def replace_method(**methods: str) -> Fault:
    """Store another method for each of these."""
    return on_request.field(METHOD, on_string(lambda method: methods.get(method, method)))


def stores_latest_as_n_mastery_after_n_mastery(request: Request, provider: Provider) -> Response:
    counts = stored(request, provider).get(METHOD) == "n_mastery"
    return replace_method(latest="n_mastery")(request, provider) if counts else provider(request)


def raises_the_value_of_averages_to_half(request: Request, provider: Provider) -> Response:
    decays = stored(request, provider).get(METHOD) != "n_mastery"
    return provider(request.change_field(INT, on_number(lambda value: max(value, 50))) if decays else request)


def has_a_method_in_another_case(request: Request) -> bool:
    return str(request.fields.get(METHOD)).lower() in METHODS and not sends_method(*METHODS)(request)


def names_the_value_next_to_a_null_method(request: Request, provider: Provider) -> Response:
    response = provider(request)
    named = response.status == 400 and sends_method(None, "")(request) and INT in request.fields
    return response.with_json({"errors": response.json["errors"] | {INT: [{"message": "?"}]}}) if named else response


def store_when_refused(when: When, **fields: Any) -> Fault:
    """Refuse the update, but store these fields."""

    def fault(request: Request, provider: Provider) -> Response:
        response = provider(request)
        if response.status == 400 and when(request):
            provider(request.updating(**fields))
        return response

    return fault


def then_store(request: Request, provider: Provider, value: Any) -> Response:
    """Update; if that succeeds, store this value, too."""
    response = provider(request)
    return provider(request.updating(calculation_int=value)) if response.status == 200 else response


def keeps_the_value_of_the_previous_method(request: Request, provider: Provider) -> Response:
    before = stored(request, provider).get(INT)
    keeps = METHOD in request.fields and INT not in request.fields and before is not None
    return then_store(request, provider, before) if keeps else provider(request)


def begin_at(value: int, method: str) -> Fault:
    """Use another default for the value of a method."""

    def fault(request: Request, provider: Provider) -> Response:
        begins = sends_method(method)(request) and INT not in request.fields
        return then_store(request, provider, value) if begins else provider(request)

    return fault


def show_value(value: int | None, methods: tuple[str, ...]) -> Fault:
    return on_response.change(
        lambda response: response.with_fields(**{INT: value}) if response.outcome.get(METHOD) in methods else response
    )


def shows_the_value_sent_with_latest(request: Request, provider: Provider) -> Response:
    return (
        show_value(request.fields[INT], ("latest",))(request, provider) if INT in request.fields else provider(request)
    )


def ignores_a_value_that_is_not_used(request: Request, provider: Provider) -> Response:
    unused = stored(request, provider).get(METHOD) in METHODS_WITHOUT_INT and METHOD not in request.fields
    return provider(request.without(INT) if unused else request)


def changes_the_method_to_one_that_uses_the_value(request: Request, provider: Provider) -> Response:
    unused = stored(request, provider).get(METHOD) == "average" and INT in request.fields
    return provider(request.with_fields({METHOD: "decaying_average"} | request.fields) if unused else request)


def moves_a_value_into_the_range(request: Request, provider: Provider) -> Response:
    high = 10 if stored(request, provider).get(METHOD) == "n_mastery" else 99
    return provider(request.change_field(INT, on_number(lambda value: min(max(value, 1), high))))


FAULTS: Faults = {
    "update-outcome-stores-the-calculation-method": {
        "ignores the method": on_request.without(METHOD),
        "stores the average as highest": replace_method(average="highest"),
        "stores latest as n_mastery after n_mastery": stores_latest_as_n_mastery_after_n_mastery,
    },
    "update-outcome-stores-a-decaying-variant": {
        "stores a variant as highest": replace_method(weighted_average="highest"),
        "stores a variant without its value": on_request.without(INT, when=sends_method("standard_decaying_average")),
    },
    "update-outcome-stores-calculation-int": {
        "ignores the value": on_request.without(INT),
        "ignores the value of a new method": on_request.without(INT, when=sends(METHOD)),
        "ignores the value without a method": on_request.without(
            INT, when=lambda request: METHOD not in request.fields
        ),
        "raises the value of averages to half": raises_the_value_of_averages_to_half,
    },
    "update-outcome-refuses-an-unknown-method": {
        "ignores an unknown method": on_request.without(
            METHOD, when=lambda request: request.fields.get(METHOD) not in METHODS
        ),
        "strips the method": on_request.field(METHOD, on_string(str.strip)),
        "reads synonyms of methods": replace_method(mean="average", max="highest"),
    },
    "update-outcome-refuses-a-method-in-another-case": {
        "reads the method in any case": on_request.field(METHOD, on_string(str.lower)),
        "ignores a method in another case": on_request.without(METHOD, when=has_a_method_in_another_case),
    },
    "update-outcome-refuses-a-null-method": {
        "ignores a null method": on_request.without(METHOD, when=sends_method(None)),
        "stores the default for an empty method": on_request.field(
            METHOD, on_string(lambda method: method or "decaying_average")
        ),
        "names the value next to a null method": names_the_value_next_to_a_null_method,
        "stores the value next to a null method": store_when_refused(sends_method(None, ""), calculation_int=42),
    },
    "update-outcome-gives-a-new-method-its-default": {
        "keeps the value of the previous method": keeps_the_value_of_the_previous_method,
        "begins to decay at 75": begin_at(75, "decaying_average"),
        "begins to count at 3": begin_at(3, "n_mastery"),
    },
    "update-outcome-drops-calculation-int-for-methods-without": {
        "shows a value for methods without": show_value(65, METHODS_WITHOUT_INT),
        "shows a value for latest": show_value(1, ("latest",)),
    },
    "update-outcome-ignores-calculation-int-sent-with-highest-or-latest": {
        "refuses a value with highest": refuse(400, with_int("highest")),
        "shows the value sent with latest": shows_the_value_sent_with_latest,
        "keeps a method that uses the value": on_request.without(METHOD, when=with_int("highest", "latest")),
    },
    "update-outcome-refuses-calculation-int-with-average": {
        "ignores a value with average": on_request.without(INT, when=sends_method("average")),
        "names the method for its value": on_response.change(
            lambda response: response.with_json({"errors": {METHOD: [{"message": "?"}]}}),
            sends_method("average"),
            status=400,
        ),
        "stores the average that it refuses": store_when_refused(sends_method("average"), calculation_method="average"),
    },
    "update-outcome-refuses-calculation-int-where-none-is-used": {
        "ignores a value that is not used": ignores_a_value_that_is_not_used,
        "changes the method to one that uses the value": changes_the_method_to_one_that_uses_the_value,
    },
    "update-outcome-resets-calculation-int-with-null": {
        "ignores a null value": on_request.without(INT, when=sends(INT, None)),
        "resets every method to 5": on_request.field(INT, lambda value: 5 if value is None else value),
    },
    "update-outcome-refuses-calculation-int-out-of-range": {
        "moves a value into the range": moves_a_value_into_the_range,
        "ignores a value of 0": on_request.without(INT, when=sends(INT, 0)),
        "drops the sign of a value": on_request.field(INT, on_number(abs)),
        "stores 100 percent as 99": on_request.field(INT, lambda value: 99 if value == 100 else value),
        "counts to 11": on_request.field(INT, lambda value: 10 if value == 11 else value),
        "wraps huge values": on_request.field(INT, on_number(lambda n: n % 99 + 1 if abs(n) > 127 else n)),
    },
    "update-outcome-accepts-calculation-int-at-the-limits": {
        "refuses 99 percent": refuse(400, sends(INT, 99)),
        "counts from 2": refuse(400, sends(INT, 1)),
        "counts to 9": on_request.field(INT, lambda value: 9 if value == 10 else value),
    },
    "update-outcome-converts-calculation-int": {
        "refuses a value that is not an integer": refuse(
            400, lambda request: isinstance(request.fields.get(INT), str | float)
        ),
        "rounds the value": on_request.field(INT, on_number(round)),
        "reads a string as null": on_request.field(INT, on_string(lambda text: None)),
    },
}
