"""What the heading of a column in a user's list says about the column."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from attrs import frozen

from checkdata.domain.reconciliation.comparing import Detail, folded_words

LONGEST_HEADING: Final = 60
"""In characters; a longer cell is no heading."""


class Clarity(IntEnum):
    """How clearly a column tells its detail; the higher wins where two claim one.

    From least to most: only by its cells, by a word in its heading ("TRN (if known)"), as a part of a name ("Surname"),
    by a heading that is what people call the detail ("Teacher reference number").
    """

    CONTENT = 0
    MENTIONED = 1
    PART = 2
    NAMED = 3


@frozen
class HeadingMeaning:
    """The detail that a column seems to hold, and how clearly."""

    detail: Detail
    clarity: Clarity


def heading_meaning(heading: str) -> HeadingMeaning | None:
    """The meaning of a heading; None if it names none of our details."""
    if len(heading) > LONGEST_HEADING:
        return None
    words = folded_words(heading)
    if words in _NAMED:
        return HeadingMeaning(_NAMED[words], Clarity.NAMED)
    if words in _PARTS_OF_NAMES:
        return HeadingMeaning(Detail.FULL_NAME, Clarity.PART)
    return _mentioned(words)


def is_plain_name(heading: str) -> bool:
    """Whether the heading is "Name", which may be the full name, or the first name if there is a "Surname" column."""
    return folded_words(heading) == _PLAIN_NAME


def _mentioned(words: str) -> HeadingMeaning | None:
    if _OTHERS & set(words.split()):
        return None
    padded = f" {words} "
    found = next((detail for detail, phrases in _MENTIONS.items() if any(f" {p} " in padded for p in phrases)), None)
    return None if found is None else HeadingMeaning(found, Clarity.MENTIONED)


_PLAIN_NAME: Final = "name"
_FIRST_NAMES: Final = ("first name", "first names", "firstname", "forename", "forenames", "given name", "given names")
_SURNAMES: Final = ("surname", "last name", "lastname", "family name")
_PARTS_OF_NAMES: Final = frozenset({_PLAIN_NAME, "middle name", "middle names", *_FIRST_NAMES, *_SURNAMES})

_NAMED: Final[Mapping[str, Detail]] = {
    name: detail
    for detail, names in {
        Detail.FULL_NAME: (
            "full name, fullname, participant, participant name, participant full name, participants, teacher, "
            "teacher name, teacher full name, ect name, mentor name, ect or mentor name, ect mentor name, "
            "name of participant, name of teacher, name of ect, name of mentor"
        ),
        Detail.EMAIL: (
            "email, emails, email address, email addresses, e mail, participant email, participant email address, "
            "teacher email, teacher email address, ect email, mentor email, work email, contact email"
        ),
        Detail.TRN: (
            "trn, trns, trn number, trn no, teacher reference number, teacher reference number trn, "
            "teacher reference, teacher reference no, teacher ref, teacher ref no, teacher ref number"
        ),
        Detail.ROLE: "role, roles, participant role, participant type, type, ect or mentor, ect mentor",
        Detail.LEAD_PROVIDER: "lead provider, lead provider name, provider, training provider, lp",
        Detail.SCHOOL: (
            "school, school name, name of school, establishment, establishment name, institution, setting, "
            "school or college, school college"
        ),
        Detail.SCHOOL_URN: (
            "urn, school urn, urn number, establishment urn, unique reference number, school unique reference number, "
            "school unique reference number urn"
        ),
        Detail.ACADEMIC_YEAR: "academic year, year, cohort, cohort year, start year, school year, registration year",
        Detail.INDUCTION_TYPE: "induction type, type of induction, induction programme, programme, programme type",
        Detail.INDUCTION_TUTOR: (
            "induction tutor, induction tutor email, induction tutor email address, tutor email, tutor email address"
        ),
        Detail.STATUS: "status, training status, participant status, current status, dfe status, induction status",
    }.items()
    for name in names.split(", ")
}

_MENTIONS: Final[Mapping[Detail, tuple[str, ...]]] = {
    Detail.EMAIL: ("email", "e mail"),
    Detail.TRN: ("trn", "teacher reference"),
    Detail.SCHOOL_URN: ("urn", "unique reference number"),
    Detail.LEAD_PROVIDER: ("lead provider",),
    Detail.ROLE: ("role",),
    Detail.ACADEMIC_YEAR: ("academic year", "cohort"),
    Detail.STATUS: ("status",),
    Detail.SCHOOL: ("school", "establishment"),
    Detail.FULL_NAME: ("name", "names"),
}
"""In the order in which they are asked: the name of a school is not a participant's."""

_OTHERS: Final = frozenset({"tutor", "sit", "coordinator", "head", "headteacher", "appropriate", "body", "partner"})
"""Words for another person's name or address."""
