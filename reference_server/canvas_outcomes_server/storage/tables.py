"""The tables, and an index for every look-up of the queries.

No operation changes more than an outcome, so what follows from a world is worked out when the world is loaded: the
rights of users, and what is known of an outcome. Looking that up costs a fraction of working it out for each request.
"""

from typing import Any

import sqlalchemy as sa

SCHEMA_VERSION = 2
SHOWN = ("active", "retired")  # the states in which an outcome can be seen
# Marks of an outcome: the features that apply, and what the rubrics and the alignments with it mean for it.
MASTERY_SCALES, NEW_DECAYING_AVERAGE, ASSESSED, UPDATEABLE, ALIGNED = 1, 2, 4, 8, 16

metadata = sa.MetaData()
# SQLite keeps such a table in the order of its key alone: a row is found with one look-up, not with two.
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
# Rights are those of permissions.py, added up.
#
# The accounts that a user is tied to, by enrollment or as an admin, with every account above them; and what the user
# may do there as an admin of the account, or of one above it.
account_rights = sa.Table("account_rights", metadata, _id("user_id"), _id("account_id"), _number("rights"), **BY_KEY)
# The courses that a user is enrolled in, and what all enrollments together allow there.
course_rights = sa.Table("course_rights", metadata, _id("user_id"), _id("course_id"), _number("rights"), **BY_KEY)
tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    _reference("user_id"),
    # What the user may do everywhere, as a site admin.
    _number("rights"),
    # JSON of what ends or limits it: revoked, expires_at and scopes. Null for one that serves for everything, for ever.
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
    # The owner, or the account of the course that owns the outcome; null for a global outcome.
    _reference("account_id", nullable=True),
    _text("state"),
    # What an update can change, as JSON: it keeps 5 apart from 5.0, and one column is read in the time of one.
    _text("content"),
    # Of the marks above, added up; no operation changes them.
    _number("marks"),
)
# Those that are not deleted.
assignments = sa.Table("assignments", metadata, _id(), _reference("course_id"))
# What aligns an outcome with an assignment, a quiz or a live assessment, in the order of a list: first those of
# assignments, then of quizzes, then live ones. A quiz's names its assignment too.
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
# Users who have a submission of something aligned; the students of the course have one of each that is for everyone.
submissions = sa.Table("submissions", metadata, _id("course_id"), _id("user_id"), _id("alignment_id"), **BY_KEY)
