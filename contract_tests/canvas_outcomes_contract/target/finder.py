"""Find the resources of a target with the operations of the contract and the given tokens."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from canvas_outcomes_contract.connection.provider import Provider

MISSING = 999999999


@dataclass
class SearchRange:
    """The ids to try."""

    outcomes: list[int]
    courses: list[int]
    students: list[int]
    assignments: list[int]


@dataclass
class Finder:
    """The ids that were found so far, by the name of the resource, with the title of each."""

    provider: Provider
    search: SearchRange
    found: dict[str, int] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    courses: list[int] = field(default_factory=list)  # the course of the checks first, then others

    def find(self) -> dict[str, int]:
        """Find all resources that responses can identify."""
        self._find_outcomes(self._readable_outcomes())
        if self.provider.get_outcome(MISSING).status_code == 404:
            self._add("missing_outcome", [MISSING])
        if "course" in self.found:
            self._find_students(self.found["course"])
            self._find_assignments(self.found["course"])
        return self.found

    def _add(self, resource: str, ids: Iterable[int], title: str = "") -> None:
        """Take the first of the ids, if there is one."""
        for id in ids:
            self.found[resource] = id
            self.titles[resource] = title
            return

    def _has_token(self, role: str) -> bool:
        return role in self.provider.target.tokens

    # Outcomes

    def _readable_outcomes(self) -> list[dict[str, Any]]:
        responses = (self.provider.get_outcome(id) for id in self.search.outcomes)
        return [outcome for response in responses if (outcome := _json(response, dict))]

    def _find_outcomes(self, outcomes: list[dict[str, Any]]) -> None:
        self._find_editable(outcomes)
        in_courses = [one for one in outcomes if one.get("context_type") == "Course"]
        courses = self.search.courses or list(dict.fromkeys(one["context_id"] for one in in_courses))
        editable_id = self.found.get("editable_outcome")
        own = next((one["context_id"] for one in in_courses if one["id"] == editable_id), None)
        self.courses = sorted(courses, key=lambda course: course != own)
        self._add("course", self.courses)
        course = self.found.get("course")
        of_course = [one for one in in_courses if one["context_id"] == course and one["id"] != editable_id]
        self._add_outcome("course_outcome", of_course)
        in_accounts = [one for one in outcomes if one.get("context_type") == "Account" and "ratings" in one]
        self._add_outcome("account_outcome", in_accounts)
        self._add_outcome("global_outcome", [one for one in outcomes if one.get("context_id", 0) is None])
        scaled = [one for one in outcomes if "ratings" not in one and one.get("can_edit")]
        self._add("scales_outcome", (one["id"] for one in scaled), _title(scaled))

    def _find_editable(self, outcomes: list[dict[str, Any]]) -> None:
        """Prefer an outcome of a course: fewer people use it, and its course becomes that of the checks."""
        editable = [one for one in outcomes if one.get("can_edit") and "ratings" in one]
        editable.sort(key=lambda one: one.get("context_type") != "Course")
        self._add("editable_outcome", (one["id"] for one in editable), _title(editable))

    def _add_outcome(self, resource: str, outcomes: list[dict[str, Any]]) -> None:
        """Take the first outcome that the student may read: the checks read it with that token, too."""
        for_all = [one for one in outcomes if not self._has_token("student") or self._student_may_read(one["id"])]
        self._add(resource, (one["id"] for one in for_all), _title(for_all))

    def _student_may_read(self, id: int) -> bool:
        return self.provider.get_outcome(id, role="student").status_code == 200

    # Students and assignments

    def _alignments(self, course: int, role: str, **params: int) -> list[dict[str, Any]] | None:
        """The alignments, or None if the role may not read them."""
        rows: list[dict[str, Any]] | None = _json(
            self.provider.list_outcome_alignments(course, role=role, **params), list
        )
        return rows

    def _find_students(self, course: int) -> None:
        """Find the users of the students' tokens: a student may read only their own alignments."""
        for role in ("student", "other_student"):
            if self._has_token(role):
                self._add(role, self._students(course, role, lambda rows: rows is not None))
        if "student" not in self.found and self._has_token("teacher"):
            self._add("student", self._students(course, "teacher", bool))

    def _students(self, course: int, role: str, matches: Callable[[Any], bool]) -> Iterable[int]:
        return (id for id in self.search.students if matches(self._alignments(course, role, student_id=id)))

    def _find_assignments(self, course: int) -> None:
        if not self._has_token("teacher"):
            return
        rows: list[dict[str, Any]] = []
        if "student" in self.found:
            rows = self._alignments(course, "teacher", student_id=self.found["student"]) or []
        quizzes = [row for row in rows if row.get("submission_types") == "online_quiz"]
        of_quizzes = {row["assignment_id"] for row in quizzes}
        aligned = [row for row in rows if row.get("assignment_id") is not None]
        direct = [row for row in aligned if row["assignment_id"] not in of_quizzes]
        self._add("aligned_assignment", (row["assignment_id"] for row in direct), _title(direct))
        self._add("quiz_assignment", (row["assignment_id"] for row in quizzes), _title(quizzes))
        aligned_ids = {row["assignment_id"] for row in aligned}
        unknown = [id for id in self.search.assignments if id not in aligned_ids]
        elsewhere: list[int] = []
        for id in unknown:
            listed = self._alignments(course, "teacher", assignment_id=id)
            if listed == [] and "unaligned_assignment" not in self.found:
                self._add("unaligned_assignment", [id])
            elif listed is None:
                elsewhere.append(id)
        self._find_foreign(course, elsewhere)

    def _find_foreign(self, course: int, elsewhere: list[int]) -> None:
        """Find an assignment that exists in another course only."""
        others = [id for id in self.courses if id != course]
        pairs = ((other, id) for other in others for id in elsewhere)
        self._add("foreign_assignment", (id for other, id in pairs if self._is_assignment(other, id)))

    def _is_assignment(self, course: int, id: int) -> bool:
        roles = [role for role in ("teacher", "editor") if self._has_token(role)]
        return any(self._alignments(course, role, assignment_id=id) is not None for role in roles)


def _json(response: httpx2.Response, kind: type) -> Any:
    """The JSON of a response with 200 if it is of a kind, else None."""
    if response.status_code != 200:
        return None
    try:
        value = response.json()
    except ValueError:
        return None
    return value if isinstance(value, kind) else None


def _title(found: list[dict[str, Any]]) -> str:
    return str(found[0].get("title", "")) if found else ""
