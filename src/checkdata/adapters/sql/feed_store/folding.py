"""The version of the folding of the stored keys; with another version all are built again."""

from datetime import date
from typing import Any, Final

from sqlalchemy import Table, bindparam, select, update

from checkdata.adapters.sql.feed_store.next_generation import NextGeneration
from checkdata.adapters.sql.feed_store.noted_version import NotedVersion
from checkdata.adapters.sql.generation_schema import training_records
from checkdata.adapters.sql.listings import LISTINGS
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.training.teacher_records import person_key
from checkdata.domain.values import FOLDING_VERSION, search_key

_BATCH: Final = 5000
_KEYS: Final = ("person_key", "sort_key", "email_key")


class Folding:
    """Whether the stored keys are those of today's `search_key` (rules.md, *Order, paging, search*)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._version = NotedVersion(transaction, "folding_version", str(FOLDING_VERSION))

    def is_old(self) -> bool:
        """Whether there are keys of another version: every participant is listed again then."""
        return self._version.is_old()

    def renew_keys(self, making: NextGeneration) -> None:
        """Build the keys of the records of a generation again."""
        last, rows = "", select(training_records).order_by(training_records.c.record_id).limit(_BATCH)
        renew = update(training_records).where(training_records.c.record_id == bindparam("row"))
        renew = renew.values({name: bindparam(name) for name in _KEYS})
        while found := making.connection.execute(rows.where(training_records.c.record_id > last)).all():
            making.connection.execute(renew, [{"row": row.record_id, **_keys_of(row)} for row in found])
            last = found[-1].record_id

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


def _keys_of(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row
    person = None if row.person_key is None else person_key(row.full_name, date.fromisoformat(row.date_of_birth))
    return dict(zip(_KEYS, (person, search_key(row.full_name), search_key(row.email)), strict=True))
