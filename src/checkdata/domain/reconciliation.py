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
    marked = _marking(columns.details)
    theirs = _in_order(their_list.rows, [marked(columns.texts(row)) for row in their_list.rows])
    listed = sorted(participants, key=lambda participant: participant.order)
    ours = _Side(listed, [marked([text(participant) for text in _TEXTS]) for participant in listed])
    found = match(theirs.marks, ours.marks)
    matches = _matches(theirs, ours, found, columns)
    left_over = ours.without({one.ours for one in found.values()})
    return Reconciliation(
        details=columns.details,
        same=tuple(one for one in matches if one.same),
        different=tuple(one for one in matches if not one.same),
        only_theirs=_only_theirs(theirs.without(found), left_over, similarity),
        only_ours=tuple(left_over.rows),
    )


_TEXTS: Final = tuple(detail.of for detail in Detail)
_TRN: Final = re.compile("[0-9]{7}")
_URN: Final = re.compile("[0-9]{6}")
_ROLES: Final = frozenset(role.value for role in ParticipantRole)

Row = TypeVar("Row", TheirRow, ListedParticipant)


@frozen
class _Side(Generic[Row]):
    """The rows of a list, in an order that follows from what they say, and the marks of each."""

    rows: Sequence[Row]
    marks: Sequence[Marks]

    def without(self, places: Container[int]) -> "_Side[Row]":
        """The rows that are not at these places."""
        left = [place for place in range(len(self.rows)) if place not in places]
        return _Side([self.rows[place] for place in left], [self.marks[place] for place in left])


def _marking(details: Sequence[Detail]) -> Callable[[Sequence[str]], Marks]:
    """Gives the marks of a row's texts; what was read is remembered for one reconciliation and no longer."""
    reads = [cache(comparable(detail)) if detail in details else _nothing for detail in Detail]

    def marks(texts: Sequence[str]) -> Marks:
        keys = tuple([read(text) for read, text in zip(reads, texts, strict=True)])
        name, email, trn, role, _, school, urn, _, _ = keys
        return Marks(
            compared=keys,
            trn=trn if _TRN.fullmatch(trn) else "",
            role=role if role in _ROLES else "",
            email=email,
            name=name,
            school=school,
            urn=urn if _URN.fullmatch(urn) else "",
        )

    return marks


def _nothing(_: str) -> str:
    """What is told of a detail that is not compared."""
    return ""


def _in_order(rows: Sequence[TheirRow], marks: Sequence[Marks]) -> _Side[TheirRow]:
    """Rows of theirs by what they say; their numbers decide among equal ones alone."""
    places = sorted(range(len(rows)), key=lambda at: (marks[at].compared, rows[at].cells, rows[at].number))
    return _Side([rows[place] for place in places], [marks[place] for place in places])


def _matches(
    theirs: _Side[TheirRow], ours: _Side[ListedParticipant], found: Mapping[int, Found], columns: Columns
) -> Sequence[Match]:
    rows: defaultdict[int, list[MatchedRow]] = defaultdict(list)
    for place, one in found.items():
        row, marks, our_marks = theirs.rows[place], theirs.marks[place], ours.marks[one.ours]
        differences = tuple(
            Difference(detail, columns.text(row, detail), detail.of(ours.rows[one.ours]))
            for detail in _differing(marks, our_marks)
        )
        rows[one.ours].append(MatchedRow(row, one.basis, sureness(one.basis, marks, our_marks), differences))
    return [
        Match(ours.rows[place], tuple(sorted(rows[place], key=lambda matched: matched.row.number)))
        for place in sorted(rows)
    ]


def _differing(theirs: Marks, ours: Marks) -> Sequence[Detail]:
    if theirs.compared == ours.compared:
        return ()
    return [d for d, own, other in zip(Detail, theirs.compared, ours.compared, strict=True) if own != other]


def _only_theirs(
    theirs: _Side[TheirRow], ours: _Side[ListedParticipant], similarity: Similarity
) -> tuple[OnlyTheirs, ...]:
    near = near_misses(theirs.marks, ours.marks, similarity)
    only = [
        OnlyTheirs(row, tuple(Suggestion(ours.rows[place], closeness) for place, closeness in close))
        for row, close in zip(theirs.rows, near, strict=True)
    ]
    return tuple(sorted(only, key=lambda one: one.row.number))
