"""Participants whose names are close to that of a row without a match: suggestions, which count for nothing."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import permutations
from typing import Final

from checkdata.domain.reconciliation.match_keys import MatchKeys

Similarity = Callable[[str, Sequence[str]], Iterable[tuple[int, float]]]
"""Finds the names that are close to one: their positions and how close, up to 1 if equal, the closest first.

Names are folded, their words sorted. The implementation decides what is close enough.
"""

MOST_SUGGESTIONS: Final = 3
"""For one row."""

_COMMON: Final = 50
_MOST_COMPARED: Final = 300
"""For one row: a name of many words, made to match every name, is compared with no more."""
_WORDS: Final = 6
_LONGEST: Final = 200
"""In characters: no name is longer, and a cell may hold thousands."""


def suggestions(
    theirs: Iterable[MatchKeys], ours: Sequence[MatchKeys], similarity: Similarity
) -> Iterator[Sequence[tuple[int, float]]]:
    """For each row of theirs the closest of ours with how close they are, at most `MOST_SUGGESTIONS`.

    It compares rows at the same school, and rows with one word in common and another that begins alike. It ignores what
    more than 50 of ours have in common, so that the time grows with the rows, not with their pairs.
    """
    looking = list(theirs)
    index, names = _index(ours, looking), [row_keys.name for row_keys in ours]
    for row_keys in looking:
        among = sorted({place for key in _keys(row_keys) for place in index.get(key, ())})[:_MOST_COMPARED]
        close = similarity(row_keys.name, [names[place] for place in among]) if among else ()
        yield [(among[chosen], closeness) for chosen, closeness in close][:MOST_SUGGESTIONS]


def _index(ours: Sequence[MatchKeys], looking: Sequence[MatchKeys]) -> Mapping[Hashable, Sequence[int]]:
    wanted, may_meet = {key for row_keys in looking for key in _keys(row_keys)}, _may_meet(looking)
    index: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place, row_keys in enumerate(ours):
        for key in _keys(row_keys) if may_meet(row_keys) else ():
            if key in wanted:
                index[key].append(place)
    return {key: places for key, places in index.items() if len(places) <= _COMMON}


def _may_meet(looking: Sequence[MatchKeys]) -> Callable[[MatchKeys], bool]:
    """Whether one of ours has anything in common with them: this is quicker than making its keys."""
    urns = {row_keys.urn for row_keys in looking} - {""}
    schools = {row_keys.school for row_keys in looking} - {""}
    words = {word for row_keys in looking for word in row_keys.name.split()[:_WORDS]}
    return lambda row_keys: (
        row_keys.urn in urns or row_keys.school in schools or not words.isdisjoint(row_keys.name.split())
    )


def _keys(row_keys: MatchKeys) -> Iterator[Hashable]:
    words = row_keys.name.split()[:_WORDS] if len(row_keys.name) <= _LONGEST else []
    if words and row_keys.urn:
        yield "urn", row_keys.urn
    if words and row_keys.school:
        yield "school", row_keys.school
    for word, other in permutations(words, 2):
        yield word, "and", other[0]
