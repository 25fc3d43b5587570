"""The participants who are derived one by one, each with all its records and what the listings said of it before."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, count, islice, starmap
from typing import Final

from attrs import evolve
from sqlalchemy import ColumnElement, SelectBase, exists, func, insert, select

from checkdata.adapters.sql.bulk import fill
from checkdata.adapters.sql.feed_store.listing_rows import kind_cells, own_cells
from checkdata.adapters.sql.feed_store.next_generation import NextGeneration
from checkdata.adapters.sql.feed_store.records import training_record_from_row
from checkdata.adapters.sql.feed_store.teachers import TeacherRecords
from checkdata.adapters.sql.feed_store.work_tables import (
    derived_rows,
    due_participants,
    kinds_of,
    other_schools,
    several_records,
)
from checkdata.adapters.sql.generation_schema import before, record_kinds, training_records
from checkdata.adapters.sql.listing_fields import SHOWN
from checkdata.adapters.sql.listings import GROUPS, LISTINGS, Listing, listed_from_row
from checkdata.domain.feed.contents import DueParticipant
from checkdata.domain.listing.columns import csv_cell
from checkdata.domain.listing.rows import ListedBefore, ListedParticipant, ListingEntry, Names
from checkdata.domain.ports import Derive, Relisted
from checkdata.domain.training.records import TrainingRecord, Viewer
from checkdata.domain.values import ParticipantId, search_key

BATCH: Final = 2000
"""How many participants are held in memory at once."""

_ID: Final = due_participants.c.participant_id


class SingleDerivations:
    """Derives participants one by one."""

    def __init__(self, making: NextGeneration, teachers: TeacherRecords) -> None:
        self._making = making
        self._teachers = teachers
        self._kinds = count(-1, -1)

    def derive(self, derive: Derive, participants: SelectBase, names: Names) -> date | None:
        """Derive these participants under these names; the first day on which one of them is listed otherwise."""
        found = participants.subquery()
        number = func.row_number().over(order_by=found.c.participant_id)
        self._making.connection.execute(
            insert(due_participants).from_select(["number", "participant_id"], select(number, found.c.participant_id))
        )
        self._making.analyze(_ID)
        holds_until: date | None = None
        derived = map(derive, self._due())
        while batch := list(islice(derived, BATCH)):
            self._write(batch, names)
            holds_until = min(filter(None, [holds_until, *(until for _, _, until in batch)]), default=None)
        for rows in derived_rows.values():
            self._making.analyze(rows.c.participant_id)
        return holds_until

    def _write(self, batch: Sequence[Relisted], names: Names) -> None:
        for listing in LISTINGS:
            entries = chain.from_iterable(entries for _, entries, _ in batch)
            theirs = [entry for entry in entries if isinstance(entry.viewer, listing.viewer)]
            listed = [(entry, next(self._kinds)) for entry in theirs if not entry.departed]
            left = [(entry.viewer.id, entry.listed.participant_id) for entry in theirs if entry.departed]
            kinds = [kind_cells(entry, kind, self._making.counted_kinds) for entry, kind in listed]
            fill(self._making.connection, kinds_of[listing.rows.name], kinds)
            fill(self._making.connection, derived_rows[listing.rows.name], list(starmap(own_cells, listed)))
            fill(self._making.connection, listing.departed, left)
            fill(self._making.connection, other_schools, list(_other_schools(listing, theirs, names)))

    def _due(self) -> Iterator[DueParticipant]:
        number: int = self._making.connection.execute(select(func.count()).select_from(due_participants)).scalar_one()
        for first in range(1, number + 1, BATCH):
            yield from self._batch(due_participants.c.number.between(first, first + BATCH - 1))

    def _batch(self, numbers: ColumnElement[bool]) -> Iterator[DueParticipant]:
        records, said_before, departed = self._records(numbers), self._before(numbers), self._departed(numbers)
        self._teachers.look_up(record for found in records.values() for record in found)
        ids = select(_ID).where(numbers).order_by(due_participants.c.number)
        for participant_id in self._making.connection.execute(ids).scalars().all():
            yield DueParticipant(
                participant_id=ParticipantId(participant_id),
                records=tuple(records[participant_id]),
                before=said_before[participant_id],
                departed=frozenset(departed[participant_id]),
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
            for listed in self._rows_before(listing, numbers):
                viewer = listing.viewer(listed.delivery_partner_id or listed.appropriate_body_id or "")
                said[listed.participant_id][viewer] = evolve(said[listed.participant_id][viewer], listed=listed)
        return said

    def _rows_before(self, listing: Listing, numbers: ColumnElement[bool]) -> Iterator[ListedParticipant]:
        """What was shown of participants who may have moved: records of theirs name another organisation."""
        rows, organisation = before(listing.rows).c, training_records.c[listing.organisation]
        named = exists().where(training_records.c.participant_id == _ID, organisation != rows[listing.organisation])
        shown = (
            select(rows[listing.organisation], *(rows[name] for name in SHOWN))
            .join(due_participants, rows.participant_id == _ID)
            .join(several_records, several_records.c.participant_id == _ID)
            .where(numbers, named)
        )
        for row in self._making.connection.execute(shown).all():
            yield listed_from_row(row, listing.viewer(row[0]))

    def _departed(self, numbers: ColumnElement[bool]) -> defaultdict[str, set[Viewer]]:
        left = defaultdict[str, set[Viewer]](set)
        for listing in LISTINGS if self._making.follows else ():
            rows = before(listing.departed).c
            found = select(rows.participant_id, rows[listing.organisation]).join(
                due_participants, rows.participant_id == _ID
            )
            for participant_id, organisation in self._making.connection.execute(found.where(numbers)).all():
                left[participant_id].add(listing.viewer(organisation))
        return left


def _other_schools(listing: Listing, entries: Sequence[ListingEntry], names: Names) -> Iterator[tuple[str, ...]]:
    for entry in entries:
        listed = entry.listed
        if not entry.departed and listed.school != names.schools.get(listed.school_urn):
            school = listed.school, search_key(listed.school), csv_cell(listed.school)
            yield listing.rows.name, entry.viewer.id, listed.participant_id, *school
