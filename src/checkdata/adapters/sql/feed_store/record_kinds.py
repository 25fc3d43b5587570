"""The numbers of the kinds of records: those of the generation before go on, and new ones come."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, func, insert, select

from checkdata.adapters.sql.bulk import Cells
from checkdata.adapters.sql.feed_store.next_generation import NextGeneration
from checkdata.adapters.sql.generation_schema import before, record_kinds, training_records
from checkdata.domain.feed.pieces import RecordKind

_MOST: Final = 2**16
"""How many kinds are remembered; one that is met again after more gets another number."""


class RecordKinds:
    """Gives kinds their numbers; one that has a number gets no other, unless there are very many."""

    def __init__(self, making: NextGeneration) -> None:
        self._making = making
        self._numbers: dict[RecordKind, int] = {}
        self._next = 1

    def carry_over(self) -> None:
        """Let the kinds of the generation before keep their numbers."""
        old = before(record_kinds)
        self._making.connection.execute(insert(record_kinds).from_select(list(old.c.keys()), select(old)))
        rows = self._making.connection.execute(select(record_kinds).limit(_MOST))
        self._numbers = {RecordKind(has_trn, tuple(shared)): number for number, has_trn, *shared in rows}
        last = select(func.coalesce(func.max(record_kinds.c.number), 0))
        self._next = self._making.connection.execute(last).scalar_one() + 1

    def numbers_of(self, kinds: Sequence[RecordKind]) -> tuple[Sequence[int], Sequence[Cells]]:
        """The number of each, and the rows of new ones, which the caller writes."""
        if len(self._numbers) + len(kinds) > 2 * _MOST:
            self._numbers.clear()
        new = [kind for kind in kinds if kind not in self._numbers]
        self._numbers.update(zip(new, range(self._next, self._next + len(new)), strict=True))
        self._next += len(new)
        return [self._numbers[kind] for kind in kinds], [(self._numbers[k], k.has_trn, *k.shared) for k in new]

    def forget_unused(self) -> None:
        """Delete the kinds of which there is no record."""
        used = select(training_records.c.kind).distinct()
        self._making.connection.execute(delete(record_kinds).where(record_kinds.c.number.not_in(used)))
        self._making.analyze(record_kinds.c.number)
