"""Participants whose names are close to what was searched for in vain, found by few searches that are cheap."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.listing.searches import Search, Term, words_typed
from checkdata.domain.reconciliation.close_names import Similarity
from checkdata.domain.values import search_key

MOST_CLOSE: Final = 5
"""How many close names are shown."""
MOST_LOOKED_AT: Final = 2000
"""How many rows of each search are compared, however many there are."""

_WORDS: Final = 6
_SHORTEST: Final = 3
_BEGINNING: Final = 2


def name_words(text: str) -> Sequence[str]:
    """The words of a search that may be a name's; nothing of a number or an address."""
    words = [word for word in words_typed(text) if word.replace("'", "").isalpha()]
    return list(dict.fromkeys(words))[:_WORDS]


def searches_for(words: Sequence[str]) -> Sequence[Search]:
    """Searches that find rows to compare: by one word that is right, and by how every word begins.

    A single word is looked for by its beginning and its end.
    """
    if len(words) == 1:
        return _searches_for_one(words[0])
    whole = tuple(word for word in words if len(word) >= _SHORTEST)
    text = " ".join(words)
    begins = [Search(text, tuple(Term(texts=(word[:_BEGINNING],)) for word in words))] if words else []
    return [*([Search(text, (Term(texts=whole),))] if whole else []), *begins]


def _searches_for_one(word: str) -> Sequence[Search]:
    if len(word) < _SHORTEST:
        return []
    either = Term(texts=(word[:_SHORTEST], word[-_SHORTEST:]))
    both = Term(texts=(word[:_BEGINNING],)), Term(texts=(word[-_BEGINNING:],))
    return [Search(word, (either,)), Search(word, both)]


def closest(words: Sequence[str], rows: Iterable[ListedParticipant], similarity: Similarity) -> list[ListedParticipant]:
    """The rows whose names are closest to the words, at most `MOST_CLOSE`, the closest first."""
    by_id = {row.participant_id: row for row in rows}
    listed = sorted(by_id.values(), key=lambda row: row.order)
    names = [(name, place) for place, row in enumerate(listed) for name in _names(row, len(words))]
    close = similarity(" ".join(sorted(words)), [name for name, _ in names])
    places = dict.fromkeys(names[found][1] for found, _ in close)
    return [listed[place] for place in places][:MOST_CLOSE]


def _names(row: ListedParticipant, words: int) -> Iterator[str]:
    """The name with its words in order, or each of them where a single one was searched for."""
    of_name = search_key(row.full_name).split()
    return iter(of_name) if words == 1 else iter([" ".join(sorted(of_name))])
