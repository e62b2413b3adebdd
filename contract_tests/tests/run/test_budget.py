"""A run keeps to its seconds and its failures, and reports the reason where it judges less."""

import math
import time
from types import SimpleNamespace

import pytest

from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.report.results import UNDECIDED, VIOLATES, CheckResult, Results
from canvas_outcomes_contract.run.run import Budget

CONTRACT = Contract(contract_path())
MUSTS = [clause.id for clause in CONTRACT.clauses.values() if clause.level == "MUST"]
FAILED, PASSED = CheckResult("failed"), CheckResult("passed")


def budget(max_time: float | None = None, max_failures: int = 25, workers: int = 1) -> Budget:
    options = SimpleNamespace(max_time=max_time, max_failures=max_failures, effort="quick")
    return Budget(Results(CONTRACT, {}, seed=1), options, workers)


def status(budget: Budget, clause: str) -> tuple[str, str]:
    [result] = [result for judged, result in budget.results.clause_results() if judged.id == clause]
    return result.status, result.detail


def leave_out(budget: Budget, clause: str) -> None:
    with pytest.raises(NotApplicable) as reason:
        budget.begin_check([clause])
    budget.results.add(clause, CheckResult("not_applicable", str(reason.value)))


def test_judges_no_further_clause_once_so_many_have_failed() -> None:
    run = budget(max_failures=2)
    for clause in MUSTS[:2]:
        run.begin_check([clause])
        run.results.add(clause, FAILED)
    run.results.add(MUSTS[2], PASSED)  # by the first of its checks

    leave_out(run, MUSTS[2])

    assert status(run, MUSTS[2]) == ("not_applicable", "So many clauses have failed: --max-failures 2.")
    assert run.results.verdict() == VIOLATES


def test_workers_share_the_failures() -> None:
    run = budget(max_failures=3, workers=2)
    for clause in MUSTS[:2]:
        run.begin_check([clause])
        run.results.add(clause, FAILED)

    leave_out(run, MUSTS[2])

    assert status(run, MUSTS[2]) == ("not_applicable", "So many clauses have failed: --max-failures 3.")


def test_each_reason_for_a_check_that_was_left_out_counts() -> None:
    first, second = budget(max_time=1e-9), budget(max_failures=1)
    second.results.add(MUSTS[0], FAILED)
    second.results.add(MUSTS[1], PASSED)
    leave_out(first, MUSTS[2])
    leave_out(second, MUSTS[1])

    first.results.merge(second.results.found())

    assert status(first, MUSTS[1]) == ("not_applicable", "So many clauses have failed: --max-failures 1.")
    assert status(first, MUSTS[2]) == ("not_applicable", "The time of the run is over: --max-time 1e-09.")


def test_runs_no_further_check_of_a_clause_that_has_failed() -> None:
    run = budget()
    run.results.add(MUSTS[0], FAILED)

    leave_out(run, MUSTS[0])
    run.begin_check(MUSTS[:2])  # judges another clause, too

    assert status(run, MUSTS[0])[0] == "failed"


@pytest.mark.parametrize(("result", "verdict"), [(PASSED, UNDECIDED), (FAILED, VIOLATES)])
def test_a_run_without_time_for_every_check_does_not_conform(result: CheckResult, verdict: str) -> None:
    run = budget(max_time=1e-9)
    run.results.add(MUSTS[0], result)

    leave_out(run, MUSTS[1])

    assert status(run, MUSTS[1]) == ("not_applicable", "The time of the run is over: --max-time 1e-09.")
    assert run.results.verdict() == verdict


@pytest.mark.parametrize(("result", "verdict"), [(PASSED, UNDECIDED), (FAILED, VIOLATES)])
@pytest.mark.parametrize("is_stopped", [True, False])
def test_a_run_that_was_cut_short_reports_the_violations_that_it_saw(
    result: CheckResult, verdict: str, is_stopped: bool
) -> None:
    results = Results(CONTRACT, {}, seed=1)
    results.add(MUSTS[0], result)
    if is_stopped:
        results.stop("The run was interrupted.")
    else:
        results.unfinished.add("The time of the run is over.")

    assert (results.verdict(), results.is_cut_short) == (verdict, True)


def test_sends_no_request_after_the_time_but_those_that_show_a_failure() -> None:
    run = budget(max_time=1e-9)

    with pytest.raises(NotApplicable):
        run.require_time()
    with run.shrink():
        assert run.require_time() == math.inf
    assert run.require_time() == math.inf  # Hypothesis sends the smallest case again


def test_a_run_without_a_limit_has_time() -> None:
    assert budget().require_time() == math.inf


def test_shrinking_has_a_share_of_the_time() -> None:
    run = budget(max_time=8)

    with run.shrink() as first:
        time.sleep(0.1)
    with run.shrink() as second:
        pass

    assert first == pytest.approx(0.5)  # a quarter of a quarter
    assert second < 0.48


def test_a_share_ends_with_the_run() -> None:
    with budget(max_time=1e-9).shrink() as seconds:
        assert seconds == 0
