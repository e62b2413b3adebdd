# Written by `tox -e regenerate` from openapi.yaml. Edit that or scripts/templates, never this file.
"""What is sent and answered: one immutable struct per object of the contract. One file, as the models refer to each other.

A field that an answer left out, or that an update shall leave as it is, is `UNSET`, which is false; `None` is JSON's null.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from msgspec import UNSET, Struct, UnsetType, field

__all__ = [
    "UNSET",
    "UnsetType",
    "CalculationMethod",
    "AuthorizationError",
    "ErrorItem",
    "ErrorList",
    "InvalidAttribute",
    "MessageError",
    "Outcome",
    "OutcomeAlignment",
    "OutcomeRating",
    "OutcomeUpdate",
    "Rating",
    "RefusalError",
    "ValidationErrors",
    "AnyCalculationMethod",
    "ErrorBody",
]


class CalculationMethod(StrEnum):
    """How a student's score is calculated from the results.

    - `decaying_average`: the latest result weighs calculation_int percent, all earlier ones together the rest.
    - `weighted_average`: the earlier algorithm of decaying_average, where the new one is enabled.
    - `standard_decaying_average`: the new algorithm of decaying_average, where it is enabled.
    - `n_mastery`: mastery has to be reached calculation_int times.
    - `latest`: the latest result.
    - `highest`: the highest result.
    - `average`: the mean of all results.
    """

    DECAYING_AVERAGE = "decaying_average"
    WEIGHTED_AVERAGE = "weighted_average"
    STANDARD_DECAYING_AVERAGE = "standard_decaying_average"
    N_MASTERY = "n_mastery"
    LATEST = "latest"
    HIGHEST = "highest"
    AVERAGE = "average"


if TYPE_CHECKING:
    AnyCalculationMethod: TypeAlias = CalculationMethod | str
else:
    # An answer may hold a value that this contract does not know. It stays text, and can be sent back.
    AnyCalculationMethod = str


class Rating(Struct, frozen=True, kw_only=True, gc=False):
    """A new rating level of an outcome."""

    description: str | UnsetType = UNSET
    """What the level means. A provider fills in a text of its own when it is not sent."""

    points: int | float | UnsetType = UNSET
    """The points of the level. 0 when it is not sent."""


class OutcomeRating(Rating, frozen=True, kw_only=True, gc=False):
    """A rating level that an outcome has."""

    description: str  # pyright: ignore[reportGeneralTypeIssues] (an answer always has it)
    """What the level means. A provider fills in a text of its own when it is not sent."""

    points: int | float  # pyright: ignore[reportGeneralTypeIssues] (an answer always has it)
    """The points of the level. 0 when it is not sent."""

    mastery: bool | UnsetType = UNSET
    """Whether this is the level of mastery. Only with add_defaults."""

    color: str | UnsetType = UNSET
    """The default color, six hexadecimal digits. Only with add_defaults, for up to 6 ratings."""


class Outcome(Struct, frozen=True, kw_only=True):
    """A learning outcome. Where account level mastery scales are enabled, `points_possible`, `mastery_points`,
    `ratings`, `calculation_method` and `calculation_int` are absent.
    """

    id: int
    """The id of the outcome."""

    url: str
    """The URL for fetching and updating the outcome; opaque."""

    context_id: int | None
    """The id of the account or course that owns the outcome; null for a global outcome."""

    context_type: str | None
    """The type of the owner, Account or Course; null for a global outcome."""

    title: str
    """The title of the outcome. At most 255 characters."""

    display_name: str | None
    """A friendly name for reports. At most 255 characters."""

    description: str | None
    """The description of the outcome, as sanitised HTML."""

    vendor_guid: str | None
    """A custom GUID of the learning standard. At most 255 characters."""

    can_edit: bool
    """Whether the requester may update the outcome."""

    assessed: bool
    """Whether the outcome has been used to assess a student."""

    has_updateable_rubrics: bool
    """Whether updates of the outcome reach unassessed rubrics that have imported it."""

    friendly_description: str | None | UnsetType = UNSET
    """A description in words for students. Undocumented; null in these operations."""

    points_possible: int | float | None | UnsetType = UNSET
    """The points of the highest rating."""

    mastery_points: int | float | None | UnsetType = UNSET
    """The points necessary to demonstrate mastery."""

    calculation_method: str | UnsetType = UNSET
    """The method that calculates a student's score: a value of CalculationMethod, or one that this version of the
    contract does not know."""

    calculation_int: int | UnsetType = UNSET
    """The value that calculation_method uses: percent for the averages that decay, a count for n_mastery. Absent for
    a method that uses none."""

    ratings: list[OutcomeRating] | None | UnsetType = UNSET
    """The possible ratings, highest points first."""

    can_unlink: bool | UnsetType = UNSET
    """Whether the outcome can be unlinked. Documented; live Canvas leaves it out here."""


class OutcomeUpdate(Struct, frozen=True, kw_only=True):
    """The fields of an outcome to change; a field that is left out keeps its value, unrecognized fields are ignored."""

    title: str | UnsetType = UNSET
    """The new title, plain text. It cannot be blank. At most 255 characters."""

    display_name: str | None | UnsetType = UNSET
    """A friendly name shown in reports for outcomes with cryptic titles; plain text. At most 255 characters."""

    description: str | None | UnsetType = UNSET
    """The new description, HTML. It is sanitised before it is stored. At most 65535 characters."""

    vendor_guid: str | None | UnsetType = UNSET
    """A custom GUID of the learning standard; plain text. At most 255 characters."""

    mastery_points: int | float | None | UnsetType = UNSET
    """The new mastery threshold. The points of the highest rating when new ratings are sent without it."""

    ratings: Sequence[Rating] | None | UnsetType = UNSET
    """The new ratings. They replace all ratings of the outcome."""

    calculation_method: AnyCalculationMethod | UnsetType = UNSET
    """How a student's score is calculated from the results. One of CalculationMethod."""

    calculation_int: int | None | UnsetType = UNSET
    """The new value for the calculation method: 1 to 99 for decaying_average and weighted_average, 50 to 99 for
    standard_decaying_average, 1 to 10 for n_mastery; the other methods use none."""

    add_defaults: bool | UnsetType = UNSET
    """As the query parameter add_defaults."""


class OutcomeAlignment(Struct, frozen=True, kw_only=True, gc=False):
    """One alignment of an outcome, with an assignment (a quiz is an assignment too) or with a live assessment. The
    outcome's id is under `id`, as documented, under `learning_outcome_id`, as live Canvas sends it, or under both.
    """

    submission_types: str
    """The submission types of the aligned assignment, separated by commas."""

    title: str
    """The title of the aligned assignment, quiz or live assessment."""

    id: int | UnsetType = UNSET
    """The id of the aligned outcome, as documented."""

    learning_outcome_id: int | UnsetType = UNSET
    """The id of the aligned outcome, as live Canvas sends it."""

    assignment_id: int | None | UnsetType = UNSET
    """The id of the aligned assignment; null or absent for a live assessment."""

    assessment_id: int | None | UnsetType = UNSET
    """The id of the aligned live assessment; null or absent for an assignment."""

    url: str | None | UnsetType = UNSET
    """The URL of the aligned assignment or quiz; null or absent for a live assessment."""


class ErrorItem(Struct, frozen=True, kw_only=True, gc=False):
    """One thing that is wrong."""

    message: str
    """What is wrong, in words."""

    error_code: str | UnsetType = UNSET
    """What is wrong, as a code."""

    expired_at: str | None | UnsetType = UNSET
    """When the token expired."""


class ErrorList(Struct, frozen=True, kw_only=True):
    """The error body of most failures."""

    errors: list[ErrorItem]
    """What is wrong."""

    error_report_id: int | UnsetType = UNSET
    """The id under which the provider recorded the failure."""


class AuthorizationError(Struct, frozen=True, kw_only=True):
    """The error body of a request without a token, or without a right on the outcome."""

    status: str
    """unauthenticated, or unauthorized."""

    errors: list[ErrorItem]
    """What is wrong."""


class InvalidAttribute(Struct, frozen=True, kw_only=True, gc=False):
    """One thing that is wrong with one attribute."""

    message: str
    """What is wrong, in words of the requester's language."""

    attribute: str | UnsetType = UNSET
    """The attribute."""

    type_: str | UnsetType = field(default=UNSET, name="type")
    """The kind of error."""


class ValidationErrors(Struct, frozen=True, kw_only=True):
    """The error body of an update with values that cannot be stored."""

    errors: dict[str, list[InvalidAttribute]]
    """What is wrong, by attribute. The attribute of the title is short_description."""


class RefusalError(Struct, frozen=True, kw_only=True, gc=False):
    """The error body of an update that account level mastery scales do not allow."""

    error: str
    """What is refused, in words."""


class MessageError(Struct, frozen=True, kw_only=True, gc=False):
    """The error body of the alignments."""

    message: str
    """What is wrong, in words."""

    status: str | UnsetType = UNSET
    """The status as a word."""


ErrorBody: TypeAlias = AuthorizationError | ErrorList | ValidationErrors | RefusalError | MessageError
"""The bodies of errors that the contract describes."""
