"""report.html: one page without scripts or addresses from elsewhere."""

from html import escape
from typing import Any

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1b1f24 }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: .3rem .6rem }
tr { border-bottom: 1px solid #d8dee4 } code, pre { font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap }
.passed, .conforms { color: #1a7f37 } .failed, .violates, .error { color: #b42318 }
.deviates, .known_failure { color: #8a5a00 }
.not_applicable, .undecided { color: #57606a } small { color: #57606a }
"""


def page(report: dict[str, Any]) -> str:
    """The report for people."""
    contract = report["contract"]
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(report["target"])}: {report["verdict"]}</title>
<style>{STYLE}</style></head><body>
<h1>{escape(report["target"])}: <span class="{report["verdict"]}">{report["verdict"]}</span></h1>
<p>{escape(report["stopped"])}</p>
<p>Contract {escape(contract["version"])}, sha256 <code>{contract["sha256"]}</code>.
Coverage: {", ".join(f"{kind} {seen}" for kind, seen in report["coverage"].items())}.</p>
{"".join(_operation(report, name) for name in dict.fromkeys(c["operation"] for c in report["clauses"]))}
<h2>The client</h2><table>{"".join(_client_row(check) for check in report["client"])}</table>
</body></html>
"""


def _operation(report: dict[str, Any], operation: str) -> str:
    rows = "".join(_row(clause) for clause in report["clauses"] if clause["operation"] == operation)
    return f"<h2>{operation}</h2><table><tr><th>Status</th><th>Clause</th><th>Found</th></tr>{rows}</table>"


def _row(clause: dict[str, Any]) -> str:
    reproduce = f"<pre>{escape(clause['reproduce'])}</pre>" if clause["reproduce"] else ""
    deviation = f"<br><small>Deviation: {escape(clause['deviation'])}</small>" if clause["deviation"] else ""
    about = f"<code>{clause['id']}</code> · {clause['level']} · {escape(clause['source'])}"
    return (
        f'<tr id="{clause["id"]}"><td class="{clause["status"]}">{clause["status"]}</td>'
        f"<td>{escape(clause['text'])}<br><small>{about}</small>{deviation}</td><td><pre>{escape(clause['detail'])}</pre>{reproduce}</td></tr>"
    )


def _client_row(check: dict[str, Any]) -> str:
    return (
        f'<tr><td class="{check["status"]}">{check["status"]}</td><td>{escape(check["check"])}</td>'
        f"<td><pre>{escape(check['detail'])}</pre></td></tr>"
    )
