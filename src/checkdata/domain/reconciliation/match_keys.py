"""Normalised keys used to match and compare the rows of two lists."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Final, NamedTuple

from checkdata.domain.people.organisations import School
from checkdata.domain.reconciliation.comparing import Detail, comparable
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.values import is_trn, is_urn


class MatchKeys(NamedTuple):
    """The keys of a row, each "" if the row has none; folded, so that equal means the same.

    ``compared`` are all details in one order, "" where only one of the lists has the detail at all. ``role``, ``trn``
    and ``urn`` are "" too where they are not understood. ``kin`` are the same of schools that follow the row's since it
    closed or that it follows: each a URN or a name, with the word which of them.
    """

    compared: tuple[str, ...]
    trn: str
    role: str
    email: str
    name: str
    school: str
    urn: str
    kin: tuple[tuple[str, str], ...] = ()

    def is_at_kin(self, other: "MatchKeys") -> bool:
        """Whether the other row is at such a school: by its URN or, without one, by its name."""
        return other.place in self.kin

    @property
    def place(self) -> tuple[str, str]:
        """The URN of the row's school, else its name, which several schools may share."""
        return ("urn", self.urn) if self.urn else ("school", self.school)


MakeMatchKeys = Callable[[int, Callable[[Detail], Iterable[str]]], list[MatchKeys]]
"""The keys of so many rows, from their texts of one detail and another."""


def match_keys_by(details: Iterable[Detail]) -> MakeMatchKeys:
    """Gives the keys of rows by these details; a text that was read is remembered for one reconciliation.

    Texts are read detail by detail, because a row at a time takes twice as long.
    """
    reads = {detail: cache(comparable(detail)) for detail in details}

    def row_keys(number: int, texts: Callable[[Detail], Iterable[str]]) -> list[MatchKeys]:
        by = {d: list(map(reads[d], texts(d))) if d in reads else [""] * number for d in Detail}
        recognised = (
            _trns(by[Detail.TRN]),
            _roles(by[Detail.ROLE]),
            by[Detail.EMAIL],
            by[Detail.FULL_NAME],
            by[Detail.SCHOOL],
            _urns(by[Detail.SCHOOL_URN]),
        )
        return list(map(MatchKeys, zip(*by.values(), strict=True), *recognised))

    return row_keys


def kin_of(schools: Iterable[School]) -> tuple[tuple[str, str], ...]:
    """Schools as ``MatchKeys.kin`` has them."""
    name = comparable(Detail.SCHOOL)
    return tuple(pair for each in schools for pair in (("urn", each.urn), ("school", name(each.name))))


_ROLES: Final = frozenset(role.value for role in ParticipantRole)


def _trns(texts: Sequence[str]) -> Iterable[str]:
    return [text if is_trn(text) else "" for text in texts]


def _urns(texts: Sequence[str]) -> Iterable[str]:
    return [text if is_urn(text) else "" for text in texts]


def _roles(texts: Sequence[str]) -> Iterable[str]:
    return [text if text in _ROLES else "" for text in texts]
