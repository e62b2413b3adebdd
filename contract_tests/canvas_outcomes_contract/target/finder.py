"""Finds the resources that a target names by asking a provider, with its three operations, what its tokens can see."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx

from canvas_outcomes_contract.connection.provider import Provider

MISSING = 999999999


@dataclass
class SearchRange:
    """The ids that a provider is asked for."""

    outcomes: list[int]
    courses: list[int]
    students: list[int]
    assignments: list[int]


@dataclass
class Finder:
    """What was found so far: ids by the name of the resource, each with a word for the reader of the target."""

    provider: Provider
    asked: SearchRange
    found: dict[str, int] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    courses: list[int] = field(default_factory=list)  # the one to judge with, then others

    def find(self) -> dict[str, int]:
        """All resources that can be told from answers."""
        self._find_outcomes(self._shown())
        self._find_missing()
        if "course" in self.found:
            self._find_students(self.found["course"])
            self._find_assignments(self.found["course"])
        return self.found

    def _name(self, resource: str, ids: Iterable[int], word: str = "") -> None:
        """Name the first of the ids, if there is one."""
        for id in ids:
            self.found[resource] = id
            self.words[resource] = word
            return

    def _may(self, role: str) -> bool:
        return role in self.provider.target.tokens

    # Outcomes

    def _shown(self) -> list[dict[str, Any]]:
        answers = (self.provider.get_outcome(id) for id in self.asked.outcomes)
        return [outcome for answer in answers if (outcome := _json(answer, dict))]

    def _find_outcomes(self, shown: list[dict[str, Any]]) -> None:
        self._find_editable(shown)
        in_courses = [one for one in shown if one.get("context_type") == "Course"]
        courses = self.asked.courses or list(dict.fromkeys(one["context_id"] for one in in_courses))
        if "editable_outcome" in self.found:
            editable = next(one for one in shown if one["id"] == self.found["editable_outcome"])
            own = editable["context_id"] if editable.get("context_type") == "Course" else None
            courses = sorted(courses, key=lambda course: course != own)
        self.courses = courses
        self._name("course", courses)
        course, taken = self.found.get("course"), self.found.get("editable_outcome")
        of_course = [one for one in in_courses if one["context_id"] == course and one["id"] != taken]
        self._name_outcome("course_outcome", of_course)
        in_accounts = [one for one in shown if one.get("context_type") == "Account" and "ratings" in one]
        self._name_outcome("account_outcome", in_accounts)
        self._name_outcome("global_outcome", [one for one in shown if one.get("context_id", 0) is None])
        scaled = [one for one in shown if "ratings" not in one and one.get("can_edit")]
        self._name("scales_outcome", (one["id"] for one in scaled), _title(scaled))

    def _find_editable(self, shown: list[dict[str, Any]]) -> None:
        """An outcome of a course before others: fewer people use it, and it names the course of the checks."""
        editable = [one for one in shown if one.get("can_edit") and "ratings" in one]
        editable.sort(key=lambda one: one.get("context_type") != "Course")
        self._name("editable_outcome", (one["id"] for one in editable), _title(editable))

    def _name_outcome(self, resource: str, outcomes: list[dict[str, Any]]) -> None:
        """The first that the student is shown, too: the checks ask with that token as well."""
        for_all = [one for one in outcomes if not self._may("student") or self._is_shown_to_student(one["id"])]
        self._name(resource, (one["id"] for one in for_all), _title(for_all))

    def _is_shown_to_student(self, id: int) -> bool:
        return self.provider.get_outcome(id, role="student").status_code == 200

    def _find_missing(self) -> None:
        if self.provider.get_outcome(MISSING).status_code == 404:
            self._name("missing_outcome", [MISSING])

    # Students and assignments

    def _rows(self, course: int, role: str, **params: int) -> list[dict[str, Any]] | None:
        """Alignments, or None where the role is shown none."""
        rows: list[dict[str, Any]] | None = _json(
            self.provider.list_outcome_alignments(course, role=role, **params), list
        )
        return rows

    def _find_students(self, course: int) -> None:
        """A token of a student tells who they are: nobody else's alignments are shown to it."""
        for role in ("student", "other_student"):
            if self._may(role):
                self._name(role, self._students(course, role, lambda rows: rows is not None))
        if "student" not in self.found and self._may("teacher"):
            self._name("student", self._students(course, "teacher", bool))

    def _students(self, course: int, role: str, fits: Callable[[Any], bool]) -> Iterable[int]:
        return (id for id in self.asked.students if fits(self._rows(course, role, student_id=id)))

    def _find_assignments(self, course: int) -> None:
        if not self._may("teacher"):
            return
        rows: list[dict[str, Any]] = []
        if "student" in self.found:
            rows = self._rows(course, "teacher", student_id=self.found["student"]) or []
        quizzes = [row for row in rows if row.get("submission_types") == "online_quiz"]
        of_quizzes = {row["assignment_id"] for row in quizzes}
        named = [row for row in rows if row.get("assignment_id") is not None]
        direct = [row for row in named if row["assignment_id"] not in of_quizzes]
        self._name("aligned_assignment", (row["assignment_id"] for row in direct), _title(direct))
        self._name("quiz_assignment", (row["assignment_id"] for row in quizzes), _title(quizzes))
        taken = {row["assignment_id"] for row in named}
        unknown = [id for id in self.asked.assignments if id not in taken]
        answers = ((id, self._rows(course, "teacher", assignment_id=id)) for id in unknown)
        elsewhere: list[int] = []
        for id, listed in answers:
            if listed == [] and "unaligned_assignment" not in self.found:
                self._name("unaligned_assignment", [id])
            elif listed is None:
                elsewhere.append(id)
        self._find_foreign(course, elsewhere)

    def _find_foreign(self, course: int, elsewhere: list[int]) -> None:
        """An assignment that the course does not know, but another course does."""
        others = [id for id in self.courses if id != course]
        pairs = ((other, id) for other in others for id in elsewhere)
        self._name("foreign_assignment", (id for other, id in pairs if self._is_assignment(other, id)))

    def _is_assignment(self, course: int, id: int) -> bool:
        roles = [role for role in ("teacher", "editor") if self._may(role)]
        return any(self._rows(course, role, assignment_id=id) is not None for role in roles)


def _json(answer: httpx.Response, kind: type) -> Any:
    """The JSON of a successful answer of a kind, else None."""
    if answer.status_code != 200:
        return None
    try:
        value = answer.json()
    except ValueError:
        return None
    return value if isinstance(value, kind) else None


def _title(found: list[dict[str, Any]]) -> str:
    return str(found[0].get("title", "")) if found else ""
