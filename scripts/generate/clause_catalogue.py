"""The clauses of a contract as a document: every sentence with its level, its source and what live Canvas does."""

from collections.abc import Iterator

from canvas_outcomes_contract.contract.document import Clause, Contract, Operation

HEADING = """\
<!-- Written by `tox -e regenerate` from openapi.yaml. Edit that, never this file. -->
# The clauses

What a schema cannot say, openapi.yaml says in clauses: one sentence with one MUST or SHOULD. The suite has a check for
each, and a mutant that the check catches. {clauses} clauses, {musts} of them MUST; live Canvas is known to differ from
{deviations}. A server that differs in the same way is reported as such, and conforms.
"""


def catalogue(contract: Contract) -> str:
    """The whole document, in Markdown."""
    clauses = contract.clauses.values()
    counts = {
        "clauses": len(clauses),
        "musts": sum(clause.level == "MUST" for clause in clauses),
        "deviations": sum(clause.deviation is not None for clause in clauses),
    }
    parts = [HEADING.format(**counts), *(section(contract, one) for one in contract.operations.values())]
    return "\n".join(parts)


def section(contract: Contract, operation: Operation) -> str:
    rows = [row(clause) for clause in contract.clauses.values() if clause.operation == operation.id]
    title = f"## {operation.id}\n\n`{operation.method} {operation.path}`: {operation.definition.get('summary', '')}\n"
    return "\n".join([title, "| Clause | It says | Source | Live Canvas |", "|---|---|---|---|", *rows, ""])


def row(clause: Clause) -> str:
    return f"| {' | '.join(cells(clause))} |"


def cells(clause: Clause) -> Iterator[str]:
    yield f"`{clause.id}`"
    yield in_a_cell(clause.text).replace(clause.level, f"**{clause.level}**")
    yield in_a_cell(clause.source)
    yield in_a_cell(clause.deviation or "")


def in_a_cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
