"""Makes listings again: rows of derived participants are staged, compared, and put in order with the others."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Insert,
    Select,
    Table,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from checkdata.adapters.sql.bulk import fill
from checkdata.adapters.sql.feed_schema import participants
from checkdata.adapters.sql.feed_store.copying import copy_all, copy_anew, forget_copies
from checkdata.adapters.sql.feed_store.derive_by_kind import Alike
from checkdata.adapters.sql.feed_store.listing_rows import entry_to_row
from checkdata.adapters.sql.feed_store.row_positions import ROOM, mark, mark_all, place
from checkdata.adapters.sql.feed_store.tallying import count_all, count_differing
from checkdata.adapters.sql.feed_store.temporary_tables import (
    relisted_participants,
    relisted_rows,
    touched_organisations,
)
from checkdata.adapters.sql.feed_store.versions import keep_versions
from checkdata.adapters.sql.listings import LISTINGS, Listing
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.feed.contents import DueParticipant
from checkdata.domain.listing.rows import ListingEntry

Derived = tuple[DueParticipant, Sequence[ListingEntry], date | None]

_BATCH: Final = 2000
_DERIVATION: Final = ("participant_id", "derived_on", "holds_until")


class Relisting:
    """Replaces the listings of derived participants."""

    def __init__(self, transaction: Transaction, alike: Alike) -> None:
        self._transaction = transaction
        self._alike = alike

    def relist(self, derived: Iterable[Derived], today: date, number: int) -> int:
        """How many rows were added, changed or removed by import *number*; organisations without any stay untouched."""
        self._transaction.lock()
        self._stage(derived, number)
        if self._alike.derived:
            differing = sum(self._list_first(listing, number) for listing in LISTINGS)
            self._transaction.write(insert(participants).from_select(_DERIVATION, self._alike.derivations(today)))
        else:
            differing = sum(self._renew(listing, number) for listing in LISTINGS)
        self._note_derived(today)
        return differing

    def _stage(self, derived: Iterable[Derived], number: int) -> None:
        for table in (relisted_participants, *relisted_rows.values(), *touched_organisations.values()):
            self._transaction.make_temporary(table)
            self._transaction.execute(delete(table))
        source = iter(derived)
        while batch := list(islice(source, _BATCH)):
            self._stage_batch(batch, number)
        self._transaction.analyze(relisted_participants.c.participant_id)
        for listing in LISTINGS:
            rows = relisted_rows[listing.rows.name]
            self._transaction.index_temporary(rows)
            self._transaction.analyze(rows.c.participant_id, rows.c[listing.organisation])

    def _stage_batch(self, batch: Sequence[Derived], number: int) -> None:
        connection = self._transaction.connection
        fill(
            connection,
            relisted_participants,
            [(due.participant_id, holds_until, not due.records) for due, _, holds_until in batch],
        )
        for listing in LISTINGS:
            rows = [
                (*entry_to_row(entry), number)
                for _, entries, _ in batch
                for entry in entries
                if isinstance(entry.viewer, listing.viewer)
            ]
            fill(connection, relisted_rows[listing.rows.name], rows)

    def _renew(self, listing: Listing, number: int) -> int:
        """Write the rows that differ, and all rows of an organisation whose order changes; how many rows differ."""
        touched = touched_organisations[listing.rows.name]
        organisation = touched.c[listing.organisation]
        differing = _differing(listing).subquery()
        counted = select(differing.c.organisation, func.count(), func.sum(differing.c.moved))
        self._transaction.execute(
            insert(touched).from_select(
                [listing.organisation, "rows", "moved"], counted.group_by(differing.c.organisation)
            )
        )
        self._transaction.analyze(organisation)
        rows: int = self._transaction.execute(select(func.coalesce(func.sum(touched.c.rows), 0))).scalar_one()
        if rows:
            keep_versions(self._transaction, listing, number)
            count_differing(self._transaction, listing)
            forget_copies(self._transaction, listing)
            self._replace_in_place(listing)
            self._take_out(listing)
            moved = select(organisation).where(touched.c.moved > 0)
            without_room = place(self._transaction, listing, moved)
            self._put_in_order(listing, without_room)
            copy_anew(self._transaction, listing, without_room)
            mark(self._transaction, listing, moved)
            self._transaction.analyze(listing.rows.c[listing.organisation], listing.rows.c.participant_id)
        return rows

    def _list_first(self, listing: Listing, number: int) -> int:
        """List all at once, if no participant is listed yet; how many rows that is."""
        derived = relisted_rows[listing.rows.name]
        alike = self._alike.rows(listing).add_columns(literal(number).label("shown_from"))
        rows = alike.union_all(select(derived)).subquery("listed")
        with self._transaction.without_indexes(listing.rows):
            self._transaction.write(_in_order(listing, rows))
        copy_all(self._transaction, listing)
        count_all(self._transaction, listing)
        mark_all(self._transaction, listing)
        self._transaction.analyze(listing.rows.c[listing.organisation], listing.rows.c.participant_id)
        counted = select(func.coalesce(func.sum(listing.tallies.c.number), 0))
        listed: int = self._transaction.execute(counted).scalar_one()
        return listed

    def _replace_in_place(self, listing: Listing) -> None:
        new, old = relisted_rows[listing.rows.name], listing.rows
        replaced = update(old).where(_same(listing), _stays(listing), _otherwise(new, old))
        self._transaction.write(replaced.values({column.name: column for column in new.columns}))

    def _take_out(self, listing: Listing) -> None:
        """Delete the rows that go, and those that will stand elsewhere."""
        old = listing.rows
        derived = old.c.participant_id.in_(select(relisted_participants.c.participant_id))
        self._transaction.write(delete(old).where(derived, ~exists().where(_same(listing), _stays(listing))))

    def _put_in_order(self, listing: Listing, touched: Select[Any]) -> None:
        new = relisted_rows[listing.rows.name]
        names = [column.name for column in new.columns]
        in_touched = listing.rows.c[listing.organisation].in_(touched)
        relisted = exists().where(relisted_participants.c.participant_id == listing.rows.c.participant_id)
        others = select(*(listing.rows.c[name] for name in names)).where(in_touched, ~relisted)
        self._transaction.execute(insert(new).from_select(names, others))
        self._transaction.write(delete(listing.rows).where(in_touched))
        self._transaction.write(_in_order(listing, new, new.c[listing.organisation].in_(touched)))

    def _note_derived(self, today: date) -> None:
        relisted = relisted_participants
        stale = participants.c.participant_id.in_(select(relisted.c.participant_id))
        self._transaction.write(delete(participants).where(stale))
        rows = select(relisted.c.participant_id, literal(today), relisted.c.holds_until).where(
            relisted.c.gone.is_(False)
        )
        self._transaction.write(insert(participants).from_select(_DERIVATION, rows))


def _in_order(listing: Listing, new: FromClause, *which: ColumnElement[bool]) -> Insert:
    """Put staged rows into a listing, each in its place in its organisation's order, with room between them."""
    organisation = new.c[listing.organisation]
    order = (new.c.sort_key, new.c.full_name, new.c.participant_id)
    pos = func.row_number().over(partition_by=organisation, order_by=order) * ROOM
    rows = select(*new.c, pos).where(*which).order_by(organisation, *order)
    return insert(listing.rows).from_select([*(column.name for column in new.c), "pos"], rows)


def _differing(listing: Listing) -> CompoundSelect[Any]:
    """The organisation of each row that is new, not as it was, or gone, and whether places move by it: 1 or 0."""
    new, old, same = relisted_rows[listing.rows.name], listing.rows, _same(listing)
    now = (
        select(new.c[listing.organisation].label("organisation"), case((_stays(listing), 0), else_=1).label("moved"))
        .join(old, same, isouter=True)
        .where(or_(old.c.pos.is_(None), _otherwise(new, old)))
    )
    relisted = old.c.participant_id.in_(select(relisted_participants.c.participant_id))
    gone = select(old.c[listing.organisation], literal(1)).where(relisted, ~exists().where(same))
    return now.union_all(gone)


def _same(listing: Listing) -> ColumnElement[bool]:
    """Whether a staged row and one of the listing are about the same."""
    new, old = relisted_rows[listing.rows.name], listing.rows
    return and_(
        new.c.participant_id == old.c.participant_id, new.c[listing.organisation] == old.c[listing.organisation]
    )


def _stays(listing: Listing) -> ColumnElement[bool]:
    """Whether a staged row stands where that of the listing does."""
    new, old = relisted_rows[listing.rows.name], listing.rows
    return and_(new.c.sort_key == old.c.sort_key, new.c.full_name == old.c.full_name)


def _otherwise(new: Table, old: Table) -> Any:  # noqa: ANN401 - a condition
    compared = (column for column in new.columns if column.name != "shown_from")
    return or_(*(column.is_distinct_from(old.c[column.name]) for column in compared))
