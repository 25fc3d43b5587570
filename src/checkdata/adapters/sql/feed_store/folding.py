"""The version of the folding of the stored keys; with another version all are built again."""

from typing import Final

from sqlalchemy import Column, Table, bindparam, delete, insert, select, update

from checkdata.adapters.sql.feed_schema import teacher_records, training_records
from checkdata.adapters.sql.schema import meta
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.training.teacher_records import person_key
from checkdata.domain.values import FOLDING_VERSION

_NAME: Final = "folding_version"
_BATCH: Final = 5000


class Folding:
    """Whether the stored keys are those of today's `search_key` (rules.md, *Order, paging, search*)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def is_old(self) -> bool:
        """Whether there are keys of another version: every participant is due then."""
        return self._stored() not in (None, str(FOLDING_VERSION))

    def renew_person_keys(self) -> None:
        """Build the keys of teacher records again; those of the listings come with the listings."""
        self._renew(training_records, training_records.c.record_id)
        self._renew(teacher_records, teacher_records.c.trn)

    def note_renewed(self) -> None:
        """Keep that all keys are of today's version."""
        if self._stored() == str(FOLDING_VERSION):
            return
        self._transaction.write(delete(meta).where(meta.c.name == _NAME))
        self._transaction.write(insert(meta), {"name": _NAME, "value": str(FOLDING_VERSION)})

    def _stored(self) -> str | None:
        return self._transaction.execute(select(meta.c.value).where(meta.c.name == _NAME)).scalar_one_or_none()

    def _renew(self, table: Table, key: Column[str]) -> None:
        people = select(key, table.c.full_name, table.c.date_of_birth).where(table.c.person_key.is_not(None))
        renewing = update(table).where(key == bindparam("row")).values(person_key=bindparam("renewed"))
        last = ""
        while rows := self._transaction.execute(people.where(key > last).order_by(key).limit(_BATCH)).all():
            self._transaction.write(
                renewing, [{"row": key, "renewed": person_key(name, born)} for key, name, born in rows]
            )
            last, *_ = rows[-1]
