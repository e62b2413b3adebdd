"""The examples of a check: an example that fails only as live Canvas does is a deviation, and the check continues."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx2

from canvas_outcomes_contract.cases.deviations import Deviations
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.report.results import CheckResult, result_of
from canvas_outcomes_contract.run.clauses import is_broken_by


class Examples:
    """The examples of the check that runs, and the clauses of it from which the provider deviates."""

    def __init__(self, contract: Contract, recorder: Recorder) -> None:
        self.recorder = recorder
        self.deviating: dict[str, CheckResult] = {}  # by clause
        self._deviations = Deviations(contract)
        self._clauses: list[str] = []

    def begin_check(self, clauses: list[str]) -> None:
        self.deviating, self._clauses = {}, clauses
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
        except (AssertionError, BaseExceptionGroup) as error:
            if not self._excuses(error):
                raise

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
