"""The private parts of Hypothesis, Schemathesis and pytest behave as `run/private_interfaces.py` expects."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import httpx2
import hypothesis
import hypothesis.core
import pytest
import schemathesis
from hypothesis import strategies as st
from hypothesis.internal.conjecture import engine, providers

from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.run import private_interfaces
from canvas_outcomes_contract.run.schema_cases import load_schema
from contract_tests.tests.run.contract_runs import only, requests, run

REPLACED: tuple[tuple[Any, str], ...] = (
    (hypothesis.core, "RepresentationPrinter"),
    (hypothesis.core, "global_force_seed"),
    (providers, "_get_local_constants"),
    (engine, "MAX_SHRINKING_SECONDS"),
    (engine.ConjectureRunner, "shrink_interesting_test_cases"),
)
# Under the profile that Hypothesis loads where the variable CI is set, a seed has no effect.
few = hypothesis.settings(max_examples=5, database=None, derandomize=False)


@pytest.fixture(autouse=True)
def _restored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail if a library lacks a name that the module replaces, and restore it after the test."""
    for owner, name in REPLACED:
        monkeypatch.setattr(owner, name, getattr(owner, name))


def item_of(check: Any) -> Any:
    return SimpleNamespace(obj=check, path=Path("test_a.py"), name="test_b")


def failure_of(check: Any) -> str:
    with pytest.raises(AssertionError) as failure:
        check()
    return "\n".join(failure.value.__notes__)


def test_prints_failing_examples_although_schemathesis_switches_that_off() -> None:
    @few
    @hypothesis.given(st.just("a value to print"))
    def check(value: str) -> None:
        raise AssertionError

    before = failure_of(check)
    private_interfaces.print_failing_examples()
    printed = failure_of(check)
    private_interfaces.hide_failing_examples()
    hidden = failure_of(check)

    assert "a value to print" not in before + hidden
    assert "a value to print" in printed


@pytest.mark.parametrize(("seconds", "cases", "shrunk"), [(0, 1000, False), (60, 1000, True), (60, 3, False)])
def test_limits_the_seconds_and_the_cases_of_shrinking(seconds: float, cases: int, shrunk: bool) -> None:
    drawn: list[list[int]] = []

    @few
    @hypothesis.seed(1)
    @hypothesis.given(st.lists(st.integers(), min_size=5))
    def check(value: list[int]) -> None:
        drawn.append(value)
        assert sum(value) < 100

    private_interfaces.limit_shrinking(lambda: nullcontext(seconds), cases)
    failure_of(check)

    assert (len(drawn) > 30) == shrunk


def test_counts_the_examples_of_a_check() -> None:
    @few
    @hypothesis.given(st.integers())
    def check(value: int) -> None: ...

    assert private_interfaces.number_of_examples(check) == 5


def test_ignores_constants_of_local_files() -> None:
    private_interfaces.ignore_local_constants()

    assert [
        kind for kind in ("integer", "string", "bytes") if providers._get_local_constants().set_for_type(kind)
    ] == []


def drawn(seed: int, own_seed: int | None = None) -> list[int]:
    """The values that a check draws in a session with this seed, with the seed that Schemathesis gave the check."""
    values: list[int] = []
    private_interfaces.force_seed(seed)

    @few
    @hypothesis.given(st.integers(0, 2**60))
    def draw(value: int) -> None:
        values.append(value)

    if own_seed is not None:
        draw = hypothesis.seed(own_seed)(draw)
    private_interfaces.use_seed_of_session(item_of(draw))
    draw()
    return values


def test_forces_a_seed_on_a_run_that_has_begun() -> None:
    assert drawn(1) == drawn(1) != drawn(2)


def test_the_seed_of_the_session_wins_over_that_of_a_check() -> None:
    assert drawn(1, own_seed=3) == drawn(1, own_seed=4) != drawn(2, own_seed=3)


def test_a_seed_sends_the_same_requests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clauses = ("answers-as-documented", "names-every-refused-attribute", "takes-null-ratings-as-not-sent")
    sent = []
    for hash_seed in ("1", "2"):  # decides the order of a set
        monkeypatch.setenv("PYTHONHASHSEED", hash_seed)
        report = tmp_path / hash_seed
        run(*only(*(f"update-outcome-{one}" for one in clauses)), "--effort", "quick", "--seed", "1", report=report)
        sent.append([(one["method"], urlsplit(one["url"])[2:], one.get("postData")) for one in requests(report)])

    assert len(sent[0]) > 500
    assert sent[0] == sent[1]


def test_runs_each_example_in_a_context() -> None:
    events: list[str] = []

    @contextmanager
    def context() -> Iterator[None]:
        events.append("before")
        yield
        events.append("after")

    @few
    @hypothesis.given(st.integers())
    def check(value: int) -> None:
        events.append("example")

    for _ in range(2):  # the second call changes nothing
        private_interfaces.around_each_example(item_of(check), context)
    check()

    assert events == ["before", "example", "after"] * 5


def test_completes_the_node_id_of_a_test_of_schemathesis(request: pytest.FixtureRequest) -> None:
    importlib.import_module(private_interfaces.SCHEMATHESIS_PLUGIN)
    item = pytest.Function.from_parent(request.node.parent, name="test_a[GET /a]", callobj=lambda: None)
    item._id = private_interfaces.coerce_node_id("test_x.py::test_a")  # type: ignore[attr-defined]

    private_interfaces.complete_node_id(item, "group")

    assert item.nodeid == "test_x.py::test_a[GET /a]@group"


def test_a_sequence_fails_by_its_own_error_after_a_response_that_is_not_kept() -> None:
    class Sequences(load_schema(Contract(contract_path())).as_state_machine()):  # type: ignore[misc]
        calls = 0

        def setup(self) -> None:
            self.calls = 0

        def call(self, *_: Any, **__: Any) -> schemathesis.Response:
            self.calls += 1
            assert self.calls < 2, "of the second step"
            response = httpx2.Response(404, request=httpx2.Request("GET", "http://test"))
            response.elapsed = timedelta()
            return schemathesis.Response.from_any(response)

        def validate_response(self, *_: Any, **__: Any) -> None: ...

    private_interfaces.print_steps_by_name(Sequences)

    with pytest.raises(AssertionError, match="of the second step"):
        Sequences.run(settings=hypothesis.settings(few, phases=[hypothesis.Phase.generate], stateful_step_count=3))
