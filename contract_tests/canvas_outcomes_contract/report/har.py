"""Write traffic.har: the recorded requests and responses, within a limit of its size."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from canvas_outcomes_contract.connection.traffic import Exchange

LARGEST_FILE = 10_000_000  # bytes
LARGEST_BODY = 4096  # characters
FULL = "Use --har full to keep everything."


def write_har(path: Path, exchanges: Sequence[Exchange], *, full: bool = False) -> None:
    """Write the exchanges as HAR 1.2: all and whole ones, or with bodies cut, as many as the limit of the file allows.

    Of each kind, such as responses of an operation with status 404, the first exchanges are kept.
    """
    log: dict[str, Any] = {"version": "1.2", "creator": {"name": "canvas-outcomes-contract", "version": "1"}}
    kept = [_encoded(_entry(one, None)) for one in exchanges] if full else _within_limit(exchanges)
    if len(kept) < len(exchanges):
        log["comment"] = f"{len(exchanges) - len(kept)} of {len(exchanges)} exchanges are left out. {FULL}"
    start = _encoded({"log": log | {"entries": []}}).removesuffix(b"]}}")
    path.write_bytes(start + b",\n".join(kept) + b"]}}")


def _within_limit(exchanges: Sequence[Exchange]) -> list[bytes]:
    seen = Counter[tuple[str | None, str, int]]()
    by_rarity: list[tuple[int, int]] = []
    for index, one in enumerate(exchanges):
        kind = (one.operation, one.method, one.status)
        by_rarity.append((seen[kind], index))
        seen[kind] += 1
    kept: dict[int, bytes] = {}
    room = LARGEST_FILE - 1000
    for _, index in sorted(by_rarity):
        entry = _encoded(_entry(exchanges[index], LARGEST_BODY))
        room -= len(entry) + 2
        if room < 0:
            break
        kept[index] = entry
    return [kept[index] for index in sorted(kept)]


def _encoded(value: dict[str, Any]) -> bytes:
    # A lone surrogate becomes an escape, which is valid JSON.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _entry(exchange: Exchange, limit: int | None) -> dict[str, Any]:
    headers = exchange.request_headers
    sent_type = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    location = next((value for name, value in exchange.headers if name.lower() == "location"), "")
    is_encoded = any(name.lower() == "content-encoding" for name, _ in exchange.headers)
    return {
        "startedDateTime": exchange.started.isoformat(),
        "time": exchange.seconds * 1000,
        "request": {
            "method": exchange.method,
            "url": exchange.url,
            "httpVersion": "HTTP/1.1",
            "headers": _pairs(headers.items()),
            "queryString": _pairs(parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)),
            "cookies": [],
            "headersSize": -1,
            "bodySize": exchange.sent_bytes,
            **({"postData": {"mimeType": sent_type} | _text(exchange.request_body, limit)} if exchange.sent else {}),
        },
        "response": {
            "status": exchange.status,
            "statusText": exchange.reason,
            "httpVersion": "HTTP/1.1",
            "headers": _pairs(exchange.headers),
            "cookies": [],
            "content": {"size": exchange.received_bytes, "mimeType": exchange.media_type} | _text(exchange.body, limit),
            "redirectURL": location,
            "headersSize": -1,
            "bodySize": -1 if is_encoded else exchange.received_bytes,  # before it was decoded
        },
        "cache": {},
        "timings": {"send": 0, "wait": exchange.seconds * 1000, "receive": 0},
    }


def _text(body: str, limit: int | None) -> dict[str, str]:
    if limit is None or len(body) <= limit:
        return {"text": body}
    return {"text": body[:limit], "comment": f"The first {limit} of {len(body)} characters. {FULL}"}


def _pairs(items: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in items]
