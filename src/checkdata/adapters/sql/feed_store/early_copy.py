"""Records of a first import written while its feed is still read: the quick path of `Staging.merge` on PostgreSQL.

Where nothing is stored every good row is new, so that none has to be compared. What is refused once the rows are judged
together is taken back; of two rows with one key the second is left out, and with it all of the feed is refused later.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import delete, literal_column, select, text
from sqlalchemy.dialects.postgresql import insert

from checkdata.adapters.sql.feed_schema import training_records
from checkdata.adapters.sql.feed_store.temporary_tables import STAGED, staged_cells, staged_rows
from checkdata.adapters.sql.transaction import Transaction

_PAGES: Final = text("SELECT pg_relation_size('staged_rows') / current_setting('block_size')::integer")


class Early:
    """Writes staged rows as records, as they come."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    @contextmanager
    def following(self) -> Iterator[None]:
        """Write the good rows that the block stages; those of the page that they began on are there already."""
        pages: int = self._transaction.execute(_PAGES).scalar_one()
        yield
        come = literal_column("staged_rows.ctid") >= literal_column(f"'({max(pages - 1, 0)},0)'::tid")
        rows = select(*staged_cells).select_from(STAGED).where(come, staged_rows.c.refused.is_(False))
        names = [column.name for column in training_records.columns]
        self._transaction.write(insert(training_records).from_select(names, rows).on_conflict_do_nothing())

    def take_back_refused(self) -> None:
        """Delete the records of rows that were refused after all."""
        refused = select(staged_rows.c.record_id).where(staged_rows.c.refused)
        self._transaction.write(delete(training_records).where(training_records.c.record_id.in_(refused)))
