"""A check recognizes the exchanges by which the contract describes a deviation, and no others."""

from typing import Any

import httpx2
import hypothesis
import pytest
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from canvas_outcomes_contract.cases.deviations import exchange
from canvas_outcomes_contract.cases.encodings import encode
from canvas_outcomes_contract.cases.responses import assert_status
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.run.clauses import attribute_failures_to
from canvas_outcomes_contract.run.examples import Examples

URL = "https://canvas.example.edu/api/v1/outcomes/1"
DEVIATING, STRICT = "update-outcome-refuses-a-reader", "update-outcome-refuses-a-null-title"
CHALLENGE = {"WWW-Authenticate": "Bearer"}


def response(
    status: int = 200, body: bytes = b"{}", sent: bytes = b"", media_type: str = "application/json", query: str = ""
) -> httpx2.Response:
    request = httpx2.Request("PUT", URL + query, content=sent, headers={"Content-Type": media_type})
    return httpx2.Response(status, content=body, request=request)


@pytest.fixture
def examples() -> Examples:
    return Examples(Contract(contract_path()), Recorder())


@pytest.mark.parametrize("encoding", ["form", "multipart"])
def test_reads_the_parameters_of_a_form_by_their_names(encoding: str) -> None:
    sent, media_type = encode({"title": "A & b", "ratings": [{"points": 5}]}, encoding)

    assert exchange(response(sent=sent, media_type=media_type))["parameters"] == {
        "title": "A & b",
        "ratings[][points]": "5",
    }


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b'{"title": "in the body", "a": 1}', {"title": "in the query", "a": 1}),
        (b'{"a": "\\ud800", "b": [1e999, -Infinity]}', {"a": r"\ud800", "b": ["1e999", "-Infinity"]}),
        (b'["a list"]', {}),
        (b"{", {}),
        (b"[" * 5000, {}),
    ],
)
def test_reads_the_parameters_of_the_query_and_of_json(sent: bytes, expected: dict[str, Any]) -> None:
    parameters = exchange(response(sent=sent, query="?title=in+the+query"))["parameters"]

    assert parameters == {"title": "in the query"} | expected


def test_reads_no_parameters_of_a_form_that_is_not_utf_8() -> None:
    form = response(sent=b"title=%ff", media_type="application/x-www-form-urlencoded")

    assert exchange(form)["parameters"] == {}


def test_excuses_a_failure_that_is_a_deviation(examples: Examples) -> None:
    examples.begin_check([DEVIATING])

    with examples.excused():
        assert_status(response(401), 403)

    assert examples.deviating[DEVIATING].status == "deviates"
    assert "Canvas before 2024" in examples.deviating[DEVIATING].detail
    assert "status=401" in examples.deviating[DEVIATING].detail


def test_forgets_the_deviations_of_the_check_before(examples: Examples) -> None:
    examples.begin_check([DEVIATING])
    with examples.excused():
        assert_status(response(401), 403)

    examples.begin_check([DEVIATING])

    assert examples.deviating == {}


def test_keeps_the_failure_of_an_example_through_a_later_deviation(examples: Examples) -> None:
    examples.begin_check([DEVIATING])
    with pytest.raises(AssertionError) as failed, examples.one():
        assert_status(response(500), 403)

    with examples.one():
        assert_status(response(401), 403)

    assert examples.failure(Flaky("it passed when it was repeated")) is failed.value


@pytest.mark.parametrize("error", [AssertionError("wrong"), TypeError("a list"), ExceptionGroup("", [KeyError("id")])])
def test_keeps_what_a_step_of_a_sequence_raised_once(examples: Examples, error: Exception) -> None:
    examples.begin_check([STRICT])
    errors = iter([error])

    class Steps(RuleBasedStateMachine):
        @rule()
        def step(self) -> None:
            for raised in errors:
                raise raised

        def teardown(self) -> None:
            examples.end_sequence()

    with pytest.raises(Flaky) as flaky:
        run_state_machine_as_test(Steps, settings=hypothesis.settings(database=None))

    assert examples.failure(flaky.value) is error


@pytest.mark.parametrize("status", [200, 404, 500])
@pytest.mark.parametrize("clauses", [[DEVIATING], [DEVIATING, STRICT], []])
def test_does_not_excuse_another_response(examples: Examples, clauses: list[str], status: int) -> None:
    examples.begin_check(clauses)

    with pytest.raises(AssertionError), examples.excused():
        assert_status(response(status), 403)
    assert examples.deviating == {}


@pytest.mark.parametrize("clauses", [[STRICT], [DEVIATING, STRICT]])
def test_does_not_excuse_a_clause_without_a_deviation(examples: Examples, clauses: list[str]) -> None:
    examples.begin_check(clauses)

    with pytest.raises(AssertionError), examples.excused():
        assert_status(response(401), 403)
    assert examples.deviating == {}


def test_does_not_excuse_a_failure_that_is_not_about_a_response(examples: Examples) -> None:
    examples.begin_check([DEVIATING])

    with pytest.raises(AssertionError, match="the title changed"), examples.excused():
        raise AssertionError("the title changed")


def test_excuses_the_failures_of_a_group_that_are_attributed_to_a_clause(examples: Examples) -> None:
    examples.begin_check([DEVIATING, STRICT])

    with examples.excused(), attribute_failures_to("refuses-a-reader", response(401)):
        raise BaseExceptionGroup("failures", [AssertionError("one"), AssertionError("two")])

    assert list(examples.deviating) == [DEVIATING]
