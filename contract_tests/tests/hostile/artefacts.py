"""The four files of a report, each judged by its public definition: JSON, HTML, JUnit of Jenkins, HAR 1.2."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs

from contract_tests.tests.report import test_junit

FILES = ("report.json", "report.html", "junit.xml", "traffic.har")
VOID = ("meta", "link", "br", "hr", "img", "input", "col", "wbr")


def _record(**members: Any) -> dict[str, Any]:
    """The schema of an object; members whose name ends in an underscore may be left out."""
    names = {name.removesuffix("_"): schema for name, schema in members.items()}
    required = [name for name in members if not name.endswith("_")]
    return {"type": "object", "properties": names, "required": required, "additionalProperties": False}


def _list(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


STRING, INTEGER, TIME = {"type": "string"}, {"type": "integer", "minimum": -1}, {"type": "number", "minimum": 0}
PAIRS = _list(_record(name=STRING, value=STRING, comment_=STRING))
SIZES = {"headersSize": INTEGER, "bodySize": INTEGER, "comment_": STRING}
REQUEST = _record(
    method=STRING,
    url={"type": "string", "format": "uri"},
    httpVersion=STRING,
    cookies=PAIRS,
    headers=PAIRS,
    queryString=PAIRS,
    postData_=_record(mimeType=STRING, text_=STRING, params_=PAIRS, comment_=STRING),
    **SIZES,
)
RESPONSE = _record(
    status=INTEGER,
    statusText=STRING,
    httpVersion=STRING,
    cookies=PAIRS,
    headers=PAIRS,
    content=_record(size=INTEGER, mimeType=STRING, text_=STRING, encoding_=STRING, comment_=STRING),
    redirectURL=STRING,
    **SIZES,
)
ENTRY = _record(
    startedDateTime={"type": "string", "format": "date-time"},
    time=TIME,
    request=REQUEST,
    response=RESPONSE,
    cache={"type": "object"},
    timings=_record(send=TIME, wait=TIME, receive=TIME),
    comment_=STRING,
)
CREATOR = _record(name=STRING, version=STRING, comment_=STRING)
# http://www.softwareishard.com/blog/har-12-spec/, read in February 2026.
HAR = jsonschema_rs.validator_for(
    _record(log=_record(version={"const": "1.2"}, creator=CREATOR, entries=_list(ENTRY), comment_=STRING)),
    validate_formats=True,
)
STATUSES = ["passed", "failed", "deviates", "not_applicable", "known_failure", "error"]
CLAUSE = {"id": STRING, "text": STRING, "status": {"enum": STATUSES}, "detail": STRING, "reproduce": STRING}
REPORT = jsonschema_rs.validator_for(
    {
        "type": "object",
        "required": ["target", "contract", "verdict", "clauses", "client", "coverage"],
        "properties": {
            "verdict": {"enum": ["conforms", "violates", "undecided"]},
            "clauses": _list({"type": "object", "required": list(CLAUSE), "properties": CLAUSE}),
        },
    }
)


class _Page(HTMLParser):
    """Finds elements that are not closed, or not by their own tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.problems: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.problems += [f"<{tag} {name}>" for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}>")


def problems_of(folder: Path) -> list[str]:
    """The defects of the files of a report."""
    missing = [name for name in FILES if not (folder / name).exists()]
    if missing:
        return [f"no {name}" for name in missing]
    page = _Page()
    page.feed((folder / "report.html").read_text(encoding="utf-8"))
    page.close()
    return [
        *(f"report.json: {error.message[:300]}" for error in REPORT.iter_errors(_strict(folder / "report.json"))),
        *(f"traffic.har: {error.message[:300]}" for error in HAR.iter_errors(_strict(folder / "traffic.har"))),
        *(f"junit.xml: {problem}" for problem in test_junit.violations(ET.parse(folder / "junit.xml").getroot())),
        *(f"report.html: {problem}" for problem in [*page.problems, *(f"<{tag}> is open" for tag in page.open)]),
    ]


def _strict(path: Path) -> Any:
    def refuse(constant: str) -> None:
        raise ValueError(f"{path.name} has {constant}")

    return json.loads(path.read_bytes(), parse_constant=refuse)
