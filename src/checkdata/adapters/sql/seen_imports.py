"""The imports that a transaction sees, by their number, their id and when they were made."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from checkdata.adapters.sql.feed_schema import imports
from checkdata.adapters.sql.listing_history import import_from_cells, import_from_row
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.listing.as_of import Import
from checkdata.domain.values import ImportId

_LAST_IMPORT: Final = (
    select(imports.c.id, imports.c.at, imports.c.today, imports.c.made_at).order_by(imports.c.number.desc()).limit(1)
)


class SeenImports:
    """The imports of a transaction; the last one is asked for once if nothing can change meanwhile."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._last: Import | None = None

    def last(self) -> Import | None:
        """The import that the listings show."""
        if self._last is not None:
            return self._last
        last = next(map(import_from_cells, self._transaction.ask(_LAST_IMPORT, {})), None)
        if self._transaction.sees_one_state:
            self._last = last
        return last

    def with_id(self, import_id: ImportId) -> Import | None:
        """The import with this id."""
        row = self._transaction.execute(select(imports).where(imports.c.id == import_id)).one_or_none()
        return None if row is None else import_from_row(row)

    def before(self, moment: datetime) -> Import | None:
        """The last import made at or before then."""
        return self.by_number({number}).get(number) if (number := self.number_at(moment)) else None

    def number_at(self, moment: datetime) -> int:
        """The number of the last import made at or before then; 0 before the first."""
        last = select(func.coalesce(func.max(imports.c.number), 0)).where(moment >= imports.c.made_at)
        number: int = self._transaction.execute(last).scalar_one()
        return number

    def number_with(self, import_id: ImportId) -> int | None:
        """The number of the import with this id; None if there is none."""
        named = select(imports.c.number).where(imports.c.id == import_id)
        number: int | None = self._transaction.execute(named).scalar_one_or_none()
        return number

    def by_number(self, numbers: AbstractSet[int | None]) -> Mapping[int, Import]:
        """The imports with these numbers."""
        found = self._transaction.execute(select(imports).where(imports.c.number.in_(numbers - {None})))
        return {row.number: import_from_row(row) for row in found}
