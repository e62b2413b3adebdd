"""junit.xml has a case per clause and is valid by the schema of Jenkins' xUnit plugin."""

import re
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canvas_outcomes_contract.report.junit import write_junit
from contract_tests.tests.report.test_console import COMMAND, COMMANDS, CURL, FAILED, report

# The rules of junit-10.xsd of https://github.com/jenkinsci/xunit-plugin for the elements that the suite writes:
# allowed children, required attributes, further attributes. A case has no properties.
RULES: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": ({"testsuite"}, set(), {"name", "time", "tests", "failures", "errors"}),
    "testsuite": (
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
        {"name", "tests", "failures", "errors"},
        {"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
    ),
    "testcase": (
        {"skipped", "error", "failure", "system-out", "system-err"},
        {"name"},
        {"time", "classname", "group"},
    ),
    "skipped": (set(), set(), {"type", "message"}),
    "error": (set(), set(), {"type", "message"}),
    "failure": (set(), set(), {"type", "message"}),
    "system-err": (set(), set(), set()),
}
SECONDS = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?")
WITH_TEXT = {"skipped", "error", "failure", "system-err"}


def violations(root: ET.Element) -> list[str]:
    found = [] if root.tag in ("testsuites", "testsuite") else [f"root {root.tag}"]
    for element in root.iter():
        children, required, further = RULES[element.tag]
        found += [f"{child.tag} in {element.tag}" for child in element if child.tag not in children]
        found += [f"{element.tag} without {name}" for name in required - set(element.attrib)]
        found += [f"{element.tag} with {name}" for name in set(element.attrib) - required - further]
        if element.tag not in WITH_TEXT and (element.text or "").strip():
            found.append(f"text in {element.tag}")
        if element.tag.startswith("testsuite") and not SECONDS.fullmatch(element.get("time", "")):
            found.append(f"time {element.get('time')}")
    return found


def written(folder: Path, report: dict[str, Any]) -> ET.Element:
    write_junit(folder / "junit.xml", report)
    return ET.parse(folder / "junit.xml").getroot()


def test_has_a_case_per_clause_named_by_operation_and_clause(tmp_path: Path) -> None:
    expected = report()
    suites = written(tmp_path, expected).findall("testsuite")
    cases = suites[0].findall("testcase")

    assert [(one.get("classname"), one.get("name")) for one in cases] == [
        (clause["operation"], clause["id"]) for clause in expected["clauses"]
    ]
    assert Counter(child.tag for one in cases for child in one) == {"failure": 1, "skipped": 98}
    assert {name: suites[0].get(name) for name in ("tests", "failures", "errors", "skipped", "time")} == {
        "tests": "100",
        "failures": "1",
        "errors": "0",
        "skipped": "98",
        "time": "0.50",
    }
    assert [(one.get("classname"), one.get("name")) for one in suites[1]] == [("test_errors.py", "test_x")]


def test_a_failure_has_got_wanted_and_the_commands(tmp_path: Path) -> None:
    failure = written(tmp_path, report()).find(".//failure")

    assert failure is not None
    assert failure.get("message") == "id: got 2, wanted 1, where: $.id"
    assert failure.text is not None
    assert failure.text.splitlines() == [
        "id: got 2, wanted 1, where: $.id",
        "",
        "Send the last request again:",
        CURL,
        "",
        "Judge the clause again:",
        f"{COMMAND} --clause {FAILED}",
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.text(st.characters(exclude_categories=())) | st.sampled_from(COMMANDS))
def test_is_valid_by_the_schema_of_jenkins_whatever_a_provider_sends(tmp_path: Path, foreign: str) -> None:
    root = written(tmp_path, report(foreign=foreign))

    assert violations(root) == []
    names = Counter((case.get("classname"), case.get("name")) for case in root.iter("testcase"))
    assert set(names.values()) == {1}


@pytest.mark.parametrize(
    "xml",
    [
        '<testsuite name="a" tests="1" failures="0" errors="0"><testcase name="b" line="1"/></testsuite>',
        '<testsuites><testsuite tests="1" failures="0" errors="0"/></testsuites>',
        '<testsuites><testcase name="b"/></testsuites>',
        '<testsuites time="1 s"/>',
        "<testsuites>text</testsuites>",
    ],
)
def test_the_rules_find_a_violation(xml: str) -> None:
    assert len(violations(ET.fromstring(xml))) == 1
