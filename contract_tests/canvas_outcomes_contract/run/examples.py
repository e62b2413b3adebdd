"""The examples of a check, and whether the provider is to blame for one that fails.

An example that fails only as live Canvas does is a deviation, and the check continues. An error of a check that met a
value of a wrong type is a failure, and the response that violates its schema is to blame for it. A failure counts even
if the same requests pass when they are sent again.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property

import httpx2
from hypothesis.errors import Flaky, HypothesisException

from canvas_outcomes_contract.cases.deviations import Deviations
from canvas_outcomes_contract.cases.response_schemas import ResponseSchemas
from canvas_outcomes_contract.connection.traffic import Exchange, Recorder
from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.report.results import CheckResult, result_of
from canvas_outcomes_contract.run.clauses import is_broken_by

REPEATED = "The same requests, sent again, had another result."
OF_TYPES = (AttributeError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError)


class Examples:
    """The examples of the check that runs, and the clauses of it from which the provider deviates."""

    def __init__(self, contract: Contract, recorder: Recorder) -> None:
        self.contract, self.recorder = contract, recorder
        self.deviating: dict[str, CheckResult] = {}  # by clause
        self._last_failure: tuple[BaseException, list[Exchange]] | None = None
        self._deviations = Deviations(contract)
        self._clauses: list[str] = []

    def begin_check(self, clauses: list[str]) -> None:
        self.deviating, self._clauses, self._last_failure = {}, clauses, None
        self.recorder.begin_example()

    @contextmanager
    def one(self) -> Iterator[None]:
        """One example of a check that draws several."""
        self.recorder.begin_example()
        with self.excused():
            yield

    @contextmanager
    def excused(self) -> Iterator[None]:
        """End the block, without a failure, where the provider fails only as live Canvas does."""
        try:
            yield
        except (Exception, BaseExceptionGroup) as error:
            if self._excuses(error):
                return
            self._keep_failure(error)
            raise

    def end_sequence(self) -> None:
        """Keep what a step of a state machine raises. To be called by its `teardown`."""
        if isinstance(error := sys.exc_info()[1], Exception | BaseExceptionGroup):
            self._keep_failure(error)

    def _keep_failure(self, error: BaseException) -> None:
        """Keep the error of an example, for the case that the example passes when it is repeated."""
        if not isinstance(error, HypothesisException):
            self._last_failure = error, self.recorder.example

    def failure(self, error: BaseException | None) -> BaseException | None:
        """The error of the last failed example instead of the report that it passed when it was repeated."""
        if not isinstance(error, Flaky) or self._last_failure is None:
            return error
        failure, self.recorder.example = self._last_failure
        failure.add_note(REPEATED)
        return failure

    def _excuses(self, error: BaseException) -> bool:
        response: httpx2.Response | None = getattr(error, "response", None)
        broken = [clause for clause in self._clauses if is_broken_by(clause, error)]
        if response is None or not broken or not all(self._deviations.has(clause, response) for clause in broken):
            return False
        result = result_of(error, self.recorder)
        for clause in broken:
            detail = f"{self._deviations.texts[clause]}\n{result.detail}"
            self.deviating.setdefault(clause, replace(result, status="deviates", detail=detail))
        return True

    def blame_response(self, error: BaseException | None, result: CheckResult) -> CheckResult:
        """A failure instead of an error of types, if a response of the current example violates its schema."""
        violation = _wrong_response(self._schemas, self.recorder.example) if _is_of_types(error) else ""
        return replace(result, status="failed", detail=f"{violation}\n{result.detail}") if violation else result

    @cached_property
    def _schemas(self) -> ResponseSchemas:
        return ResponseSchemas(self.contract, mask=None)


def _is_of_types(error: BaseException | None) -> bool:
    """Whether an error, or each one of a group, is one that Python raises for a value of a wrong type."""
    if isinstance(error, BaseExceptionGroup):
        return all(_is_of_types(part) or isinstance(part, AssertionError) for part in error.exceptions)
    return isinstance(error, OF_TYPES)


def _wrong_response(schemas: ResponseSchemas, exchanges: Iterable[Exchange]) -> str:
    """How the last response that violates its schema does so; empty if none does."""
    for exchange in reversed(list(exchanges)):
        operation = schemas.contract.operations.get(exchange.operation or "")
        headers = {"Content-Type": exchange.media_type}
        response = httpx2.Response(exchange.status, headers=headers, content=exchange.body.encode())
        if operation is not None and (violation := schemas.violation(operation, response)):
            return f"{exchange.method} {exchange.url} returned {violation}"
    return ""
