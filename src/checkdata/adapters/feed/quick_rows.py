"""The rows of ``training_records.csv``, quickly: most of them are like others, and only what is new is read exactly.

`checkdata.adapters.feed.tables` says what a row means. What it made of one is remembered here by the row's cells; a
row that has anything which is not known, or not of the plainest shape, is its own. No row is refused here.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Final

from checkdata.adapters.feed import cells
from checkdata.adapters.feed.cells import CellRefused, or_blank
from checkdata.adapters.feed.digests import digest_below
from checkdata.adapters.feed.rows import Row
from checkdata.adapters.feed.tables import FeedFile, Memory, ReadRow
from checkdata.domain.feed.contents import KnownIds
from checkdata.domain.feed.record_words import OWN_FIELDS, SHARED_FIELDS, CheckedRow, SharedWords, words_of_record
from checkdata.domain.training.records import TrainingRecord

_MOST: Final = 2**15
"""How many combinations of shared words are remembered at once."""

_PLAIN: Final = re.compile(
    rf"\S[^\n]{{0,{cells.LONGEST_KEY - 1}}}\n\S[^\n]{{0,{cells.LONGEST_KEY - 1}}}\n\S[^\n]*\n"
    r"(?:[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+)?\n(?:[0-9]{7})?\n"
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:Z|\+00:00)"
)
"""Record and participant id, name, address, TRN and moment, on a line each."""


def quick_rows(
    file: FeedFile[TrainingRecord], known: KnownIds, only: Iterable[int] | None = None
) -> Iterator[CheckedRow | ReadRow[TrainingRecord]]:
    """Every row below the header, or *only* those of some lines, in order.

    What was read exactly comes with all that is to be said of it.
    """
    rows, reader, header = file.opened(only)
    memory, digest_of = _Rows(header, known), digest_below(header)
    for row in rows:
        digest = None if row.raw is None else digest_of(row.raw)
        found = memory.recalled(row, digest)
        if found is None:
            read = file.judged(row, reader)
            memory.learn(row, read)
            yield read._replace(digest=digest)
        else:
            yield found


class _Rows:
    """What is known of rows below one header."""

    def __init__(self, header: Sequence[str], known: KnownIds) -> None:
        self._width = len(header)
        places = {name: place for place, name in enumerate(header)}
        # A blank cell equals an absent column: one is put behind the others.
        self._own = itemgetter(*(places.get(name, self._width) for name in OWN_FIELDS))
        self._shared = itemgetter(*(places.get(name, self._width) for name in SHARED_FIELDS))
        # Two rules are about cells on both sides: a partner makes a partnership, a TRN is needed to be valid.
        self._words: dict[tuple[bool, bool], dict[tuple[str, ...], SharedWords]] = {
            (partner, trn): {} for partner in (False, True) for trn in (False, True)
        }
        self._schools = known.schools
        self._partners = {"", *known.delivery_partners}
        self._bodies = {"", *known.appropriate_bodies}
        self._addresses = Memory(cells.email)
        self._days = Memory(or_blank(cells.day))

    def recalled(self, row: Row, digest: bytes | None) -> CheckedRow | None:
        """The row, where all of it is known; a last line without its end never is."""
        if len(row.cells) != self._width or not row.clean or row.stray_quotes or not row.ended:
            return None
        found = (*row.cells, "")
        record_id, participant_id, name, email, trn, school, partner, body, tutor, born, updated_at = self._own(found)
        shared = self._words[partner != "", trn != ""].get(self._shared(found))
        if (
            shared is None
            or school not in self._schools
            or partner not in self._partners
            or body not in self._bodies
            or not _PLAIN.fullmatch(f"{record_id}\n{participant_id}\n{name}\n{email}\n{trn}\n{updated_at}")
        ):
            return None
        day = updated_at[:10]
        try:
            self._days[day], self._days[born], self._addresses[tutor]
        except CellRefused:
            return None
        own = (
            record_id,
            participant_id,
            name,
            email,
            trn or None,
            school,
            partner or None,
            body or None,
            tutor,
            born or None,
            f"{day} {updated_at[11:19]}.000000+00:00",
        )
        return CheckedRow(row.line, own, shared, digest)

    def learn(self, row: Row, read: ReadRow[TrainingRecord]) -> None:
        """Remember what the shared cells of a good row stand for."""
        if read.thing is None:
            return
        words = self._words[read.thing.delivery_partner_id is not None, read.thing.trn is not None]
        if len(words) >= _MOST:
            words.clear()
        words[self._shared((*row.cells, ""))] = words_of_record(read.thing)[1]
