"""Who may do what, decided from the rights that the queries return (canvas-behaviour 2.5 and 4.6)."""

from typing import NamedTuple

from reference_server.queries import CourseRow, OutcomeRow, RequesterRow

# What the roles may do unless role_overrides say otherwise.
DEFAULT_PERMISSIONS = {
    "AccountAdmin": {
        "manage_outcomes",
        "manage_global_outcomes",
        "read_course_content",
        "manage_grades",
        "view_all_grades",
    },
    "TeacherEnrollment": {"manage_outcomes", "read_course_content", "manage_grades", "view_all_grades"},
    "TaEnrollment": {"read_course_content", "manage_grades", "view_all_grades"},
    "DesignerEnrollment": {"manage_outcomes", "read_course_content"},
    "StudentEnrollment": {"read_course_content"},
    "ObserverEnrollment": {"read_course_content"},
}


class OutcomeRights(NamedTuple):
    """What the requester may do with an outcome."""

    read: bool
    update: bool


def outcome_rights(requester: RequesterRow, outcome: OutcomeRow) -> OutcomeRights:
    if outcome.context_type is None:
        return OutcomeRights(read=True, update=bool(requester.manage_global_outcomes))
    update = bool(requester.manage_outcomes or outcome.admin_manages or outcome.enrollment_manages)
    read = _reads_course(requester, outcome) if outcome.context_type == "Course" else _reads_account(requester, outcome)
    return OutcomeRights(read=read or update, update=update)


def _reads_course(requester: RequesterRow, outcome: OutcomeRow) -> bool:
    return bool(requester.read_course_content or outcome.admin_reads or outcome.enrollment_reads)


def _reads_account(requester: RequesterRow, outcome: OutcomeRow) -> bool:
    return bool(requester.site_admin or outcome.tied_to_account is not None)


def reads_all_grades(requester: RequesterRow, course: CourseRow) -> bool:
    return bool(requester.read_all_grades or course.admin_reads_all_grades or course.enrollment_reads_all_grades)
