"""Matches rows of a user's list to participants, by indexes over what both have, never by pairs (service rule 17)."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from itertools import product
from operator import attrgetter
from typing import Final

from attrs import frozen

from checkdata.domain.reconciliation.match_keys import MatchKeys
from checkdata.domain.reconciliation.time_limit import TimeLimit


class Basis(Enum):
    """What a match rests on, the stronger first."""

    TRN_AND_ROLE = "trn_and_role"
    TRN = "trn"
    EMAIL = "email"
    NAME_AND_SCHOOL = "name_and_school"


class Sureness(Enum):
    """How sure a match is."""

    SURE = "sure"
    FAIRLY_SURE = "fairly_sure"
    UNSURE = "unsure"


@frozen
class FoundMatch:
    """The participant that a row of theirs was matched to, by position, and the basis of the match."""

    ours: int
    basis: Basis


def match(theirs: Sequence[MatchKeys], ours: Sequence[MatchKeys], limit: TimeLimit) -> Mapping[int, FoundMatch]:
    """The match of each row of theirs that has one, by position; where several fit equally, the first is taken.

    Each basis in turn pairs rows one to one, those first that are the same in everything compared, then those that
    also agree in role or name. A row that is left over and fits a participant who is taken is that participant again,
    unless role or TRN say otherwise: then it is another person.

    An e-mail address that several rows of a side have (a school's office) identifies no one: there the names need a
    word in common. Raises `TookTooLong` past the limit.
    """
    pairing = _Pairing(theirs, ours, limit)
    for step in _steps(_shared(theirs) | _shared(ours)):
        pairing.take(step)
    return pairing.found


def sureness(basis: Basis, theirs: MatchKeys, ours: MatchKeys) -> Sureness:
    """A match by TRN and role is sure, by TRN or address fairly sure, by name and school unsure.

    It is one step less sure if the names have no word in common, or both have a TRN and they differ.
    """
    unlike = bool(theirs.name and ours.name) and theirs.name != ours.name and not _have_word_in_common(theirs, ours)
    other_trn = bool(theirs.trn and ours.trn) and theirs.trn != ours.trn
    levels = list(Sureness)
    return levels[min(levels.index(_SURENESS[basis]) + (unlike or other_trn), len(levels) - 1)]


def _have_word_in_common(theirs: MatchKeys, ours: MatchKeys) -> bool:
    return not set(theirs.name.split()).isdisjoint(ours.name.split())


_SURENESS: Final = {
    Basis.TRN_AND_ROLE: Sureness.SURE,
    Basis.TRN: Sureness.FAIRLY_SURE,
    Basis.EMAIL: Sureness.FAIRLY_SURE,
    Basis.NAME_AND_SCHOOL: Sureness.UNSURE,
}

_Keys = Callable[[MatchKeys], Iterable[Hashable]]
_ANY: Final[Hashable] = None
_MOST_WORDS: Final = 20
"""How many words of a name are looked at: no name has more, and a cell may hold thousands."""


@frozen
class _Step:
    """The keys under which rows of the two sides meet, and the keys by which those that meet are paired first.

    Rows that meet have the one ``field`` in common; it is asked first, because that is quicker than making keys. With
    ``again`` they meet participants who are taken already.
    """

    basis: Basis
    field: str
    theirs: _Keys
    ours: _Keys
    first_by: tuple[str, ...] = ()
    again: bool = False


class _Pairing:
    """Rows of theirs that wait for a match and participants that are free, both in order."""

    def __init__(self, theirs: Sequence[MatchKeys], ours: Sequence[MatchKeys], limit: TimeLimit) -> None:
        self._theirs, self._ours, self._limit = theirs, ours, limit
        self._waiting: Sequence[int] = range(len(theirs))
        self._free = dict.fromkeys(range(len(ours)))
        self.found: dict[int, FoundMatch] = {}

    def take(self, step: _Step) -> None:
        """Match the rows that wait and meet a participant under one of the step's keys."""
        among: Iterable[int] = sorted({found.ours for found in self.found.values()}) if step.again else self._free
        waiting, meeting = self._having_in_common(step.field, among)
        for field in step.first_by if meeting else ():
            index = self._index(_with(step.ours, field), meeting)
            waiting = self._pair(step.basis, _with(step.theirs, field), waiting, index)
        self._pair(step.basis, step.theirs, waiting, self._index(step.ours, meeting), again=step.again)
        self._waiting = [row for row in self._waiting if row not in self.found]

    def _having_in_common(self, field: str, among: Iterable[int]) -> tuple[Sequence[int], Sequence[int]]:
        """The rows that wait and the participants with a key in *field* that the other side has too, in order."""
        theirs, ours = (list(map(attrgetter(field), rows)) for rows in (self._theirs, self._ours))
        told = {theirs[row] for row in self._waiting} - {""}
        meeting = [place for place in among if ours[place] in told]
        met = {ours[place] for place in meeting}
        return [row for row in self._waiting if theirs[row] in met], meeting

    def _index(self, keys: _Keys, among: Iterable[int]) -> Mapping[Hashable, deque[int]]:
        index: defaultdict[Hashable, deque[int]] = defaultdict(deque)
        for ours in self._limit.over(among):
            for key in keys(self._ours[ours]):
                index[key].append(ours)
        return index

    def _pair(
        self,
        basis: Basis,
        keys: _Keys,
        waiting: Iterable[int],
        index: Mapping[Hashable, deque[int]],
        *,
        again: bool = False,
    ) -> Sequence[int]:
        """Match rows that meet a participant in the index; return those that do not."""
        left = []
        for row in self._limit.over(waiting):
            fitting = (self._first(index[key], again=again) for key in keys(self._theirs[row]) if key in index)
            ours = next((ours for ours in fitting if ours is not None), None)
            if ours is None:
                left.append(row)
            else:
                self._free.pop(ours, None)
                self.found[row] = FoundMatch(ours, basis)
        return left

    def _first(self, queue: deque[int], *, again: bool) -> int | None:
        while queue and not again and queue[0] not in self._free:
            queue.popleft()
        return queue[0] if queue else None


def _steps(shared: AbstractSet[str]) -> Sequence[_Step]:
    return (
        _Step(Basis.TRN_AND_ROLE, "trn", _trn_and_role, _trn_and_role, ("compared", "name")),
        _again(Basis.TRN_AND_ROLE, "trn", _trn_and_role, _trn_and_role),
        _Step(Basis.TRN, "trn", _trn, _trn, ("compared", "name")),
        _again(Basis.TRN, "trn", _trn, _trn),
        _Step(Basis.EMAIL, "email", _email_and_word, _email_and_either, ("compared", "name", "role")),
        _Step(Basis.EMAIL, "email", lambda row_keys: () if row_keys.email in shared else _email(row_keys), _email),
        _Step(Basis.NAME_AND_SCHOOL, "name", _name_and_school, _name_and_either, ("compared", "role")),
        _Step(Basis.NAME_AND_SCHOOL, "name", _name_and_school, _name_and_kin, ("role",)),
        _again(Basis.EMAIL, "email", _email_and_word, _email_and_either),
        _again(Basis.NAME_AND_SCHOOL, "name", _name_and_school, _name_and_either),
    )


def _with(keys: _Keys, field: str) -> _Keys:
    """The keys together with one more field."""
    value = attrgetter(field)
    return lambda row_keys: [(key, value(row_keys)) for key in keys(row_keys)]


def _again(basis: Basis, field: str, theirs: _Keys, ours: _Keys) -> _Step:
    """A step to participants who are taken, where neither role nor TRN contradicts."""

    def their_keys(row_keys: MatchKeys) -> Iterable[Hashable]:
        trns = (row_keys.trn, "") if row_keys.trn else (_ANY,)
        return [(key, row_keys.role or _ANY, trn) for key in theirs(row_keys) for trn in trns]

    def our_keys(row_keys: MatchKeys) -> Iterable[Hashable]:
        return product(ours(row_keys), (row_keys.role, _ANY), (row_keys.trn, _ANY))

    return _Step(basis, field, their_keys, our_keys, again=True)


def _trn_and_role(row_keys: MatchKeys) -> Iterable[Hashable]:
    return [(row_keys.trn, row_keys.role)] if row_keys.trn and row_keys.role else ()


def _trn(row_keys: MatchKeys) -> Iterable[Hashable]:
    return [row_keys.trn] if row_keys.trn else ()


def _email(row_keys: MatchKeys) -> Iterable[Hashable]:
    return [row_keys.email] if row_keys.email else ()


def _email_and_word(row_keys: MatchKeys) -> Iterable[Hashable]:
    """An address with each word of the name; one of theirs without a name goes by the address."""
    words: Iterable[Hashable] = row_keys.name.split()[:_MOST_WORDS] or (_ANY,)
    return [(row_keys.email, word) for word in words] if row_keys.email else ()


def _email_and_either(row_keys: MatchKeys) -> Iterable[Hashable]:
    return [(row_keys.email, word) for word in (*row_keys.name.split()[:_MOST_WORDS], _ANY)] if row_keys.email else ()


def _name_and_school(row_keys: MatchKeys) -> Iterable[Hashable]:
    """A name with the URN that they gave, else with the school's name."""
    place = row_keys.place
    return [(row_keys.name, *place)] if row_keys.name and place[1] else ()


def _name_and_either(row_keys: MatchKeys) -> Iterable[Hashable]:
    return [(row_keys.name, "urn", row_keys.urn), (row_keys.name, "school", row_keys.school)]


def _name_and_kin(row_keys: MatchKeys) -> Iterable[Hashable]:
    return [(row_keys.name, *place) for place in row_keys.kin]


def _shared(rows: Iterable[MatchKeys]) -> AbstractSet[str]:
    """The addresses that more than one row has."""
    return {email for email, rows_with_it in Counter(row_keys.email for row_keys in rows).items() if rows_with_it > 1}
