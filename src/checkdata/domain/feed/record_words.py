"""A training record as words: what a feed says and a database keeps, without the record being made.

A million records are taken in without making one of them; `CheckedRow` is what such a row is known by.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from operator import attrgetter
from typing import Any, Final, NamedTuple

from checkdata.domain.training.facts import (
    DetailsGiven,
    DetailsRequest,
    Eligibility,
    EligibilityReason,
    InductionStatus,
    Mentees,
    ParticipantRole,
    Programme,
    TrainingStatus,
)
from checkdata.domain.training.records import Partnership, TrainingRecord

OWN_FIELDS: Final = (
    "record_id",
    "participant_id",
    "full_name",
    "email",
    "trn",
    "school_urn",
    "delivery_partner_id",
    "appropriate_body_id",
    "induction_tutor_email",
    "date_of_birth",
    "updated_at",
)
"""The fields of a `TrainingRecord` that are a participant's own, or have thousands of values."""

SHARED_FIELDS: Final = (
    "role",
    "academic_year",
    "lead_provider_id",
    "trn_validated",
    "partnership",
    "programme",
    "induction_status",
    "training_status",
    "school_transfer",
    "starts_on",
    "ends_on",
    "induction_started_on",
    "induction_completed_on",
    "details_given",
    "details_request",
    "check_failed",
    "eligibility",
    "eligibility_reason",
    "mentees",
)
"""The other fields: of a million records few differ in all of these, and they decide a participant's state."""

OwnWords = tuple[str | None, ...]
"""The words of ``OWN_FIELDS``; ``updated_at`` always in UTC, as ``2024-09-01 09:00:00.000000+00:00``."""

SharedWords = tuple[str | int | None, ...]
"""The words of ``SHARED_FIELDS``: enums by slug, dates in ISO 8601, flags and years as they are."""

ENUMS: Final[Mapping[str, type[Enum]]] = {
    "role": ParticipantRole,
    "partnership": Partnership,
    "programme": Programme,
    "induction_status": InductionStatus,
    "training_status": TrainingStatus,
    "details_given": DetailsGiven,
    "details_request": DetailsRequest,
    "eligibility": Eligibility,
    "eligibility_reason": EligibilityReason,
    "mentees": Mentees,
}
"""The fields of a training record that hold one of several words."""

_DAYS: Final = ("date_of_birth", "starts_on", "ends_on", "induction_started_on", "induction_completed_on")
_READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    **ENUMS,
    **dict.fromkeys(_DAYS, date.fromisoformat),
    "updated_at": datetime.fromisoformat,
}
_own: Final = attrgetter(*OWN_FIELDS)
_shared: Final = attrgetter(*SHARED_FIELDS)


class CheckedRow(NamedTuple):
    """A good row of ``training_records.csv``: its first physical line, and its record as words."""

    line: int
    own: OwnWords
    shared: SharedWords


def words_of_record(record: TrainingRecord) -> tuple[OwnWords, SharedWords]:
    """A record as words."""
    return tuple(map(_word, _own(record))), tuple(map(_word, _shared(record)))


def record_of(own: OwnWords, shared: SharedWords) -> TrainingRecord:
    """The record that these are the words of."""
    words = zip((*OWN_FIELDS, *SHARED_FIELDS), (*own, *shared), strict=True)
    fields: dict[str, Any] = {name: word if word is None else _READ.get(name, _as_it_is)(word) for name, word in words}
    return TrainingRecord(**fields)


def moment_word(moment: datetime) -> str:
    """A moment, always as long as any other."""
    return moment.astimezone(UTC).isoformat(" ", "microseconds")


def _word(value: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    match value:
        case Enum():
            return value.value
        case datetime():
            return moment_word(value)
        case date():
            return value.isoformat()
        case _:
            return value


def _as_it_is(word: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    return word
