"""Places in a listing for rows that come or move, between those that stay: the quick path beside writing all anew.

`checkdata.adapters.sql.feed_store.relisting` puts an organisation's whole listing in order where there is no room.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, insert, null, select

from checkdata.adapters.sql.feed_store.temporary_tables import places, relisted_rows
from checkdata.adapters.sql.listings import MARKED, Listing
from checkdata.adapters.sql.transaction import Transaction

ROOM: Final = 64
"""How far apart the positions of a listing are that is written anew."""

_BEFORE_ALL: Final = -1
_KEYS: Final = ("sort_key", "full_name", "participant_id")


def place(transaction: Transaction, listing: Listing, moved: Select[Any]) -> Select[Any]:
    """Insert the staged rows of these organisations that are not in the listing, each between two that are.

    Returns the organisations of which none was inserted, for there is no room in one place.
    """
    found = places[listing.rows.name]
    organisation = found.c[listing.organisation]
    transaction.make_temporary(found)
    transaction.execute(delete(found))
    transaction.execute(insert(found).from_select([column.name for column in found.columns], _places(listing, moved)))
    transaction.analyze(organisation, found.c.participant_id)
    without_room = select(organisation).where(found.c.room < found.c.rows)
    new = relisted_rows[listing.rows.name]
    same = and_(new.c.participant_id == found.c.participant_id, new.c[listing.organisation] == organisation)
    rows = select(*new.c, found.c.pos).join(found, same).where(organisation.not_in(without_room))
    names = [*(column.name for column in new.columns), "pos"]
    transaction.write(insert(listing.rows).from_select(names, rows.order_by(organisation, found.c.pos)))
    return without_room


def mark(transaction: Transaction, listing: Listing, moved: Select[Any]) -> None:
    """Mark every hundredth row of these organisations."""
    marks, organisation, pos = listing.marks, listing.rows.c[listing.organisation], listing.rows.c.pos
    transaction.write(delete(marks).where(marks.c[listing.organisation].in_(moved)))
    rank = (func.row_number().over(partition_by=organisation, order_by=pos) - 1).label("rank")
    ranked = select(organisation, rank, pos).where(organisation.in_(moved)).subquery()
    rows = select(ranked.c[listing.organisation], ranked.c.rank // MARKED, ranked.c.pos).where(
        ranked.c.rank % MARKED == 0
    )
    transaction.write(insert(marks).from_select([listing.organisation, "number", "pos"], rows))


def mark_all(transaction: Transaction, listing: Listing) -> None:
    """The same in a listing that was written anew as a whole, where positions tell the rank."""
    pos, between = listing.rows.c.pos, ROOM * MARKED
    rows = select(listing.rows.c[listing.organisation], pos // between, pos).where(pos % between == ROOM)
    transaction.write(insert(listing.marks).from_select([listing.organisation, "number", "pos"], rows))


def _places(listing: Listing, moved: Select[Any]) -> Select[Any]:
    """Each row that comes: its place, how many come between the same two, and how much room there is."""
    staying, new = listing.rows, relisted_rows[listing.rows.name]
    name = listing.organisation
    same = and_(staying.c.participant_id == new.c.participant_id, staying.c[name] == new.c[name])
    coming = select(new.c[name], *(new.c[key] for key in _KEYS), null().label("pos")).where(
        new.c[name].in_(moved), ~exists().where(same)
    )
    there = select(staying.c[name], *(staying.c[key] for key in _KEYS), staying.c.pos).where(staying.c[name].in_(moved))
    line = there.union_all(coming).subquery("line")
    in_order = [line.c[key] for key in _KEYS]
    before = func.max(line.c.pos).over(partition_by=line.c[name], order_by=in_order, rows=(None, 0))
    stood = select(*line.c, func.coalesce(before, _BEFORE_ALL).label("before")).subquery("stood")
    together = [stood.c[name], stood.c.before]
    gaps = (
        select(
            stood.c[name],
            stood.c.participant_id,
            stood.c.before,
            func.row_number().over(partition_by=together, order_by=[stood.c[key] for key in _KEYS]).label("nth"),
            func.count().over(partition_by=together).label("rows"),
        )
        .where(stood.c.pos.is_(None))
        .subquery("gaps")
    )
    following = (
        select(func.min(staying.c.pos))
        .where(staying.c[name] == gaps.c[name], staying.c.pos > gaps.c.before)
        .scalar_subquery()
    )
    width: ColumnElement[int] = func.coalesce(following - gaps.c.before, ROOM * (gaps.c.rows + 1)).label("width")
    cells = select(*gaps.c, width).subquery("cells")
    pos = cells.c.before + cells.c.width * cells.c.nth // (cells.c.rows + 1)
    return select(cells.c[name], cells.c.participant_id, pos, cells.c.rows, cells.c.width - 1)
