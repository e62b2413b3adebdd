"""What a check that ended says of its clauses."""

from collections.abc import Sequence

import pytest
from hypothesis.errors import FlakyFailure

from canvas_outcomes_contract.cases.verdicts import Deviates, NotApplicable
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.report.results import CheckResult

SHOWN = 6  # exchanges of a failing example, the last ones


def result_of(error: BaseException | None, recorder: Recorder) -> CheckResult:
    if error is None:
        return CheckResult("passed")
    if isinstance(error, Deviates):
        return CheckResult("deviates", str(error))
    if isinstance(error, NotApplicable | pytest.skip.Exception):
        return CheckResult("not_applicable", str(error))
    detail = recorder.redact("\n".join([_message(error), *getattr(error, "__notes__", [])]))
    shown = recorder.example[-SHOWN:]
    curl = shown[-1].curl if shown else ""
    status = "failed" if _blames_the_provider(error) else "error"
    return CheckResult(status, detail, curl, tuple(exchange.as_messages() for exchange in shown))


def _blames_the_provider(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(map(_blames_the_provider, _parts(error)))
    return isinstance(error, AssertionError | pytest.fail.Exception)


def _message(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        again = ["Sent again, the same requests ended otherwise."] if isinstance(error, FlakyFailure) else []
        return "\n".join([*map(_message, _parts(error)), *again])
    return str(error) if _blames_the_provider(error) else f"{type(error).__name__}: {error}"


def _parts(group: BaseExceptionGroup[BaseException]) -> Sequence[BaseException]:
    """What failed. Of a provider that fails now and then, not what Hypothesis says when it does not fail again."""
    failures = [part for part in group.exceptions if _blames_the_provider(part)]
    return failures if failures and isinstance(group, FlakyFailure) else group.exceptions
