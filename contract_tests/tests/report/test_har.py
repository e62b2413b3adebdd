"""traffic.har is a HAR of limited size: bodies are cut, and of each kind of exchange some are kept."""

import json
from pathlib import Path
from typing import Any

import httpx2

from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.report import har
from canvas_outcomes_contract.report.har import write_har


def recorded(*bodies: bytes, status: int = 200) -> Recorder:
    recorder = Recorder()
    for body in bodies:
        request = httpx2.Request(
            "PUT", "https://canvas.example.edu/?a=1", content=body, headers={"content-type": "a/b"}
        )
        response = httpx2.Response(
            status, content=body, request=request, headers={"Location": "/b"}, extensions={"reason_phrase": b"Fine"}
        )
        recorder.add(response, 0.1, "update_outcome", "editor")
    return recorder


def written(path: Path, recorder: Recorder, *, full: bool = False) -> dict[str, Any]:
    write_har(path / "traffic.har", recorder.exchanges, full=full)
    log: dict[str, Any] = json.loads((path / "traffic.har").read_bytes())["log"]
    return log


def test_sizes_are_bytes(tmp_path: Path) -> None:
    [entry] = written(tmp_path, recorded("é\U0001f9ea".encode()))["entries"]

    assert (entry["request"]["bodySize"], entry["response"]["bodySize"]) == (6, 6)
    assert entry["response"]["content"] == {"size": 6, "mimeType": "", "text": "é\U0001f9ea"}
    assert (entry["response"]["statusText"], entry["response"]["redirectURL"]) == ("Fine", "/b")


def test_cuts_large_bodies_with_a_comment(tmp_path: Path) -> None:
    recorder = recorded(b"x" * (har.LARGEST_BODY + 1), b"x" * har.LARGEST_BODY)

    cut, whole = written(tmp_path, recorder)["entries"]
    full, _ = written(tmp_path, recorder, full=True)["entries"]

    for part in (cut["request"]["postData"], cut["response"]["content"]):
        assert (len(part["text"]), part["comment"]) == (
            4096,
            "The first 4096 of 4097 characters. Use --har full to keep everything.",
        )
    assert "comment" not in whole["response"]["content"]
    assert (len(full["request"]["postData"]["text"]), len(full["response"]["content"]["text"])) == (4097, 4097)


def test_keeps_exchanges_of_each_kind_within_the_limit(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(har, "LARGEST_FILE", 10_000)
    recorder = recorded(*(b"%03d" % number for number in range(50)))
    recorder.exchanges += recorded(b"failed", status=500).exchanges + recorded(b"last").exchanges

    log = written(tmp_path, recorder)

    kept = [entry["response"]["content"]["text"] for entry in log["entries"]]
    assert kept == [*(f"{number:03}" for number in range(len(kept) - 1)), "failed"]
    assert 5 < len(kept) < 50
    assert log["comment"] == f"{52 - len(kept)} of 52 exchanges are left out. Use --har full to keep everything."
    assert (tmp_path / "traffic.har").stat().st_size <= har.LARGEST_FILE
    assert len(written(tmp_path, recorder, full=True)["entries"]) == 52


def test_writes_a_lone_surrogate_as_an_escape(tmp_path: Path) -> None:
    recorder = recorded(b"")
    recorder.exchanges[0].headers.append(("X-Surrogate", "\ud800"))

    [entry] = written(tmp_path, recorder)["entries"]

    assert entry["response"]["headers"][-1] == {"name": "X-Surrogate", "value": "\ud800"}
