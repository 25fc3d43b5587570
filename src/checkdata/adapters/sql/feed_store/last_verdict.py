"""The validation result of the training records merged last, in SQL."""

from sqlalchemy import delete, insert, select

from checkdata.adapters.sql.feed_schema import feed_readings
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.feed.contents import RowFault
from checkdata.domain.feed.last_verdict import Reading


class Readings:
    """One reading at most: that of the file that was merged last."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def last(self) -> Reading | None:
        """That reading, or None where it is not known."""
        row = self._transaction.execute(select(feed_readings)).one_or_none()
        if row is None:
            return None
        faults = tuple(RowFault(*cells) for cells in row.faults)
        return Reading(key=row.key, good=row.good, faults=faults, warnings=tuple(row.warnings))

    def record(self, reading: Reading | None) -> None:
        """Keep only this one, or none."""
        self._transaction.write(delete(feed_readings))
        if reading is not None:
            faults = [[fault.file, fault.line, fault.column, fault.rule] for fault in reading.faults]
            cells = {"key": reading.key, "good": reading.good, "faults": faults, "warnings": list(reading.warnings)}
            self._transaction.write(insert(feed_readings), cells)
