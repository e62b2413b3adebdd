"""The benchmark of the server measures every operation, and reports each ratio that exceeds its limit."""

import pytest

from scripts.bench.__main__ import main
from scripts.bench.server import CONSTANT, FEW, MANY, OPERATIONS, ratios
from scripts.bench.server_load import Measured

GET = OPERATIONS[0]


def test_every_operation_is_measured_against_a_constant_and_with_many_records(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["--only", "server", "--courses", "2", "--starts", "1", "--rounds", "1", "--requests", "40"])

    output = capsys.readouterr().out
    lines = [(operation.name, of) for operation in OPERATIONS for of in (CONSTANT, FEW, MANY)]
    assert [(name, of) for name, of in lines if f"{name:26}{of:16}" not in output] == []
    assert code == int("beyond its limit" in output)


@pytest.mark.parametrize(
    ("few", "many", "within"),
    [
        (Measured(10, [0.1] * 600), Measured(10, [0.13] * 600), [True, True]),
        (Measured(10, [0.1] * 590), Measured(10, [0.13] * 590), [False, True]),
        (Measured(10, [0.1] * 600), Measured(10, [0.131] * 600), [True, False]),
    ],
)
def test_a_ratio_is_compared_with_its_limit(few: Measured, many: Measured, within: list[bool]) -> None:
    measured = {(GET, CONSTANT): [Measured(10, [0.1] * 1000)], (GET, FEW): [few], (GET, MANY): [many]}

    assert [ratio.is_within for ratio in ratios(GET, measured)] == within


def test_arguments_without_a_benchmark_are_rejected() -> None:
    with pytest.raises(SystemExit) as exited:
        main(["--rounds", "1"])

    assert exited.value.code == 2
