"""What a user types into a search, and which rows it finds (service rule 12)."""

import re
from collections.abc import Sequence
from typing import Final, Self

from attrs import field, frozen

from checkdata.domain.errors import InvalidQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.values import DASHES, TRN_DIGITS, is_urn, search_key

LONGEST_SEARCH: Final = 200
"""The most characters that a search may have beside a list of TRNs (rules.md: more are 422)."""
MOST_TERMS: Final = 20
"""The most conditions that a search may have; a repeated word is not counted again, a list of TRNs counts as one."""
MOST_NUMBERS: Final = 1000
"""The most different numbers that a list of TRNs may have."""
LONGEST_LIST: Final = 20 * MOST_NUMBERS
"""The most characters that a search may have in all."""

_DASH: Final = "\x01"
"""Stands for a dash while a search is folded, because folding drops dashes."""
_SEPARATORS: Final = re.compile(r"[ ,;]+")
_GIVEN_TRN: Final = re.compile(r"[0-9]{5,7}")
_OLD_PREFIX: Final = re.compile(rf"(?<![^ ,;])rp[ /{_DASH}]?(?=[0-9]{{2}}[/{_DASH}]?[0-9]{{5}}(?![^ ,;.]))")
"""Old references begin so, as in RP 12/34567; the number is today's TRN."""


@frozen(kw_only=True)
class Term:
    """One condition of a search; a row meets it if any of its parts matches.

    ``texts`` are folded and looked for in the name, the school's name and the displayed TRN; ``email`` in the folded
    address; ``urn`` is the school's whole URN.
    """

    texts: tuple[str, ...]
    email: str | None = None
    urn: str | None = None

    def found_in(self, listed: ListedParticipant) -> bool:
        """Whether the row meets the condition; words never reach across two fields."""
        fields = (search_key(listed.full_name), search_key(listed.school), listed.trn)
        return (
            any(text in part for text in self.texts for part in fields)
            or (self.email is not None and self.email in search_key(listed.email))
            or self.urn == listed.school_urn
        )


@frozen(kw_only=True)
class NumberList:
    """The condition of a pasted list of numbers: a row meets it if its displayed TRN or its school's URN is on it."""

    trns: tuple[str, ...]
    urns: tuple[str, ...] = ()

    def found_in(self, listed: ListedParticipant) -> bool:
        """Whether the row meets the condition."""
        return listed.trn in self.trns or listed.school_urn in self.urns


Condition = Term | NumberList


@frozen
class Search:
    """A search as typed and as understood: a row is found when it meets every term."""

    text: str = ""
    terms: tuple[Condition, ...] = ()
    sealed: str = field(default="", eq=False, repr=False)
    """What stands for the text in an address that would get too long; the web service makes and opens it."""

    @classmethod
    def of(cls, text: str) -> Self:
        """Understand a search; blank finds everything.

        Raises `InvalidQuery` if it is too long, has no word, or has more than `MOST_TERMS` different ones.

        Every word must be found; commas and semicolons separate words, and a full stop at the end of one says nothing.
        A word with a dash is found as two words beside each other too. A word with an @ is looked for in the e-mail
        address too, six digits are also the URN. Two or more numbers of five to seven digits mean any of them, so that
        a list of TRNs can be pasted from a spreadsheet, which drops zeros at the front (rules.md, *Order, paging,
        search*).
        """
        typed = " ".join(text.split())
        words = _words_of(text[: LONGEST_LIST + 1])
        listed = _list_in(words)
        others = words if listed is None else [word for word in words if not _given_trn(word)]
        _refuse_too_long(text, listed, others)
        if typed and not words:
            raise InvalidQuery("query", "Enter a name, school or TRN with at least one letter or number")
        terms = dict.fromkeys(map(_term, others))
        if len(terms) + (listed is not None) > MOST_TERMS:
            raise InvalidQuery("query", f"Search must have {MOST_TERMS} different words or fewer")
        return cls(typed, tuple(terms) if listed is None else (listed, *terms))

    @property
    def listed(self) -> int:
        """How many TRNs it lists; 0 if it has no list."""
        return sum(len(term.trns) for term in self.terms if isinstance(term, NumberList))

    @property
    def words(self) -> dict[str, str]:
        """The search as the words of an address."""
        if self.sealed:
            return {"list": self.sealed}
        return {"query": self.text} if self else {}

    def __bool__(self) -> bool:
        """Whether anything is searched for."""
        return bool(self.terms)


def words_typed(text: str) -> Sequence[str]:
    """The words of a text as a search looks for them, folded; a word with a dash is joined."""
    return tuple(word.replace(_DASH, "") for word in _words_of(text))


def trn_typed(text: str) -> str:
    """The TRN that a text is, with its zeros and however it is punctuated; "" if it is something else."""
    digits = _given_trn("".join(_words_of(text)))
    return digits and digits.zfill(TRN_DIGITS)


def _words_of(text: str) -> Sequence[str]:
    """The words of a search, folded; what was typed with a dash still has `_DASH`."""
    folded = _OLD_PREFIX.sub("", search_key(DASHES.sub(_DASH, text)))
    words = (word.strip(_DASH).rstrip(f".{_DASH}") for word in _SEPARATORS.split(folded))
    return [word for word in words if word]


def _list_in(words: Sequence[str]) -> NumberList | None:
    """The list that was pasted, if there are two numbers or more; a school's URN may stand on it too."""
    given = dict.fromkeys(filter(None, map(_given_trn, words)))
    trns = tuple(dict.fromkeys(digits.zfill(TRN_DIGITS) for digits in given))
    if len(trns) < 2:  # noqa: PLR2004 - two make a list
        return None
    return NumberList(trns=trns, urns=tuple(filter(is_urn, given)))


def _refuse_too_long(text: str, listed: NumberList | None, others: Sequence[str]) -> None:
    if listed is None and len(text) > LONGEST_SEARCH:
        raise InvalidQuery("query", f"Search must be {LONGEST_SEARCH} characters or fewer")
    if listed is not None and (len(listed.trns) > MOST_NUMBERS or len(text) > LONGEST_LIST):
        raise InvalidQuery("query", f"Search for {MOST_NUMBERS:,} TRNs or fewer")
    if len(" ".join(others)) > LONGEST_SEARCH:
        raise InvalidQuery("query", f"Search must be {LONGEST_SEARCH} characters or fewer beside the TRNs")


def _term(word: str) -> Term:
    joined = word.replace(_DASH, "")
    digits = _digits(joined)
    apart = re.sub(f"{_DASH}+", " ", word)
    texts = tuple(dict.fromkeys((joined, digits or apart)))
    return Term(texts=texts, email=joined if "@" in joined else None, urn=joined if is_urn(joined) else None)


def _given_trn(word: str) -> str:
    """The digits of a word that may be a TRN, with or without its zeros; nothing if it is something else."""
    digits = _digits(word.replace(_DASH, ""))
    return digits if _GIVEN_TRN.fullmatch(digits) else ""


def _digits(word: str) -> str:
    """The digits of a TRN typed with slashes; nothing if the word is something else."""
    digits = word.replace("/", "")
    return digits if digits.isascii() and digits.isdigit() else ""
