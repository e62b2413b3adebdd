"""Write junit.xml: a case per clause and per check of the client, and an error of a run without a verdict."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from canvas_outcomes_contract.contract.escaping import printable

# Jenkins, GitLab and GitHub show these results as the elements that they know.
ELEMENTS = {
    "failed": "failure",
    "error": "error",
    "known_failure": "skipped",
    "deviates": "skipped",
    "not_applicable": "skipped",
}


def write_junit(path: Path, report: dict[str, Any]) -> None:
    """Write the file."""
    command = report["command"]
    root = ET.Element("testsuites", name=printable(report["target"]))
    clauses = [_case(one["operation"], one["id"], one, command) for one in report["clauses"]]
    suites = [_suite("clauses", clauses, sum(report["seconds"].values()))]
    checks = [(*one["check"].split("::", 1), one) for one in report["client"]]
    if checks:
        suites.append(_suite("client", [_case(module, name, one) for module, name, one in checks]))
    if report["stopped"]:
        suites.append(
            _suite("run", [_case("run", "ends with a verdict", {"status": "error", "detail": report["stopped"]})])
        )
    notes = [note for note in (report["stopped"], *report["notes"]) if note]
    if notes:
        ET.SubElement(suites[0], "system-err").text = printable("\n".join(notes))
    root.extend(suites)
    path.write_bytes(ET.tostring(root, "utf-8", xml_declaration=True))


def _suite(name: str, cases: list[ET.Element], seconds: float | None = None) -> ET.Element:
    counts = {kind: str(sum(case.find(kind) is not None for case in cases)) for kind in ("failure", "error", "skipped")}
    suite = ET.Element(
        "testsuite",
        name=name,
        tests=str(len(cases)),
        failures=counts["failure"],
        errors=counts["error"],
        skipped=counts["skipped"],
    )
    if seconds is not None:
        suite.set("time", f"{seconds:.2f}")
    suite.extend(cases)
    return suite


def _case(group: str, name: str, result: dict[str, Any], command: str = "") -> ET.Element:
    case = ET.Element("testcase", classname=group, name=printable(name))
    if element := ELEMENTS.get(result["status"]):
        detail = printable(result["detail"])
        found = ET.SubElement(case, element, type=result["status"], message=detail.partition("\n")[0])
        if element != "skipped":
            found.text = "\n".join([detail, *_commands(result, command)])
    return case


def _commands(result: dict[str, Any], command: str) -> list[str]:
    if not command:
        return []
    again = ["", "Judge the clause again:", f"{command} --clause {result['id']}"]
    return (
        ["", "Send the last request again:", printable(result["reproduce"]), *again] if result["reproduce"] else again
    )
