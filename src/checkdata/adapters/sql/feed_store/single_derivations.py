"""The participants who are derived one by one, each with all its records and what the listings said of it before."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, islice
from typing import Final

from sqlalchemy import ColumnElement, SelectBase, func, insert, select

from checkdata.adapters.sql.bulk import fill
from checkdata.adapters.sql.feed_store.listing_rows import entry_to_row
from checkdata.adapters.sql.feed_store.next_generation import NextGeneration
from checkdata.adapters.sql.feed_store.records import training_record_from_row
from checkdata.adapters.sql.feed_store.teachers import TeacherRecords
from checkdata.adapters.sql.feed_store.work_tables import derived_rows, due_participants
from checkdata.adapters.sql.generation_schema import before, record_kinds, training_records
from checkdata.adapters.sql.listings import GROUPS, LISTINGS
from checkdata.domain.feed.contents import DueParticipant
from checkdata.domain.listing.rows import ListedBefore
from checkdata.domain.ports import Derive, Relisted
from checkdata.domain.training.records import TrainingRecord, Viewer
from checkdata.domain.values import ParticipantId

BATCH: Final = 2000
"""How many participants are held in memory at once."""

_ID: Final = due_participants.c.participant_id


class SingleDerivations:
    """Derives participants one by one."""

    def __init__(self, making: NextGeneration, teachers: TeacherRecords) -> None:
        self._making = making
        self._teachers = teachers

    def derive(self, derive: Derive, participants: SelectBase) -> date | None:
        """Derive these participants; the first day on which one of them is listed otherwise."""
        found = participants.subquery()
        number = func.row_number().over(order_by=found.c.participant_id)
        self._making.connection.execute(
            insert(due_participants).from_select(["number", "participant_id"], select(number, found.c.participant_id))
        )
        self._making.analyze(_ID)
        holds_until: date | None = None
        derived = map(derive, self._due())
        while batch := list(islice(derived, BATCH)):
            self._write(batch)
            holds_until = min(filter(None, [holds_until, *(until for _, _, until in batch)]), default=None)
        for rows in derived_rows.values():
            self._making.analyze(rows.c.participant_id)
        return holds_until

    def _write(self, batch: Sequence[Relisted]) -> None:
        for listing in LISTINGS:
            entries = chain.from_iterable(entries for _, entries, _ in batch)
            rows = [entry_to_row(entry) for entry in entries if isinstance(entry.viewer, listing.viewer)]
            fill(self._making.connection, derived_rows[listing.rows.name], rows)

    def _due(self) -> Iterator[DueParticipant]:
        number: int = self._making.connection.execute(select(func.count()).select_from(due_participants)).scalar_one()
        for first in range(1, number + 1, BATCH):
            yield from self._batch(due_participants.c.number.between(first, first + BATCH - 1))

    def _batch(self, numbers: ColumnElement[bool]) -> Iterator[DueParticipant]:
        records, said_before = self._records(numbers), self._before(numbers)
        self._teachers.look_up(record for found in records.values() for record in found)
        ids = select(_ID).where(numbers).order_by(due_participants.c.number)
        for participant_id in self._making.connection.execute(ids).scalars().all():
            yield DueParticipant(
                participant_id=ParticipantId(participant_id),
                records=tuple(records[participant_id]),
                before=said_before[participant_id],
            )

    def _records(self, numbers: ColumnElement[bool]) -> defaultdict[str, list[TrainingRecord]]:
        found = (
            select(training_records, record_kinds)
            .join(due_participants, training_records.c.participant_id == _ID)
            .join(record_kinds, record_kinds.c.number == training_records.c.kind)
            .where(numbers)
            .order_by(training_records.c.record_id)
        )
        records = defaultdict[str, list[TrainingRecord]](list)
        for record in map(training_record_from_row, self._making.connection.execute(found).all()):
            records[record.participant_id].append(record)
        return records

    def _before(self, numbers: ColumnElement[bool]) -> defaultdict[str, dict[Viewer, ListedBefore]]:
        said = defaultdict[str, dict[Viewer, ListedBefore]](dict)
        for listing in LISTINGS if self._making.follows else ():
            rows = before(listing.rows).c
            since = (rows.status_group, rows.since, rows.since_at_least)
            shown = select(rows.participant_id, rows[listing.organisation], *since)
            found = shown.join(due_participants, rows.participant_id == _ID).where(numbers)
            for participant_id, organisation, group, since, at_least in self._making.connection.execute(found).all():
                said[participant_id][listing.viewer(organisation)] = ListedBefore(
                    group=GROUPS[group], since=since, since_at_least=at_least
                )
        return said
