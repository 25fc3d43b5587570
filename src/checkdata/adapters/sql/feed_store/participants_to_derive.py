"""Finds the participants to derive, each with all its records and what the listings said of it before."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, delete, func, insert, or_, select, union

from checkdata.adapters.sql.feed_schema import participants, training_records
from checkdata.adapters.sql.feed_store.derive_by_kind import Alike
from checkdata.adapters.sql.feed_store.folding import Folding
from checkdata.adapters.sql.feed_store.records import training_record_from_row
from checkdata.adapters.sql.feed_store.teachers import TeacherRecords
from checkdata.adapters.sql.feed_store.temporary_tables import due_participants, touched_participants
from checkdata.adapters.sql.listings import GROUPS, LISTINGS
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.feed.contents import DueParticipant
from checkdata.domain.listing.rows import ListedBefore
from checkdata.domain.training.records import TrainingRecord, Viewer
from checkdata.domain.values import ParticipantId

BATCH: Final = 2000
"""How many participants are held in memory at once. No cursor stays open, so that the caller may write meanwhile."""

_ID: Final = due_participants.c.participant_id


class Due:
    """The participants that are due on a day."""

    def __init__(self, transaction: Transaction, teachers: TeacherRecords, folding: Folding, alike: Alike) -> None:
        self._transaction = transaction
        self._teachers = teachers
        self._folding = folding
        self._alike = alike

    def on(self, today: date) -> Iterator[DueParticipant]:
        """Each of them, by id."""
        for first in range(1, self._find(today) + 1, BATCH):
            yield from self._batch(due_participants.c.number.between(first, first + BATCH - 1))

    def _find(self, today: date) -> int:
        """Number the participants that are due; how many there are."""
        for table in (touched_participants, due_participants):
            self._transaction.make_temporary(table)
        self._transaction.execute(delete(due_participants))
        found = union(*self._reasons(today)).subquery()
        numbered = select(func.row_number().over(order_by=found.c.participant_id), found.c.participant_id)
        self._transaction.execute(insert(due_participants).from_select(["number", "participant_id"], numbered))
        self._transaction.analyze(due_participants.c.number)
        number: int = self._transaction.execute(select(func.count()).select_from(due_participants)).scalar_one()
        return number

    def _reasons(self, today: date) -> Iterator[Select[Any]]:
        """Something changed; never derived; derived for a later day, or for one whose answer holds no more."""
        if self._alike.derived:
            yield from self._alike.others()
            return
        past = or_(participants.c.derived_on > today, participants.c.holds_until <= today)
        never = (
            select(training_records.c.participant_id)
            .join(participants, participants.c.participant_id == training_records.c.participant_id, isouter=True)
            .where(participants.c.participant_id.is_(None))
        )
        yield select(touched_participants.c.participant_id)
        yield never
        yield (
            select(participants.c.participant_id)
            if self._folding.is_old()
            else select(participants.c.participant_id).where(past)
        )

    def _batch(self, numbers: ColumnElement[bool]) -> Iterator[DueParticipant]:
        records, before = self._records(numbers), self._before(numbers)
        self._teachers.look_up(record for found in records.values() for record in found)
        ids = select(_ID).where(numbers).order_by(due_participants.c.number)
        for participant_id in self._transaction.execute(ids).scalars().all():
            yield DueParticipant(
                participant_id=ParticipantId(participant_id),
                records=tuple(records[participant_id]),
                before=before[participant_id],
            )

    def _records(self, numbers: ColumnElement[bool]) -> defaultdict[str, list[TrainingRecord]]:
        found = (
            select(training_records)
            .join(due_participants, training_records.c.participant_id == _ID)
            .where(numbers)
            .order_by(training_records.c.record_id)
        )
        records = defaultdict[str, list[TrainingRecord]](list)
        for record in map(training_record_from_row, self._transaction.execute(found).all()):
            records[record.participant_id].append(record)
        return records

    def _before(self, numbers: ColumnElement[bool]) -> defaultdict[str, dict[Viewer, ListedBefore]]:
        before = defaultdict[str, dict[Viewer, ListedBefore]](dict)
        for listing in LISTINGS:
            rows = listing.rows.c
            shown = (
                rows.participant_id,
                rows[listing.organisation],
                rows.status_group,
                rows.since,
                rows.since_at_least,
            )
            found = select(*shown).join(due_participants, rows.participant_id == _ID).where(numbers)
            for participant_id, organisation, group, since, at_least in self._transaction.execute(found).all():
                before[participant_id][listing.viewer(organisation)] = ListedBefore(
                    group=GROUPS[group], since=since, since_at_least=at_least
                )
        return before
