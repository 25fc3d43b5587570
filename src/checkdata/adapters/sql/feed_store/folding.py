"""The version of the folding of the stored keys; with another version all are built again."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from sqlalchemy import Column, CursorResult, Table, bindparam, select, update

from checkdata.adapters.sql.feed_schema import teacher_records
from checkdata.adapters.sql.feed_store.next_generation import NextGeneration
from checkdata.adapters.sql.feed_store.noted_version import NotedVersion
from checkdata.adapters.sql.generation_schema import training_records
from checkdata.adapters.sql.listings import LISTINGS
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.training.teacher_records import person_key
from checkdata.domain.values import FOLDING_VERSION, search_key

_BATCH: Final = 5000


class Folding:
    """Whether the stored keys are those of today's `search_key` (rules.md, *Order, paging, search*)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._version = NotedVersion(transaction, "folding_version", str(FOLDING_VERSION))

    def is_old(self) -> bool:
        """Whether there are keys of another version: every participant is listed again then."""
        return self._version.is_old()

    def renew_keys(self, making: NextGeneration) -> None:
        """Build the keys again that listings are made by: of the records of a generation, and of teacher records.

        Only what differs is written, because on SQLite nobody else can write from the first write to the commit.
        """
        execute = making.connection.execute
        self._renew(execute, execute, training_records.c.record_id, _keys_of_record)
        self._renew(self._transaction.execute, self._transaction.write, teacher_records.c.trn, _keys_of_teacher)

    def note_renewed(self) -> None:
        """Build the keys of versions that ended again too, and keep that all are of today's version."""
        if self._version.is_old():
            for listing in LISTINGS:
                self._renew_history(listing.history)
        self._version.note()

    def _renew_history(self, history: Table) -> None:
        """By the names whose keys differ, because few do."""
        known = self._transaction.execute(select(history.c.full_name, history.c.sort_key).distinct()).all()
        renewed = [{"of": name, "key": search_key(name)} for name, key in known if search_key(name) != key]
        if renewed:
            named = update(history).where(history.c.full_name == bindparam("of"))
            self._transaction.write(named.values(sort_key=bindparam("key")), renewed)

    def _renew(
        self,
        read: Callable[..., CursorResult[Any]],
        write: Callable[..., CursorResult[Any]],
        key: Column[str],
        keys_of: Callable[[Any], dict[str, Any]],
    ) -> None:
        last, table = "", key.table
        rows = select(table).order_by(key).limit(_BATCH)
        while found := read(rows.where(key > last)).all():
            keys = [(row, keys_of(row)) for row in found]
            renewed = [{"row": getattr(row, key.name), **new} for row, new in keys if _differ(row, new)]
            if renewed:
                names = [name for name in renewed[0] if name != "row"]
                write(update(table).where(key == bindparam("row")).values({n: bindparam(n) for n in names}), renewed)
            last = getattr(found[-1], key.name)


def _differ(row: Any, keys: dict[str, Any]) -> bool:  # noqa: ANN401 - a row
    return any(getattr(row, name) != key for name, key in keys.items())


def _keys_of_record(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row
    person = None if row.person_key is None else person_key(row.full_name, date.fromisoformat(row.date_of_birth))
    return {"person_key": person, "sort_key": search_key(row.full_name), "email_key": search_key(row.email)}


def _keys_of_teacher(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row
    return {"person_key": person_key(row.full_name, row.date_of_birth)}
