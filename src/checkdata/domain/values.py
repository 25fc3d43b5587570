"""Words with a shape: the values that every other room is made of."""

import re
import unicodedata
from datetime import date, datetime, tzinfo
from typing import Final, NewType, Self

from attrs import field, frozen

from checkdata.domain.checked_fields import of
from checkdata.domain.errors import InvalidValue

UserId = NewType("UserId", str)
ParticipantId = NewType("ParticipantId", str)
RecordId = NewType("RecordId", str)
LeadProviderId = NewType("LeadProviderId", str)
ImportId = NewType("ImportId", str)
NominationId = NewType("NominationId", str)

FOLDING_VERSION: Final = 2
"""The version of `search_key`; keys stored under another one have to be built again (rules.md, *Order*)."""

_SPELT_IN_ONE: Final = str.maketrans("łøđðɗıħɓƙƴŋŧə", "lodddihbkynte")
_LETTERS: Final = _SPELT_IN_ONE | str.maketrans({"æ": "ae", "œ": "oe", "þ": "th", "ß": "ss"})
"""As passports spell them where they do (ICAO Doc 9303, part 3, 6 A)."""
_APOSTROPHES: Final = "'`´‘’‛′ʹʻʼʽʾʿˈꞌ＇"
_DASHES: Final = "-‐‑‒–—―−﹘﹣－⁃"
_DROPPED: Final = str.maketrans(dict.fromkeys(_APOSTROPHES + _DASHES))
DASHES: Final = re.compile(f"[{re.escape(_DASHES)}]+")
"""One dash or more, in any of the forms that `search_key` drops."""
_FILLERS: Final = "\u115f\u1160\u2800"
"""Letters and a symbol that are drawn as nothing."""
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
_LONGEST_ADDRESS: Final = 254
_ATOM: Final = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_MAILABLE: Final = re.compile(rf"(?![^@]{{65}})(?!.*=\?){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?![0-9]+\Z){_LABEL}")
"""A dot-atom, without the beginning of an encoded word (RFC 2047), and a domain whose last label is no number."""
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def search_key(text: str) -> str:
    """Fold *text* for ordering and searching; the same answer everywhere, because no database ever folds.

    NFKD, casefold, NFKD, marks and what cannot be seen dropped, the letters that have no decomposition spelt out,
    apostrophes and dashes dropped, white space to single spaces. Folding a folded text changes nothing. Source:
    rules.md, *Order, paging, search*.
    """
    folded = text.lower() if text.isascii() else _spelt_out(text)
    if folded.isascii():  # three replacements take a third of the time of looking each letter up
        return " ".join(folded.replace("'", "").replace("`", "").replace("-", "").split())
    return " ".join(folded.translate(_DROPPED).split())


def _spelt_out(text: str) -> str:
    once = unicodedata.normalize("NFKD", text.replace("´", "")).casefold()
    twice = unicodedata.normalize("NFKD", once)
    seen = "".join(c for c in twice if not _is_dropped(c))
    return seen if seen.isascii() else seen.translate(_LETTERS)


def _is_dropped(character: str) -> bool:
    """Whether it is a mark, or has neither a form nor a width: Unicode's formats and fillers."""
    category = unicodedata.category(character)
    return category[0] == "M" or category == "Cf" or character in _FILLERS


def _london() -> tzinfo:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - a tenth of what importing the rules would take

    return ZoneInfo("Europe/London")


def london_date(moment: datetime) -> date:
    """The calendar day in London at *moment*, which must carry its offset; the service's "today"."""
    if moment.tzinfo is None:
        msg = "a moment needs its offset from UTC"
        raise TypeError(msg)
    return moment.astimezone(_london()).date()


def london_midnight(day: date) -> datetime:
    """The first moment of a calendar day in London, with its offset."""
    return datetime(day.year, day.month, day.day, tzinfo=_london())


def day_in_words(day: date) -> str:
    """A day as GOV.UK writes it, in English whatever the locale of the process: 3 March 2025."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def is_email_address(text: str) -> bool:
    """Whether *text* has the shape ``x@y.z`` that feed.md asks of an address."""
    return _EMAIL.fullmatch(text) is not None


@frozen
class EmailAddress:
    """An email address in lower case, so that two ways to type one address are one value.

    `of` takes what can be mailed and nothing else: a dot-atom of at most 64 characters (RFC 5322, 3.2.3), and a domain
    of two labels or more as DNS writes them, an international one by its ``xn--`` labels (RFC 5321, 2.3.5), 254
    characters in all. What a database holds is read as it is, because it may be older than this rule.
    """

    value: str = field(validator=of(str))

    @classmethod
    def of(cls, text: str) -> Self:
        """Read an address as a user typed it, with or without space around it, in any case.

        Raises `InvalidValue` for what can't be mailed, such as a carriage return or line feed (security.md 12).
        """
        address = cls.to_look_up(text)
        if len(address.value) > _LONGEST_ADDRESS:
            msg = f"Email address must be {_LONGEST_ADDRESS} characters or fewer"
            raise InvalidValue(msg)
        if not address.mailable:
            msg = "Enter an email address in the correct format, like name@example.com"
            raise InvalidValue(msg)
        return address

    @classmethod
    def to_look_up(cls, text: str) -> Self:
        """Read an address by which a known user is looked up; it may have a form that is no longer accepted."""
        typed = text.strip(" \t")
        return cls(typed.lower() if typed.isascii() else typed)  # "K", the sign of Kelvin, would become "k"

    @property
    def mailable(self) -> bool:
        """Whether mail can be sent to it; an address typed before this rule may be one that cannot be mailed."""
        return len(self.value) <= _LONGEST_ADDRESS and _MAILABLE.fullmatch(self.value) is not None

    @property
    def domain(self) -> str:
        """What comes after the @."""
        return self.value.rpartition("@")[2]

    def __str__(self) -> str:
        """The address itself."""
        return self.value


TRN_DIGITS: Final = 7
"""How many digits a teacher reference number has."""
_TRN_PUNCTUATION: Final = str.maketrans(dict.fromkeys(" /-\u00a0\u2010\u2011\u2012\u2013\u2014"))
_TRN_GIVEN: Final = re.compile(r"[0-9]{5,7}")
_TRN: Final = re.compile(r"[0-9]{7}")
_URN: Final = re.compile(r"[0-9]{6}")
_YEAR: Final = re.compile(r"20[0-9]{2}")
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_trn(text: str) -> bool:
    """Whether *text* is a teacher reference number: exactly seven digits."""
    return _TRN.fullmatch(text) is not None


def is_urn(text: str) -> bool:
    """Whether *text* is a school's unique reference number: exactly six digits."""
    return _URN.fullmatch(text) is not None


def normalised_trn(text: str) -> str:
    """A teacher reference number as its seven digits: punctuation out, 5 or 6 digits padded (feed.md).

    Raises `InvalidValue` where no seven digits come of it. Blank is not a TRN.
    """
    digits = text.translate(_TRN_PUNCTUATION)
    if not _TRN_GIVEN.fullmatch(digits):
        msg = "a TRN has 7 digits"
        raise InvalidValue(msg)
    return digits.zfill(TRN_DIGITS)


def checked_urn(text: str) -> str:
    """A school's unique reference number: exactly six digits, else `InvalidValue` (feed.md)."""
    if not is_urn(text):
        msg = "a URN has 6 digits"
        raise InvalidValue(msg)
    return text


def is_identifier(text: str) -> bool:
    """Whether *text* is shaped like an id of the feed: ``[A-Za-z0-9_-]{1,64}``."""
    return _IDENTIFIER.fullmatch(text) is not None


def checked_identifier(text: str) -> str:
    """An id of the feed: ``[A-Za-z0-9_-]{1,64}``, else `InvalidValue` (feed.md)."""
    if not is_identifier(text):
        msg = "an id has 1 to 64 letters, digits, dashes or underscores"
        raise InvalidValue(msg)
    return text


def checked_academic_year(text: str) -> int:
    """An academic year by its first calendar year, 2000 to 2099: ``2023`` is 2023 to 2024 (feed.md).

    Raises `InvalidValue` for anything else.
    """
    if not _YEAR.fullmatch(text):
        msg = "an academic year is given by its first year, like 2023"
        raise InvalidValue(msg)
    return int(text)
