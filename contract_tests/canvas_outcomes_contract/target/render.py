"""Render a target file from the resources that were found."""

from canvas_outcomes_contract.connection.target import Target
from canvas_outcomes_contract.connection.target_file import RESOURCES, SCHEMA
from canvas_outcomes_contract.contract.judging import ROLES
from canvas_outcomes_contract.target.finder import Finder

HEAD = """\
# yaml-language-server: $schema={schema}
# Found at {base_url} with the given tokens. Check each resource before you judge the server with it.
name: {name}
base_url: {base_url}
writes: {writes}  # true also judges updates: a run changes editable_outcome and restores it
tokens:
"""
# How to find a resource that is missing; there is no way to find the others from responses.
ADVICE = {
    "course_outcome": "Search more --outcomes.",
    "account_outcome": "Search more --outcomes.",
    "global_outcome": "Search more --outcomes.",
    "scales_outcome": "Search more --outcomes.",
    "course": "Name it with --courses.",
    "student": "Search more --students, and set STUDENT_TOKEN or TEACHER_TOKEN.",
    "other_student": "Search more --students, and set OTHER_STUDENT_TOKEN.",
    "aligned_assignment": "Find a student first, and set TEACHER_TOKEN.",
    "unaligned_assignment": "Search more --assignments.",
    "quiz_assignment": "Find a student first who has one.",
    "foreign_assignment": "Name that course last in --courses.",
}


def render(target: Target, finder: Finder, writes: bool) -> str:
    """The target file as YAML, with the names of environment variables instead of tokens."""
    head = HEAD.format(
        schema=SCHEMA.as_uri(), name=target.name, base_url=target.base_url, writes=str(writes).lower()
    ).rstrip()
    tokens = [f"  {_token(role)}  # {text}" for role, text in ROLES.items() if role in target.tokens]
    resources = [
        f"  {resource}: {finder.found[resource]}{_comment(finder.titles[resource])}"
        for resource in RESOURCES
        if resource in finder.found
    ]
    return "\n".join([head, *tokens, "resources:", *resources, *_missing(target, finder)]) + "\n"


def _token(role: str) -> str:
    return f'{role}: "${{{role.upper()}_TOKEN}}"'


def _comment(title: str) -> str:
    readable = "".join(character for character in title if character.isprintable()).strip()
    return f"  # {readable}" if readable else ""


def _missing(target: Target, finder: Finder) -> list[str]:
    tokens = [f"#   tokens.{_token(role)}, {text}" for role, text in ROLES.items() if role not in target.tokens]
    resources = [
        f"#   resources.{name}: {text}. {ADVICE.get(name, '')}".rstrip()
        for name, text in RESOURCES.items()
        if name not in finder.found
    ]
    missing = tokens + resources
    head = "# Not found. Clauses that need these are reported as not applicable until you add them:"
    return [head, *missing] if missing else []
