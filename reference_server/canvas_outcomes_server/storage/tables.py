"""The tables, with an index for every lookup of the queries.

Operations change nothing but outcomes. Loading a world therefore computes the rights of users and the marks of
outcomes once, because a lookup costs a fraction of computing them for each request.
"""

from typing import Any

import sqlalchemy as sa

SCHEMA_VERSION = 2
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


def _reference(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, Id, nullable=nullable)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


schema_version = sa.Table(
    "schema_version", metadata, sa.Column("version", sa.Integer, primary_key=True, autoincrement=False)
)

users = sa.Table("users", metadata, _id(), _text("name"))
# Rights are bits of permissions.py, added up. A user has rights as an admin of an account or of one above it; the
# accounts above an enrollment or an administered account have rows too, because they can be read.
account_rights = sa.Table("account_rights", metadata, _id("user_id"), _id("account_id"), _number("rights"), **BY_KEY)
# The rights of all enrollments of a user in a course together.
course_rights = sa.Table("course_rights", metadata, _id("user_id"), _id("course_id"), _number("rights"), **BY_KEY)
tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    _reference("user_id"),
    # Rights that apply everywhere: those of a site admin.
    _number("rights"),
    # JSON with revoked, expires_at and scopes; null for a token without limits.
    _text("terms", nullable=True),
    **BY_KEY,
)
courses = sa.Table("courses", metadata, _id(), _reference("account_id"), _text("name"))
enrollments = sa.Table(
    "enrollments",
    metadata,
    _id(),
    _reference("course_id"),
    _reference("user_id"),
    _text("role"),
    _reference("observed_user_id", nullable=True),
    sa.Index("enrollments_of_a_user_in_a_course", "course_id", "user_id", "role", "observed_user_id"),
)
outcomes = sa.Table(
    "outcomes",
    metadata,
    _id(),
    _text("context_type", nullable=True),
    _reference("context_id", nullable=True),
    # The account that owns the outcome, or its course; null for a global outcome.
    _reference("account_id", nullable=True),
    _text("state"),
    # Everything that an update can change, as JSON: it distinguishes 5 from 5.0, and one column is fast to read.
    _text("content"),
    _number("marks"),
)
# Assignments that are not deleted.
assignments = sa.Table("assignments", metadata, _id(), _reference("course_id"))
# Alignments of outcomes with assignments, then quizzes, then live assessments: the order of a response. An alignment
# with a quiz names the quiz's assignment too.
alignments = sa.Table(
    "alignments",
    metadata,
    _id(),
    _reference("course_id"),
    _reference("outcome_id"),
    _text("title"),
    _text("submission_types"),
    _reference("assignment_id", nullable=True),
    _reference("quiz_id", nullable=True),
    _reference("live_assessment_id", nullable=True),
    _flag("published"),
    _flag("for_everyone"),
    sa.Index("alignments_of_everyone_in_a_course", "course_id", "for_everyone"),
    sa.Index("alignments_of_an_assignment", "assignment_id"),
)
# Submissions by individual users. What is for everyone has no rows here: every student of the course submits it.
submissions = sa.Table("submissions", metadata, _id("course_id"), _id("user_id"), _id("alignment_id"), **BY_KEY)
