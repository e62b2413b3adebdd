"""Fill a database of the reference server with any number of equal courses, in SQL statements."""

import sqlalchemy as sa

from canvas_outcomes_server.storage.permissions import READ_ACCOUNT, READ_COURSE
from canvas_outcomes_server.storage.tables import ALIGNED

FIRST_ID = 1_000_000
ACCOUNT = 1  # of the demo world
PER_COURSE = {"students": 100, "outcomes": 1000, "alignments": 1000}

# Each course has its own students; each student has one assignment, aligned to ten outcomes of the course.
# `i` counts the rows of a statement, over all courses, from 0.
STATEMENTS = (
    (1, "courses (id, account_id, name)", "{first} + i, {account}, 'Course ' || i"),
    (100, "users (id, name)", "{first} + i, 'Student ' || i"),
    (100, "account_rights (user_id, account_id, rights)", "{first} + i, {account}, {read_account}"),
    (100, "course_rights (user_id, course_id, rights)", "{first} + i, {first} + i / 100, {read_course}"),
    (
        100,
        "enrollments (id, course_id, user_id, role, observed_user_id)",
        "{first} + i, {first} + i / 100, {first} + i, 'StudentEnrollment', NULL",
    ),
    (
        1000,
        "outcomes (id, context_type, context_id, account_id, state, content, marks)",
        "{first} + i, 'Course', {first} + i / 1000, {account}, 'active', '{content}' || i || '\"}}', {aligned}",
    ),
    (100, "assignments (id, course_id)", "{first} + i, {first} + i / 100"),
    (
        1000,
        "alignments (id, course_id, outcome_id, title, submission_types, assignment_id, quiz_id, live_assessment_id,"
        " published, for_everyone)",
        "{first} + i, {first} + i / 1000, {first} + i, 'Assignment ' || (i / 10), 'online_text_entry,online_url',"
        " {first} + i / 10, NULL, NULL, {true}, {false}",
    ),
    (
        1000,
        "submissions (course_id, user_id, alignment_id)",
        "{first} + i / 1000, {first} + i / 10, {first} + i",
    ),
)
# The vendor_guid comes last, because a number is appended to it.
CONTENT = (
    '{"title":"Outcome","display_name":"Display name",'
    '"description":"<p>Reads values off a <strong>graph</strong>.</p>",'
    '"ratings":[{"description":"Exceeds Expectations","points":5},{"description":"Meets Expectations","points":3},'
    '{"description":"Does Not Meet Expectations","points":0}],"mastery_points":3,'
    '"calculation_method":"decaying_average","calculation_int":65,"vendor_guid":"guid-'
)


def fill(engine: sa.Engine, courses: int) -> None:
    """Add courses to a database with the demo world: each has 100 students, 1,000 outcomes and 1,000 alignments."""
    values = {
        "first": FIRST_ID,
        "account": ACCOUNT,
        "read_account": READ_ACCOUNT,
        "read_course": READ_COURSE,
        "content": CONTENT,
        "aligned": ALIGNED,
        "true": "true",
        "false": "false",
    }
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        for per_course, table, columns in STATEMENTS:
            connection.exec_driver_sql(
                f"INSERT INTO {table} WITH RECURSIVE n(i) AS"
                f" (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {courses * per_course})"
                f" SELECT {columns.format(**values)} FROM n"
            )
        connection.exec_driver_sql("COMMIT")
