"""The tables, with an index for every lookup of the queries.

Operations change nothing but outcomes. Loading a world therefore computes the rights of users and the marks of
outcomes once, because a lookup costs a fraction of computing them for each request.
"""

from typing import Any

import sqlalchemy as sa

SCHEMA_VERSION = 3
MAX_ID = 2**63 - 1
VISIBLE_STATES = ("active", "retired")
# Marks of an outcome, added up in one column: features that apply, and facts from its rubrics and alignments.
MASTERY_SCALES, NEW_DECAYING_AVERAGE, ASSESSED, UPDATEABLE, ALIGNED = 1, 2, 4, 8, 16

metadata = sa.MetaData()
# SQLite stores such a table in key order: one lookup finds a row, not two.
BY_KEY: Any = {"sqlite_with_rowid": False}
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id(name: str = "id") -> sa.Column[int]:
    return sa.Column(name, Id, primary_key=True, autoincrement=False)


def _column(name: str, kind: Any = Id, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable)


schema_version = sa.Table(
    "schema_version", metadata, sa.Column("version", sa.Integer, primary_key=True, autoincrement=False)
)

users = sa.Table("users", metadata, _id(), _column("name", sa.Text))
# Rights are bits of permissions.py, added up. A user has rights as an admin of an account or of one above it; the
# accounts above an enrollment or an administered account have rows too, because they can be read.
account_rights = sa.Table(
    "account_rights", metadata, _id("user_id"), _id("account_id"), _column("rights", sa.Integer), **BY_KEY
)
# The rights of all enrollments of a user in a course together.
course_rights = sa.Table(
    "course_rights", metadata, _id("user_id"), _id("course_id"), _column("rights", sa.Integer), **BY_KEY
)
# The tokens, and one row for each user, whom others may act as.
tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    _column("user_id"),
    # Rights that apply everywhere: those of a site admin.
    _column("rights", sa.Integer),
    # JSON with revoked, expires_at and scopes; null for a token without limits.
    _column("terms", sa.Text, nullable=True),
    **BY_KEY,
)
courses = sa.Table("courses", metadata, _id(), _column("account_id"), _column("name", sa.Text))
enrollments = sa.Table(
    "enrollments",
    metadata,
    _id(),
    _column("course_id"),
    _column("user_id"),
    _column("role", sa.Text),
    _column("observed_user_id", nullable=True),
    sa.Index("enrollments_of_a_user_in_a_course", "course_id", "user_id", "role", "observed_user_id"),
)
outcomes = sa.Table(
    "outcomes",
    metadata,
    _id(),
    _column("context_type", sa.Text, nullable=True),
    _column("context_id", nullable=True),
    # The account that owns the outcome, or its course; null for a global outcome.
    _column("account_id", nullable=True),
    _column("state", sa.Text),
    # Everything that an update can change, as JSON: it distinguishes 5 from 5.0, and one column is fast to read.
    _column("content", sa.Text),
    _column("marks", sa.Integer),
)
# Assignments that are not deleted.
assignments = sa.Table("assignments", metadata, _id(), _column("course_id"))
# Alignments of outcomes with assignments, then quizzes, then live assessments: the order of a response. An alignment
# with a quiz names the quiz's assignment too.
alignments = sa.Table(
    "alignments",
    metadata,
    _id(),
    _column("course_id"),
    _column("outcome_id"),
    _column("title", sa.Text),
    _column("submission_types", sa.Text),
    _column("assignment_id", nullable=True),
    _column("quiz_id", nullable=True),
    _column("live_assessment_id", nullable=True),
    _column("published", sa.Boolean),
    _column("for_everyone", sa.Boolean),
    sa.Index("alignments_of_everyone_in_a_course", "course_id", "for_everyone"),
    sa.Index("alignments_of_an_assignment", "assignment_id"),
)
# Submissions by individual users. What is for everyone has no rows here: every student of the course submits it.
submissions = sa.Table("submissions", metadata, _id("course_id"), _id("user_id"), _id("alignment_id"), **BY_KEY)
