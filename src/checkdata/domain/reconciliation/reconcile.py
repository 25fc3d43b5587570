"""Compares a user's own list with the department's: same, different, only in theirs, only in ours (service rule 17)."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from attrs import field, frozen

from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import School
from checkdata.domain.reconciliation.close_names import Similarity, suggestions
from checkdata.domain.reconciliation.comparing import Detail
from checkdata.domain.reconciliation.match_keys import MatchKeys, kin_of, match_keys_by
from checkdata.domain.reconciliation.matching import Basis, FoundMatch, Sureness, match, sureness
from checkdata.domain.reconciliation.time_limit import TimeLimit
from checkdata.domain.reconciliation.uploaded_list import ChosenColumns, UploadedList, UploadedRow


@frozen
class Difference:
    """A detail in which a row differs from the participant that it was matched to; the texts as each side has them."""

    detail: Detail
    theirs: str
    ours: str


@frozen
class MatchedRow:
    """A row of theirs that was matched to the participant: by what, how sure that is, and in what it differs."""

    row: UploadedRow
    basis: Basis
    sureness: Sureness
    differences: tuple[Difference, ...]


@frozen
class Match:
    """A participant and the rows of theirs matched to them, by number: several if their list repeats one."""

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


Suggest = Callable[[Iterable[UploadedRow]], Iterator[tuple[Suggestion, ...]]]
"""For each of some rows that are only in theirs, the participants that it may mean, the closest first."""


@frozen(kw_only=True)
class Reconciliation:
    """Every row of both sides in exactly one place.

    Matches and ``only_ours`` are in the order of the listing, ``only_theirs`` by row number. ``details`` are those
    that were compared: the ones that their list has. ``given`` counts, for each, the matched rows that give it.
    """

    details: tuple[Detail, ...]
    given: Mapping[Detail, int]
    same: tuple[Match, ...]
    different: tuple[Match, ...]
    only_theirs: tuple[UploadedRow, ...]
    only_ours: tuple[ListedParticipant, ...]
    suggest: Suggest = field(eq=False, repr=False)


def reconcile(  # noqa: PLR0913 - the two sides, and what decides when they are the same
    uploaded_list: UploadedList,
    columns: ChosenColumns,
    participants: Iterable[ListedParticipant],
    similarity: Similarity,
    limit: TimeLimit,
    *,
    kin: Mapping[str, Sequence[School]] | None = None,
) -> Reconciliation:
    """Compare a list with the participants that its user may see, whatever order either is in.

    Only details that their list has a column for are compared. A blank cell of theirs is not given, so it never
    differs; nor does a school's name where both have one URN, nor a school that follows the other since that closed
    (*kin*, by URN). How rows are matched: `match`; when two texts are the
    same: `comparable`. The numbers of their rows must differ. Raises `TookTooLong` past the limit, as does
    `Reconciliation.suggest`.
    """
    listed = sorted(limit.over(participants), key=lambda participant: participant.order)
    row_keys_of, rows = match_keys_by(columns.details), uploaded_list.rows
    theirs = _in_order(rows, row_keys_of(len(rows), lambda d: (columns.text(row, d) for row in limit.over(rows))))
    ours = _Side(listed, _with_kin(listed, row_keys_of(len(listed), lambda d: map(d.of, limit.over(listed))), kin))
    found = match(theirs.row_keys, ours.row_keys, limit)
    matches = _matches(theirs, ours, limit.over(found.items()), columns)
    their_own, our_own = theirs.without(found), ours.without({one.ours for one in found.values()})
    return Reconciliation(
        details=columns.details,
        given=_given(theirs.row_keys[place] for place in found),
        same=tuple(one for one in matches if one.same),
        different=tuple(one for one in matches if not one.same),
        only_theirs=tuple(sorted(their_own.rows, key=lambda row: row.number)),
        only_ours=tuple(our_own.rows),
        suggest=_suggesting(their_own, our_own, similarity, limit),
    )


def _with_kin(
    listed: Sequence[ListedParticipant], row_keys: Sequence[MatchKeys], kin: Mapping[str, Sequence[School]] | None
) -> Sequence[MatchKeys]:
    if not kin:
        return row_keys
    by_urn = {urn: kin_of(schools) for urn, schools in kin.items()}
    return [keys._replace(kin=by_urn.get(one.school_urn, ())) for one, keys in zip(listed, row_keys, strict=True)]


Row = TypeVar("Row", UploadedRow, ListedParticipant)


@frozen
class _Side(Generic[Row]):
    """The rows of a list, in an order that follows from what they say, and the keys of each."""

    rows: Sequence[Row]
    row_keys: Sequence[MatchKeys]

    def without(self, places: Container[int]) -> "_Side[Row]":
        """The rows that are not at these places."""
        left = [place for place in range(len(self.rows)) if place not in places]
        return _Side([self.rows[place] for place in left], [self.row_keys[place] for place in left])


def _in_order(rows: Sequence[UploadedRow], row_keys: Sequence[MatchKeys]) -> _Side[UploadedRow]:
    """Rows of theirs by what they say; their numbers decide only between equal ones."""
    places = sorted(range(len(rows)), key=lambda at: (row_keys[at].compared, rows[at].cells, rows[at].number))
    return _Side([rows[place] for place in places], [row_keys[place] for place in places])


def _matches(
    theirs: _Side[UploadedRow],
    ours: _Side[ListedParticipant],
    found: Iterable[tuple[int, FoundMatch]],
    columns: ChosenColumns,
) -> Sequence[Match]:
    rows: defaultdict[int, list[MatchedRow]] = defaultdict(list)
    for place, one in found:
        row, row_keys, our_row_keys = theirs.rows[place], theirs.row_keys[place], ours.row_keys[one.ours]
        differences = tuple(
            Difference(detail, columns.text(row, detail), detail.of(ours.rows[one.ours]))
            for detail in _differing(row_keys, our_row_keys)
        )
        rows[one.ours].append(MatchedRow(row, one.basis, sureness(one.basis, row_keys, our_row_keys), differences))
    return [
        Match(ours.rows[place], tuple(sorted(rows[place], key=lambda matched: matched.row.number)))
        for place in sorted(rows)
    ]


def _given(matched: Iterable[MatchKeys]) -> Mapping[Detail, int]:
    by_row = [row_keys.compared for row_keys in matched]
    return {detail: sum(map(bool, column)) for detail, column in zip(Detail, zip(*by_row, strict=True), strict=False)}


def _differing(theirs: MatchKeys, ours: MatchKeys) -> Sequence[Detail]:
    if theirs.compared == ours.compared:
        return ()
    same = {Detail.SCHOOL} if theirs.urn and theirs.urn == ours.urn else set[Detail]()
    if ours.is_at_kin(theirs):
        same = {Detail.SCHOOL, Detail.SCHOOL_URN}
    return [
        detail
        for detail, own, other in zip(Detail, theirs.compared, ours.compared, strict=True)
        if own and own != other and detail not in same
    ]


def _suggesting(
    theirs: _Side[UploadedRow], ours: _Side[ListedParticipant], similarity: Similarity, limit: TimeLimit
) -> Suggest:
    """Compare names only when asked, because a page shows fifty of them."""
    row_keys = {row.number: row_keys for row, row_keys in zip(theirs.rows, theirs.row_keys, strict=True)}

    def suggest(rows: Iterable[UploadedRow]) -> Iterator[tuple[Suggestion, ...]]:
        for close in suggestions([row_keys[row.number] for row in rows], ours.row_keys, similarity):
            limit.check()
            yield tuple(Suggestion(ours.rows[place], closeness) for place, closeness in close)

    return suggest
