"""Faults of update_outcome: the calculation method and its value; long, because it is a list."""

from typing import Any

from contract_tests.mutants.faults import Provider, Request, Response, breaks, error, on_number, on_text, stored

METHODS = (
    "decaying_average",
    "weighted_average",
    "standard_decaying_average",
    "n_mastery",
    "highest",
    "latest",
    "average",
)
WITHOUT_INT = ("highest", "latest", "average")
METHOD, INT = "calculation_method", "calculation_int"


def sends(request: Request, *methods: str | None) -> bool:
    return METHOD in request.fields and request.fields[METHOD] in methods


def replacing(request: Request, **methods: str) -> Request:
    return request.mapping(METHOD, on_text(lambda method: methods.get(method, method)))


@breaks("update-outcome-stores-the-calculation-method")
def ignores_the_method(request: Request, provider: Provider) -> Response:
    return provider(request.dropping(METHOD))


@breaks("update-outcome-stores-the-calculation-method")
def stores_the_average_as_highest(request: Request, provider: Provider) -> Response:
    return provider(replacing(request, average="highest"))


@breaks("update-outcome-stores-the-calculation-method")
def keeps_counting_until_told_to_decay(request: Request, provider: Provider) -> Response:
    counts = stored(request, provider).get(METHOD) == "n_mastery"
    return provider(replacing(request, latest="n_mastery") if counts else request)


@breaks("update-outcome-stores-a-decaying-variant")
def stores_a_variant_as_highest(request: Request, provider: Provider) -> Response:
    return provider(replacing(request, weighted_average="highest"))


@breaks("update-outcome-stores-a-decaying-variant")
def stores_a_variant_without_its_value(request: Request, provider: Provider) -> Response:
    return provider(request.dropping(INT) if sends(request, "standard_decaying_average") else request)


@breaks("update-outcome-stores-calculation-int")
def ignores_the_value(request: Request, provider: Provider) -> Response:
    return provider(request.dropping(INT))


@breaks("update-outcome-stores-calculation-int")
def ignores_the_value_of_a_new_method(request: Request, provider: Provider) -> Response:
    return provider(request.dropping(INT) if METHOD in request.fields else request)


@breaks("update-outcome-stores-calculation-int")
def reads_the_value_only_next_to_a_method(request: Request, provider: Provider) -> Response:
    return provider(request if METHOD in request.fields else request.dropping(INT))


@breaks("update-outcome-stores-calculation-int")
def raises_the_value_of_averages_to_half(request: Request, provider: Provider) -> Response:
    decays = stored(request, provider).get(METHOD) != "n_mastery"
    return provider(request.mapping(INT, on_number(lambda value: max(value, 50))) if decays else request)


@breaks("update-outcome-refuses-an-unknown-method")
def ignores_an_unknown_method(request: Request, provider: Provider) -> Response:
    known = request.fields.get(METHOD) in METHODS
    return provider(request if known else request.dropping(METHOD))


@breaks("update-outcome-refuses-an-unknown-method")
def strips_the_method(request: Request, provider: Provider) -> Response:
    return provider(request.mapping(METHOD, on_text(str.strip)))


@breaks("update-outcome-refuses-an-unknown-method")
def knows_other_words_for_methods(request: Request, provider: Provider) -> Response:
    return provider(replacing(request, mean="average", max="highest"))


@breaks("update-outcome-refuses-a-method-in-another-case")
def reads_the_method_in_any_case(request: Request, provider: Provider) -> Response:
    return provider(request.mapping(METHOD, on_text(str.lower)))


@breaks("update-outcome-refuses-a-method-in-another-case")
def ignores_a_method_in_another_case(request: Request, provider: Provider) -> Response:
    other = str(request.fields.get(METHOD)).lower() in METHODS and not sends(request, *METHODS)
    return provider(request.dropping(METHOD) if other else request)


@breaks("update-outcome-refuses-a-null-method")
def takes_a_null_method_for_not_sent(request: Request, provider: Provider) -> Response:
    return provider(request.dropping(METHOD) if sends(request, None) else request)


@breaks("update-outcome-refuses-a-null-method")
def resets_an_empty_method(request: Request, provider: Provider) -> Response:
    return provider(request.mapping(METHOD, on_text(lambda method: method or "decaying_average")))


@breaks("update-outcome-refuses-a-null-method")
def names_the_value_next_to_a_null_method(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    named = answer.status == 400 and sends(request, None, "") and INT in request.fields
    return answer.with_json({"errors": answer.json["errors"] | {INT: [{"message": "?"}]}}) if named else answer


@breaks("update-outcome-refuses-a-null-method")
def stores_the_value_next_to_a_null_method(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    if answer.status == 400 and sends(request, None, ""):
        provider(request.updating(calculation_int=42))
    return answer


def then(request: Request, provider: Provider, **fields: Any) -> Response:
    """Updates, and if that went well updates these fields too."""
    answer = provider(request)
    return provider(request.updating(**fields)) if answer.status == 200 else answer


@breaks("update-outcome-gives-a-new-method-its-default")
def keeps_the_value_of_the_method_before(request: Request, provider: Provider) -> Response:
    before = stored(request, provider).get(INT)
    keeps = METHOD in request.fields and INT not in request.fields and before is not None
    return then(request, provider, calculation_int=before) if keeps else provider(request)


@breaks("update-outcome-gives-a-new-method-its-default")
def begins_to_decay_at_75(request: Request, provider: Provider) -> Response:
    begins = sends(request, "decaying_average") and INT not in request.fields
    return then(request, provider, calculation_int=75) if begins else provider(request)


@breaks("update-outcome-gives-a-new-method-its-default")
def begins_to_count_at_three(request: Request, provider: Provider) -> Response:
    begins = sends(request, "n_mastery") and INT not in request.fields
    return then(request, provider, calculation_int=3) if begins else provider(request)


def showing(answer: Response, methods: tuple[str, ...], value: int | None) -> Response:
    shows = answer.status == 200 and isinstance(answer.json, dict) and answer.json.get(METHOD) in methods
    return answer.with_json(answer.json | {INT: value}) if shows else answer


@breaks("update-outcome-drops-calculation-int-for-methods-without")
def shows_a_value_for_methods_without(request: Request, provider: Provider) -> Response:
    return showing(provider(request), WITHOUT_INT, 65)


@breaks("update-outcome-drops-calculation-int-for-methods-without")
def shows_the_value_of_the_latest(request: Request, provider: Provider) -> Response:
    return showing(provider(request), ("latest",), 1)


@breaks("update-outcome-ignores-calculation-int-sent-with-highest-or-latest")
def refuses_a_value_with_highest(request: Request, provider: Provider) -> Response:
    return error(400) if sends(request, "highest") and INT in request.fields else provider(request)


@breaks("update-outcome-ignores-calculation-int-sent-with-highest-or-latest")
def answers_the_value_sent_with_latest(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return showing(answer, ("latest",), request.fields[INT]) if INT in request.fields else answer


@breaks("update-outcome-ignores-calculation-int-sent-with-highest-or-latest")
def stays_with_a_method_that_uses_the_value(request: Request, provider: Provider) -> Response:
    stays = sends(request, "highest", "latest") and INT in request.fields
    return provider(request.dropping(METHOD) if stays else request)


@breaks("update-outcome-refuses-calculation-int-with-average")
def ignores_a_value_with_average(request: Request, provider: Provider) -> Response:
    return provider(request.dropping(INT) if sends(request, "average") else request)


@breaks("update-outcome-refuses-calculation-int-with-average")
def refuses_the_average_for_its_value(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    refused = answer.status == 400 and sends(request, "average")
    return answer.with_json({"errors": {METHOD: [{"message": "?"}]}}) if refused else answer


@breaks("update-outcome-refuses-calculation-int-with-average")
def stores_the_average_that_it_refuses(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    if answer.status == 400 and sends(request, "average"):
        provider(request.updating(calculation_method="average"))
    return answer


@breaks("update-outcome-refuses-calculation-int-where-none-is-used")
def ignores_a_value_that_is_not_used(request: Request, provider: Provider) -> Response:
    unused = stored(request, provider).get(METHOD) in WITHOUT_INT and METHOD not in request.fields
    return provider(request.dropping(INT) if unused else request)


@breaks("update-outcome-refuses-calculation-int-where-none-is-used")
def changes_the_method_to_one_that_uses_the_value(request: Request, provider: Provider) -> Response:
    unused = stored(request, provider).get(METHOD) == "average" and INT in request.fields
    return provider(request.with_fields({METHOD: "decaying_average"} | request.fields) if unused else request)


@breaks("update-outcome-resets-calculation-int-with-null")
def takes_a_null_value_for_not_sent(request: Request, provider: Provider) -> Response:
    return provider(request.dropping(INT) if request.fields.get(INT, 0) is None else request)


@breaks("update-outcome-resets-calculation-int-with-null")
def resets_every_method_to_five(request: Request, provider: Provider) -> Response:
    return provider(request.mapping(INT, lambda value: 5 if value is None else value))


@breaks("update-outcome-refuses-calculation-int-out-of-range")
def moves_a_value_into_the_range(request: Request, provider: Provider) -> Response:
    high = 10 if stored(request, provider).get(METHOD) == "n_mastery" else 99
    return provider(request.mapping(INT, on_number(lambda value: min(max(value, 1), high))))


@breaks("update-outcome-refuses-calculation-int-out-of-range")
def ignores_a_value_of_zero(request: Request, provider: Provider) -> Response:
    return provider(request.dropping(INT) if request.fields.get(INT) == 0 else request)


@breaks("update-outcome-refuses-calculation-int-out-of-range")
def drops_the_sign_of_a_value(request: Request, provider: Provider) -> Response:
    return provider(request.mapping(INT, on_number(abs)))


@breaks("update-outcome-refuses-calculation-int-out-of-range")
def takes_a_hundred_percent(request: Request, provider: Provider) -> Response:
    return provider(request.mapping(INT, lambda value: 99 if value == 100 else value))


@breaks("update-outcome-refuses-calculation-int-out-of-range")
def counts_to_eleven(request: Request, provider: Provider) -> Response:
    return provider(request.mapping(INT, lambda value: 10 if value == 11 else value))


@breaks("update-outcome-refuses-calculation-int-out-of-range")
def wraps_huge_values(request: Request, provider: Provider) -> Response:
    return provider(request.mapping(INT, on_number(lambda value: value % 99 + 1 if abs(value) > 127 else value)))


@breaks("update-outcome-accepts-calculation-int-at-the-limits")
def refuses_the_highest_percent(request: Request, provider: Provider) -> Response:
    return error(400) if request.fields.get(INT) == 99 else provider(request)


@breaks("update-outcome-accepts-calculation-int-at-the-limits")
def counts_from_two(request: Request, provider: Provider) -> Response:
    return error(400) if request.fields.get(INT) == 1 else provider(request)


@breaks("update-outcome-accepts-calculation-int-at-the-limits")
def counts_to_nine(request: Request, provider: Provider) -> Response:
    return provider(request.mapping(INT, lambda value: 9 if value == 10 else value))


@breaks("update-outcome-converts-calculation-int")
def refuses_a_value_that_is_no_integer(request: Request, provider: Provider) -> Response:
    return error(400) if isinstance(request.fields.get(INT), str | float) else provider(request)


@breaks("update-outcome-converts-calculation-int")
def rounds_the_value(request: Request, provider: Provider) -> Response:
    return provider(request.mapping(INT, on_number(round)))


@breaks("update-outcome-converts-calculation-int")
def takes_text_for_no_value(request: Request, provider: Provider) -> Response:
    return provider(request.mapping(INT, on_text(lambda text: None)))
