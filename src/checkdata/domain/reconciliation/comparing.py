"""The details of a participant in the forms in which people write them, and when two of them are the same."""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Final

from checkdata.domain.listing.columns import BODY_COLUMNS, PARTNER_COLUMNS, ParticipantColumn, as_written, columns_for
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import Role
from checkdata.domain.reconciliation.written_years import academic_year, is_named_year
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.statuses import Status
from checkdata.domain.values import is_email_address, is_urn, search_key


class Detail(Enum):
    """What a list may tell of a participant; the values are the names of a download's columns."""

    FULL_NAME = "full_name"
    EMAIL = "email_address"
    TRN = "trn"
    ROLE = "role"
    LEAD_PROVIDER = "lead_provider"
    SCHOOL = "school"
    SCHOOL_URN = "school_unique_reference_number"
    ACADEMIC_YEAR = "academic_year"
    STATUS = "status"
    INDUCTION_TYPE = "induction_type"
    INDUCTION_TUTOR = "induction_tutor"

    @property
    def heading(self) -> str:
        """What pages and downloads call it."""
        return _COLUMNS[self].heading

    @property
    def of(self) -> Callable[[ListedParticipant], str]:
        """Gives the department's own text for it, as pages and downloads of the row's listing show it."""
        return _label_of_status if self is Detail.STATUS else _COLUMNS[self].cell


def details_for(role: Role) -> Sequence[Detail]:
    """What the list of a user in this role is compared by: the details that they see, and no other (service rule 8)."""
    seen = {column.field for column in columns_for(role)}
    return [detail for detail, column in _COLUMNS.items() if column.field in seen]


def _label_of_status(listed: ListedParticipant) -> str:
    role = Role.DELIVERY_PARTNER if listed.appropriate_body_id is None else Role.APPROPRIATE_BODY
    return listed.status.label_for(role)


_BY_NAME: Final = {column.name: column for column in (*BODY_COLUMNS, *PARTNER_COLUMNS)}
_COLUMNS: Final[Mapping[Detail, ParticipantColumn]] = {detail: _BY_NAME[detail.value] for detail in Detail}

_WORD: Final = re.compile(r"[^\W_]+")
_TRN_PUNCTUATION: Final = str.maketrans(dict.fromkeys(" \u00a0/-\u2010\u2011\u2012\u2013\u2014'’."))
_THOUSANDS: Final = str.maketrans(dict.fromkeys(" \u00a0,"))
_WHOLE_NUMBER: Final = re.compile(r"([0-9]+)\.0+")
_TRN: Final = re.compile(r"(?:RP|TRN)?([0-9]{1,7})", re.IGNORECASE)
_URN: Final = re.compile(r"(?:urn)?:?([0-9]{6})", re.IGNORECASE)
_SEVEN_DIGITS: Final = re.compile(r"(?:RP)?[0-9]{2}/?[0-9]{5}", re.IGNORECASE)

_ROLES: Final = {
    "ect": ParticipantRole.ECT,
    "ects": ParticipantRole.ECT,
    "early career teacher": ParticipantRole.ECT,
    "early career teacher ect": ParticipantRole.ECT,
    "ect early career teacher": ParticipantRole.ECT,
    "mentor": ParticipantRole.MENTOR,
    "mentors": ParticipantRole.MENTOR,
    "ect mentor": ParticipantRole.MENTOR,
    "mentor teacher": ParticipantRole.MENTOR,
}


def folded_words(text: str) -> str:
    """*text* folded to its words: case, accents and punctuation gone; text that has no word is left as it is."""
    key = search_key(text)
    if key.replace(" ", "").isalnum():  # nearly every name, and three times as quick
        return key
    return " ".join(_WORD.findall(key)) or key or text


def comparable(detail: Detail) -> Callable[[str], str]:
    """Gives what is compared of a detail: two texts are the same where this is equal; "" is none.

    An apostrophe that neutralising put before a cell is overlooked everywhere, and so are:

    - in the names of people the order of words ("SMITH, Zoë" is "Zoe Smith"), in all names case, accents and
      punctuation;
    - in e-mail addresses case;
    - in a TRN spaces, slashes, dashes, RP before it, and zeros that a spreadsheet took from its front;
    - in a school's URN the word URN, spaces and commas;
    - how a role (ECT, Early career teacher), an academic year (2023, 2023 to 2024, 2023/24, Sept 2023, a day in it) and
      a status (its label or its id) are written.

    What is not understood is compared by its words, and so always differs from the department's text.
    """
    read = _COMPARABLE[detail]

    def compared(text: str) -> str:
        plain = text.strip()
        if plain.startswith("'"):
            plain = as_written(plain)
        return read(plain) if plain else ""

    return compared


def looks_like(detail: Detail, text: str) -> bool:
    """Whether a cell's content by itself suggests the detail; names suggest nothing."""
    return detail in _LOOKS and _LOOKS[detail](text)


def _person(text: str) -> str:
    return " ".join(sorted(folded_words(text).split())) or text


def _trn(text: str) -> str:
    digits = _TRN.fullmatch(text) or _TRN.fullmatch(_whole(text).translate(_TRN_PUNCTUATION))
    return digits[1].zfill(7) if digits else folded_words(text)


def _urn(text: str) -> str:
    number = _URN.fullmatch(_whole(text).translate(_THOUSANDS))
    return number[1] if number else folded_words(text)


def _role(text: str) -> str:
    words = folded_words(text)
    role = _ROLES.get(words)
    return role.value if role else words


def _year(text: str) -> str:
    year = academic_year(_whole(text))
    return folded_words(text) if year is None else str(year)


def _status(text: str) -> str:
    words = folded_words(text)
    status = _STATUSES.get(words)
    return status.value if status else words


def _whole(text: str) -> str:
    """A whole number without the ``.0`` that programs put behind it."""
    number = _WHOLE_NUMBER.fullmatch(text)
    return number[1] if number else text


_STATUSES: Final = {
    folded_words(name): status
    for status in Status
    for name in (status.label, status.label_for(Role.APPROPRIATE_BODY), status.value)
}

_COMPARABLE: Final[Mapping[Detail, Callable[[str], str]]] = {
    Detail.FULL_NAME: _person,
    Detail.EMAIL: str.lower,
    Detail.TRN: _trn,
    Detail.ROLE: _role,
    Detail.LEAD_PROVIDER: folded_words,
    Detail.SCHOOL: folded_words,
    Detail.SCHOOL_URN: _urn,
    Detail.ACADEMIC_YEAR: _year,
    Detail.STATUS: _status,
    Detail.INDUCTION_TYPE: folded_words,
    Detail.INDUCTION_TUTOR: str.lower,
}

_LOOKS: Final[Mapping[Detail, Callable[[str], bool]]] = {
    Detail.EMAIL: is_email_address,
    Detail.TRN: lambda text: _SEVEN_DIGITS.fullmatch(_whole(text)) is not None,
    Detail.SCHOOL_URN: lambda text: is_urn(_whole(text)),
    Detail.ROLE: lambda text: folded_words(text) in _ROLES,
    Detail.STATUS: lambda text: folded_words(text) in _STATUSES,
    Detail.ACADEMIC_YEAR: lambda text: is_named_year(_whole(text)),
}
