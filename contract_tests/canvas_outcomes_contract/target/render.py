"""The text of a target file: what was found, and what to add by hand where nothing was."""

from canvas_outcomes_contract.connection.target import RESOURCES, ROLES, Target
from canvas_outcomes_contract.target.finder import Finder

HEAD = """\
# Written by asking {base_url} what the tokens can see. Read it before you judge with it.
name: {name}
base_url: {base_url}
writes: {writes}  # true judges updates, too: editable_outcome is changed during a run and put back afterwards
tokens:
"""
ROLE_DESCRIPTIONS = {
    "editor": "somebody who may update editable_outcome",
    "reader": "somebody who may read editable_outcome, but not update it",
    "teacher": "a teacher of the course",
    "student": "a student of the course",
    "other_student": "another student of the course",
    "observer": "an observer of the student",
    "outsider": "a user who is tied to neither the course nor its account",
    "expired": "a token that has expired",
    "revoked": "a token that was revoked",
    "unscoped": "a token that is valid, but has the scope of no operation of the contract",
}
RESOURCE_DESCRIPTIONS = {
    "course_outcome": "an outcome of the course. Ask with more --outcomes",
    "account_outcome": "an outcome of an account above the course. Ask with more --outcomes",
    "global_outcome": "an outcome without owner. Ask with more --outcomes",
    "scales_outcome": "an outcome that the editor may change where account level mastery scales are enabled. "
    "Ask with more --outcomes",
    "missing_outcome": "an id that no outcome has",
    "deleted_outcome": "an outcome that was deleted; its answer is that of a missing one",
    "archived_outcome": "an outcome that was archived; its answer is that of a missing one",
    "retired_outcome": "an outcome that was retired; its answer is that of an active one",
    "course": "the course of the teacher. Ask with --courses",
    "student": "the user of STUDENT_TOKEN. Ask with more --students, and with STUDENT_TOKEN or TEACHER_TOKEN",
    "other_student": "the user of OTHER_STUDENT_TOKEN. Ask with more --students, and with that token",
    "aligned_assignment": "an assignment of the student that is aligned. Ask with a student, and with TEACHER_TOKEN",
    "unaligned_assignment": "an assignment of the course that is not aligned. Ask with more --assignments",
    "quiz_assignment": "the assignment of a quiz whose questions are aligned. Ask with a student who has one",
    "foreign_assignment": "an assignment of another course. Ask with that course last in --courses",
    "unpublished_assignment": "an assignment that is aligned but unpublished; its answer is that of one for others",
}


def render(target: Target, finder: Finder, writes: bool) -> str:
    """YAML in which every token is the name of a variable."""
    lines = [HEAD.format(name=target.name, base_url=target.base_url, writes=str(writes).lower()).rstrip()]
    lines += [
        f'  {role}: "${{{role.upper()}_TOKEN}}"  # {ROLE_DESCRIPTIONS[role]}' for role in ROLES if role in target.tokens
    ]
    lines.append("resources:")
    for resource in RESOURCES:
        if resource in finder.found:
            lines.append(f"  {resource}: {finder.found[resource]}{_comment(finder.words[resource])}")
    lines += _missing(target, finder)
    return "\n".join(lines) + "\n"


def _comment(word: str) -> str:
    readable = "".join(character for character in word if character.isprintable()).strip()
    return f"  # {readable}" if readable else ""


def _missing(target: Target, finder: Finder) -> list[str]:
    roles = [role for role in ROLES if role not in target.tokens]
    resources = [resource for resource in RESOURCES if resource not in finder.found]
    if not roles and not resources:
        return []
    return [
        "# Not found. Clauses that need them are reported as not applicable until they are added:",
        *(f'#   tokens.{role}: "${{{role.upper()}_TOKEN}}", {ROLE_DESCRIPTIONS[role]}' for role in roles),
        *(f"#   resources.{resource}: {RESOURCE_DESCRIPTIONS[resource]}" for resource in resources),
    ]
