"""A user's own list beside the department's: the same, different, only in theirs, only in ours (service rule 17)."""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import cache
from typing import Final, Generic, TypeVar

from attrs import frozen

from checkdata.domain.details import Detail, comparable
from checkdata.domain.listings import ListedParticipant
from checkdata.domain.matching import Basis, Found, Marks, Sureness, match, sureness
from checkdata.domain.near_misses import Similarity, near_misses
from checkdata.domain.their_list import Columns, TheirList, TheirRow
from checkdata.domain.training_facts import ParticipantRole


@frozen
class Difference:
    """A detail in which a row differs from the participant that it was found to be; the texts as each side has them."""

    detail: Detail
    theirs: str
    ours: str


@frozen
class MatchedRow:
    """A row of theirs, by what it was found to be the participant, how sure that is, and in what it differs."""

    row: TheirRow
    basis: Basis
    sureness: Sureness
    differences: tuple[Difference, ...]


@frozen
class Match:
    """A participant and the rows of theirs found to be them, by number: one, or several where their list repeats."""

    ours: ListedParticipant
    rows: tuple[MatchedRow, ...]

    @property
    def same(self) -> bool:
        """Whether no row differs in anything compared."""
        return not any(row.differences for row in self.rows)

    @property
    def repeated(self) -> bool:
        """Whether several rows of theirs are this one participant."""
        return len(self.rows) > 1


@frozen
class Suggestion:
    """A participant who is only in ours and whose name is close; ``closeness`` is up to 1."""

    ours: ListedParticipant
    closeness: float


@frozen
class OnlyTheirs:
    """A row of theirs that is nobody of ours, and whom it may mean all the same, the closest first."""

    row: TheirRow
    suggestions: tuple[Suggestion, ...]


@frozen(kw_only=True)
class Reconciliation:
    """Every row of both sides in exactly one place.

    Matches and ``only_ours`` are in the order of the listing, ``only_theirs`` by row number. ``details`` are those
    that were compared: the ones that their list has.
    """

    details: tuple[Detail, ...]
    same: tuple[Match, ...]
    different: tuple[Match, ...]
    only_theirs: tuple[OnlyTheirs, ...]
    only_ours: tuple[ListedParticipant, ...]


def reconcile(
    their_list: TheirList, columns: Columns, participants: Iterable[ListedParticipant], similarity: Similarity
) -> Reconciliation:
    """Compare a list with the participants that its user may see, whatever order either is in.

    Only details that their list has a column for are compared; a blank differs from a text. How rows are matched:
    `checkdata.domain.matching.match`; when two texts are the same: `checkdata.domain.details.comparable`. The numbers
    of their rows must differ.
    """
    marks = _marking(columns.details)
    theirs = _in_order([_Told(row, texts := columns.texts(row), marks(texts)) for row in their_list.rows])
    listed = sorted(participants, key=lambda participant: participant.order)
    ours = [_Told(row, texts := [text(row) for text in _TEXTS], marks(texts)) for row in listed]
    found = match([told.marks for told in theirs], [told.marks for told in ours])
    matches = _matches(theirs, ours, found)
    left_over = _left_over(ours, {one.ours for one in found.values()})
    return Reconciliation(
        details=columns.details,
        same=tuple(one for one in matches if one.same),
        different=tuple(one for one in matches if not one.same),
        only_theirs=_only_theirs(_left_over(theirs, found), left_over, similarity),
        only_ours=tuple(told.row for told in left_over),
    )


_TEXTS: Final = tuple(detail.of for detail in Detail)
_TRN: Final = re.compile("[0-9]{7}")
_URN: Final = re.compile("[0-9]{6}")
_ROLES: Final = frozenset(role.value for role in ParticipantRole)

Row = TypeVar("Row", TheirRow, ListedParticipant)


@frozen
class _Told(Generic[Row]):
    """A row of either side with what it tells of each `Detail` in turn."""

    row: Row
    texts: Sequence[str]
    marks: Marks


def _marking(details: Sequence[Detail]) -> Callable[[Sequence[str]], Marks]:
    """Gives the marks of a row's texts; what was read is remembered for one reconciliation and no longer."""
    reads = [cache(comparable(detail)) for detail in Detail]
    compared = [detail in details for detail in Detail]

    def marks(texts: Sequence[str]) -> Marks:
        keys = [read(text) for read, text in zip(reads, texts, strict=True)]
        name, email, trn, role, _, school, urn, _, _ = keys
        return Marks(
            compared=tuple([key if told else "" for key, told in zip(keys, compared, strict=True)]),
            trn=trn if _TRN.fullmatch(trn) else "",
            role=role if role in _ROLES else "",
            email=email,
            name=name,
            school=school,
            urn=urn if _URN.fullmatch(urn) else "",
        )

    return marks


def _in_order(rows: Iterable[_Told[TheirRow]]) -> Sequence[_Told[TheirRow]]:
    """In an order that follows from what the rows say; their numbers decide among equal ones alone."""
    return sorted(rows, key=lambda told: (told.marks.compared, told.row.cells, told.row.number))


def _left_over(rows: Sequence[_Told[Row]], places: Container[int]) -> Sequence[_Told[Row]]:
    return [told for place, told in enumerate(rows) if place not in places]


def _matches(
    theirs: Sequence[_Told[TheirRow]], ours: Sequence[_Told[ListedParticipant]], found: Mapping[int, Found]
) -> Sequence[Match]:
    rows: defaultdict[int, list[MatchedRow]] = defaultdict(list)
    for place, one in found.items():
        rows[one.ours].append(_matched(theirs[place], ours[one.ours], one.basis))
    return [
        Match(ours[place].row, tuple(sorted(rows[place], key=lambda matched: matched.row.number)))
        for place in sorted(rows)
    ]


def _matched(theirs: _Told[TheirRow], ours: _Told[ListedParticipant], basis: Basis) -> MatchedRow:
    told = zip(Detail, theirs.texts, ours.texts, theirs.marks.compared, ours.marks.compared, strict=True)
    differences = tuple(Difference(detail, text, other) for detail, text, other, key, our_key in told if key != our_key)
    return MatchedRow(theirs.row, basis, sureness(basis, theirs.marks, ours.marks), differences)


def _only_theirs(
    theirs: Sequence[_Told[TheirRow]], ours: Sequence[_Told[ListedParticipant]], similarity: Similarity
) -> tuple[OnlyTheirs, ...]:
    near = near_misses([told.marks for told in theirs], [told.marks for told in ours], similarity)
    only = [
        OnlyTheirs(told.row, tuple(Suggestion(ours[place].row, closeness) for place, closeness in close))
        for told, close in zip(theirs, near, strict=True)
    ]
    return tuple(sorted(only, key=lambda one: one.row.number))
