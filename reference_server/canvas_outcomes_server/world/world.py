"""Define the world file: its sections, their keys, and the defaults of keys that are left out."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from canvas_outcomes_server.outcomes.calculation_rules import Method
from canvas_outcomes_server.outcomes.outcome_rules import TEXT_LIMITS
from canvas_outcomes_server.storage.permissions import Permission, Role
from canvas_outcomes_server.storage.tables import MAX_ID

SCHEMA = Path(__file__).with_name("world.schema.json")
FIRST_TOO_LARGE = 2.0**63


class Moment(str):
    """A time in UTC, as ISO 8601."""

    def __new__(cls, value: Any) -> "Moment":
        """Convert a string, a date or a datetime; a time without a zone is UTC. Raises ValueError."""
        if type(value) is date:
            value = value.isoformat()
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        if not isinstance(value, datetime):
            raise ValueError(f"expected a time, got {value!r}")
        zoned = value if value.tzinfo else value.replace(tzinfo=UTC)
        return super().__new__(cls, zoned.astimezone(UTC).isoformat().replace("+00:00", "Z"))


Id = Annotated[int, Meta(ge=1, lt=MAX_ID)]
OwnId = Annotated[Id, Meta(description="Id, unique in its section.")]
Name = Annotated[str, Meta(description="Name; made from the id if empty.")]
Title = Annotated[str, Meta(description="Title.")]
CourseId = Annotated[Id, Meta(description="Id of a course.")]
OutcomeIds = Annotated[list[Id], Meta(description="Ids of the outcomes that it is aligned with.")]
SubmittedBy = Annotated[list[Id], Meta(description="Ids of the users who submitted it.")]
State = Annotated[Literal["published", "unpublished", "deleted"], Meta(description="Workflow state.")]
OutcomeState = Literal["active", "archived", "retired", "deleted"]
EnrollmentType = Literal["teacher", "ta", "designer", "student", "observer"]
DisplayName = Annotated[str, Meta(max_length=TEXT_LIMITS["display_name"])]
Description = Annotated[str, Meta(max_length=TEXT_LIMITS["description"])]
VendorGuid = Annotated[str, Meta(max_length=TEXT_LIMITS["vendor_guid"])]
Number = Annotated[int, Meta(gt=-MAX_ID, lt=MAX_ID)] | Annotated[float, Meta(gt=-FIRST_TOO_LARGE, lt=FIRST_TOO_LARGE)]
Time = Annotated[Moment, Meta(extra_json_schema={"type": "string"})]
TOKEN = "Access token, unique in the file: printable ASCII with no space around it."


class Record(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A mapping with the keys of its class and no others."""


class Features(Record, frozen=True):
    account_level_mastery_scales: Annotated[bool, Meta(description="Account level mastery scales are on.")] = False
    outcomes_new_decaying_average_calculation: Annotated[bool, Meta(description="New decaying average is on.")] = False


class Account(Record, frozen=True):
    id: OwnId
    name: Name = ""
    parent: Annotated[Id | None, Meta(description="Id of the account above; null for a root account.")] = None
    features: Annotated[Features, Meta(description="Feature flags, which apply if set in a root account.")] = Features()


class Token(Record, frozen=True):
    # The end of the pattern is the end of the string; `$` would allow a line break there.
    value: Annotated[str, Meta(pattern=r"^[!-~]([ -~]*[!-~])?(?![\s\S])", description=TOKEN)]
    revoked: Annotated[bool, Meta(description="The token is revoked.")] = False
    expires_at: Annotated[Time | None, Meta(description="Expiry time, such as 2030-01-31T12:00:00Z.")] = None
    scopes: Annotated[list[str] | UnsetType, Meta(description="Scopes; the token has all if left out.")] = UNSET


class User(Record, frozen=True):
    id: OwnId
    name: Name = ""
    tokens: Annotated[list[Token], Meta(description="Access tokens of the user.")] = []
    account_admin_of: Annotated[list[Id], Meta(description="Ids of the accounts that the user administers.")] = []
    site_admin: Annotated[bool, Meta(description="The user is a site admin.")] = False


class RoleOverride(Record, frozen=True):
    account: Annotated[Id | None, Meta(description="Id of the account; null for the account of site admins.")]
    role: Annotated[Role, Meta(description="Role whose permission changes.")]
    permission: Annotated[Permission, Meta(description="Permission that changes.")]
    enabled: Annotated[bool, Meta(description="The role has the permission.")]


class Course(Record, frozen=True):
    id: OwnId
    account: Annotated[Id, Meta(description="Id of the account that the course belongs to.")]
    name: Name = ""
    published: Annotated[bool, Meta(description="Students and observers can read the course.")] = True


class Enrollment(Record, frozen=True):
    course: CourseId
    user: Annotated[Id, Meta(description="Id of the user.")]
    type: Annotated[EnrollmentType, Meta(description="Role of the user in the course.")]
    observes: Annotated[Id | None, Meta(description="Id of the user that an observer is linked to.")] = None


class Context(Record, frozen=True):
    type: Annotated[Literal["Account", "Course"], Meta(description="Kind of the owner.")]
    id: Annotated[Id, Meta(description="Id of the owner.")]


class Rating(Record, frozen=True):
    description: Annotated[str, Meta(description="Description.")]
    points: Annotated[Number, Meta(description="Points.")]


class Outcome(Record, frozen=True):
    id: OwnId
    context: Annotated[Context | None, Meta(description="Account or course that owns it; null for a global outcome.")]
    title: Annotated[str, Meta(max_length=TEXT_LIMITS["title"], description="Title, which is not blank.")]
    display_name: Annotated[DisplayName | None, Meta(description="Name that students see.")] = None
    description: Annotated[Description | None, Meta(description="Description in HTML, which is sanitised.")] = None
    vendor_guid: Annotated[VendorGuid | None, Meta(description="Id that a vendor gave it.")] = None
    calculation_method: Annotated[
        Method | UnsetType | None,
        Meta(description="Calculation method, by default with its value; null for a record older than methods."),
    ] = UNSET
    calculation_int: Annotated[
        int | UnsetType | None,
        Meta(description="Value of the method; a method without one gets its default with the next update."),
    ] = UNSET
    mastery_points: Annotated[
        Number | UnsetType, Meta(description="Points of mastery; those of the highest rating if left out.")
    ] = UNSET
    ratings: Annotated[list[Rating] | UnsetType, Meta(description="Ratings; three default ones if left out.")] = UNSET
    state: Annotated[OutcomeState, Meta(description="Workflow state.")] = "active"


class Assignment(Record, frozen=True):
    id: OwnId
    course: CourseId
    title: Title
    submission_types: Annotated[tuple[str, ...], Meta(description="Submission types.")] = ("online_text_entry",)
    state: State = "published"
    assigned_to: Annotated[Literal["everyone"] | list[Id], Meta(description="Ids of users, or everyone.")] = "everyone"
    outcomes: OutcomeIds = []


class Quiz(Record, frozen=True):
    id: OwnId
    course: CourseId
    assignment: Annotated[Id, Meta(description="Id of the assignment of the quiz, in the same course.")]
    title: Title
    state: State = "published"
    submitted_by: SubmittedBy = []
    outcomes: OutcomeIds = []


class LiveAssessment(Record, frozen=True):
    id: OwnId
    course: CourseId
    title: Title
    submitted_by: SubmittedBy = []
    outcomes: OutcomeIds = []


class Rubric(Record, frozen=True):
    id: OwnId
    context: Annotated[Context, Meta(description="Account or course that owns it.")]
    outcomes: OutcomeIds = []
    grading_assignments: Annotated[list[Id], Meta(description="Ids of the assignments that are graded with it.")] = []
    assessed: Annotated[list[Id], Meta(description="Ids of the users who were assessed with it.")] = []


class World(Record, frozen=True):
    """The data that the reference server starts from."""

    accounts: Annotated[list[Account], Meta(description="List of accounts.")] = []
    users: Annotated[list[User], Meta(description="List of users.")] = []
    role_overrides: Annotated[list[RoleOverride], Meta(description="List of changes to permissions of roles.")] = []
    courses: Annotated[list[Course], Meta(description="List of courses.")] = []
    enrollments: Annotated[list[Enrollment], Meta(description="List of enrollments of users in courses.")] = []
    outcomes: Annotated[list[Outcome], Meta(description="List of outcomes.")] = []
    assignments: Annotated[list[Assignment], Meta(description="List of assignments.")] = []
    quizzes: Annotated[list[Quiz], Meta(description="List of quizzes.")] = []
    live_assessments: Annotated[list[LiveAssessment], Meta(description="List of live assessments.")] = []
    rubrics: Annotated[list[Rubric], Meta(description="List of rubrics.")] = []


def world_schema() -> dict[str, Any]:
    """The JSON Schema of a world file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | msgspec.json.schema(World)


def schema_text() -> str:
    """The content of world.schema.json, which `python -m canvas_outcomes_server.world.world` writes."""
    return json.dumps(world_schema(), indent=2) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(schema_text(), encoding="utf-8")
