"""The shards of a run judge every clause once, and their reports merge into that of the whole run."""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract_tests.embedded import reference_server
from contract_tests.mutants.faulty_server import faulty_server
from contract_tests.mutants.provider.get_outcome import names_owners_in_lower_case
from contract_tests.report.merge import main, merged
from contract_tests.run import EMBEDDED
from contract_tests.shards import Shard, shard

ROOT = Path(__file__).resolve().parents[2]
CLAUSES = (
    "get-outcome-names-a-course-as-owner",
    "get-outcome-names-the-owner-or-none",
    "get-outcome-shows-the-requested-outcome",
    "update-outcome-refuses-a-null-title",
)
GROUPS = [("a",), ("b", "c"), ("c", "d"), ("e",), ("a",), ("f",)]


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_shards_share_all_names_and_none_twice(count: int) -> None:
    parts = [Shard(number, count).part_of(GROUPS) for number in range(1, count + 1)]

    assert sorted(name for part in parts for name in part) == sorted("abcdef")
    assert any({"b", "c", "d"} <= part for part in parts), f"names of one group were parted: {parts}"


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "/", "a/b", "-1/2", ""])
def test_a_shard_is_one_of_so_many(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not K/N"):
        shard(text)


def run_shard(target: Path, number: int, folder: Path) -> int:
    command = [sys.executable, "-m", "pytest", "contract_tests/provider", "-q", "-p", "no:cacheprovider"]
    asked = [argument for clause in CLAUSES for argument in ("--clause", clause)]
    part = ["--target", str(target), "--shard", f"{number}/2", "--report", str(folder / str(number))]
    return subprocess.run([*command, *asked, *part], cwd=ROOT, capture_output=True, timeout=120, check=False).returncode


def read(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report


def judged(report: dict[str, Any]) -> dict[str, str]:
    return {c["id"]: c["status"] for c in report["clauses"] if c["status"] != "not_applicable"}


def test_two_shards_merge_into_the_verdict_of_the_whole(tmp_path: Path) -> None:
    with reference_server() as right, faulty_server(names_owners_in_lower_case, right) as faulty:
        target = tmp_path / "target.yaml"
        target.write_text(yaml.safe_dump(yaml.safe_load(EMBEDDED.read_text()) | {"base_url": faulty.base_url}))
        codes = [run_shard(target, number, tmp_path) for number in (1, 2)]

    whole = main([str(tmp_path / "1"), str(tmp_path / "2"), "--report", str(tmp_path / "whole")])

    first, second = (judged(read(tmp_path / number)) for number in ("1", "2"))
    assert (sorted(codes), whole) == ([0, 1], 1)
    assert first.keys() & second.keys() == set()
    assert judged(read(tmp_path / "whole")) == dict.fromkeys(CLAUSES, "passed") | {CLAUSES[0]: "failed"}
    entries = [len(json.loads((tmp_path / name / "traffic.har").read_text())["log"]["entries"]) for name in ("1", "2")]
    assert read(tmp_path / "whole")["cases"]["requests"] == sum(entries)


def report_of(shard: str, **changes: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = {"clauses": [], "client": [], "stopped": "", "notes": [], "seconds": {}, "cases": {}}
    return nothing | {"target": "a", "contract": {}, "coverage": {}, "not_covered": {}, "shard": shard} | changes


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([report_of("1/2")], "each shard of one run is needed once, got 1/2"),
        ([report_of("1/2"), report_of("1/2")], "got 1/2, 1/2"),
        ([report_of("1/2"), report_of("2/3")], "got 1/2, 2/3"),
        ([report_of("")], "each shard of one run"),
        ([report_of("1/2"), report_of("2/2", target="b")], "they differ in target"),
    ],
)
def test_merges_all_shards_of_one_run_and_nothing_else(parts: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(Exception, match=said):
        merged(parts)


def test_cannot_merge_a_report_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "Name the report folders of all shards" in capsys.readouterr().err
