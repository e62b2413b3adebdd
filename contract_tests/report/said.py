"""What a check that ended says of its clauses."""

import pytest

from contract_tests.errors import Deviates, NotApplicable
from contract_tests.report.results import Result
from contract_tests.traffic import Recorder

SHOWN = 6  # exchanges of a failing example, the last ones


def result_of(error: BaseException | None, recorder: Recorder) -> Result:
    if error is None:
        return Result("passed")
    if isinstance(error, Deviates):
        return Result("deviates", str(error))
    if isinstance(error, NotApplicable | pytest.skip.Exception):
        return Result("not_applicable", str(error))
    detail = recorder.redact("\n".join([_message(error), *getattr(error, "__notes__", [])]))
    shown = recorder.example[-SHOWN:]
    curl = shown[-1].curl if shown else ""
    status = "failed" if _blames_the_provider(error) else "error"
    return Result(status, detail, curl, tuple(exchange.as_text() for exchange in shown))


def _blames_the_provider(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(map(_blames_the_provider, error.exceptions))
    return isinstance(error, AssertionError | pytest.fail.Exception)


def _message(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "\n".join(map(_message, error.exceptions))
    return str(error) if _blames_the_provider(error) else f"{type(error).__name__}: {error}"
