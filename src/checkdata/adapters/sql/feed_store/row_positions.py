"""Places in a listing for rows that come or move, between those that stay: the quick path beside rewriting it.

`checkdata.adapters.sql.feed_store.relisting` puts an organisation's whole listing in order where there is no room.
"""

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    delete,
    exists,
    false,
    func,
    insert,
    null,
    select,
    true,
    tuple_,
)

from checkdata.adapters.sql.feed_store.temporary_tables import places, relisted_rows
from checkdata.adapters.sql.listings import MARKED, Listing
from checkdata.adapters.sql.transaction import Transaction

ROOM: Final = 64
"""How far apart the positions of a rewritten listing are."""

_BEFORE_ALL: Final = -1
_BEHIND_ALL: Final = 2**31 - 1
_KEYS: Final = ("sort_key", "full_name", "participant_id")


def place(transaction: Transaction, listing: Listing, moved: Select[Any]) -> Select[Any]:
    """Insert the staged rows of these organisations that are not in the listing, each between two that are.

    Returns the organisations of which none was inserted, because one place has no room.
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
    """Mark every hundredth row of these organisations, counted in the narrow copy."""
    marks, organisation, pos = listing.marks, listing.words.c[listing.organisation], listing.words.c.pos
    transaction.write(delete(marks).where(marks.c[listing.organisation].in_(moved)))
    rank = (func.row_number().over(partition_by=organisation, order_by=pos) - 1).label("rank")
    ranked = select(organisation, rank, pos).where(organisation.in_(moved)).subquery()
    rows = select(ranked.c[listing.organisation], ranked.c.rank // MARKED, ranked.c.pos).where(
        ranked.c.rank % MARKED == 0
    )
    transaction.write(insert(marks).from_select([listing.organisation, "number", "pos"], rows))


def mark_all(transaction: Transaction, listing: Listing) -> None:
    """The same in a listing that was rewritten as a whole, where positions give the rank."""
    pos, between = listing.words.c.pos, ROOM * MARKED
    rows = select(listing.words.c[listing.organisation], pos // between, pos).where(pos % between == ROOM)
    transaction.write(insert(listing.marks).from_select([listing.organisation, "number", "pos"], rows))


def _places(listing: Listing, moved: Select[Any]) -> Select[Any]:
    """Each row that comes: its place, how many come between the same two, and how much room there is."""
    staying, name = listing.rows, listing.organisation
    stood = _stood(listing, moved)
    together = [stood.c[name], stood.c.before]
    gaps = select(
        stood.c[name],
        stood.c.participant_id,
        stood.c.before,
        func.row_number().over(partition_by=together, order_by=[stood.c[key] for key in _KEYS]).label("nth"),
        func.count().over(partition_by=together).label("rows"),
    ).subquery("gaps")
    following = (
        select(func.min(staying.c.pos))
        .where(staying.c[name] == gaps.c[name], staying.c.pos > gaps.c.before)
        .scalar_subquery()
    )
    width: ColumnElement[int] = func.coalesce(following - gaps.c.before, ROOM * (gaps.c.rows + 1)).label("width")
    cells = select(*gaps.c, width).subquery("cells")
    pos = cells.c.before + cells.c.width * cells.c.nth // (cells.c.rows + 1)
    return select(cells.c[name], cells.c.participant_id, pos, cells.c.rows, cells.c.width - 1)


def _stood(listing: Listing, moved: Select[Any]) -> Subquery:
    """Each row that comes, and the position of the last that stays before it.

    That is looked for between two marked rows: an order of all rows would be that of a million.
    """
    staying, name = listing.rows, listing.organisation
    near = _between_marks(listing, moved)
    keys = tuple_(*(staying.c[key] for key in _KEYS))
    last = (
        select(staying.c.pos)
        .where(staying.c[name] == near.c[name], staying.c.pos.between(near.c.first, near.c.last))
        .where(keys < tuple_(*(near.c[key] for key in _KEYS)))
        .order_by(staying.c.pos.desc())
        .limit(1)
        .scalar_subquery()
    )
    before = func.coalesce(last, _BEFORE_ALL).label("before")
    return select(near.c[name], *(near.c[key] for key in _KEYS), before).where(near.c.comes).subquery("stood")


def _between_marks(listing: Listing, moved: Select[Any]) -> Subquery:
    """Each row that comes with the positions of the marked rows that it comes between; a marked row is none."""
    staying, new, marks, name = listing.rows, relisted_rows[listing.rows.name], listing.marks, listing.organisation
    same = and_(staying.c.participant_id == new.c.participant_id, staying.c[name] == new.c[name])
    coming = select(new.c[name], *(new.c[key] for key in _KEYS), null().label("pos"), true().label("comes")).where(
        new.c[name].in_(moved), ~exists().where(same)
    )
    marked = (
        select(staying.c[name], *(staying.c[key] for key in _KEYS), staying.c.pos, false().label("comes"))
        .join(marks, and_(marks.c[name] == staying.c[name], marks.c.pos == staying.c.pos))
        .where(marks.c[name].in_(moved))
    )
    line = marked.union_all(coming).subquery("line")
    organisation, order = line.c[name], [line.c[key] for key in _KEYS]
    first = func.max(line.c.pos).over(partition_by=organisation, order_by=order, rows=(None, 0))
    last = func.min(line.c.pos).over(partition_by=organisation, order_by=order, rows=(0, None))
    return select(
        *line.c,
        func.coalesce(first, _BEFORE_ALL).label("first"),
        func.coalesce(last, _BEHIND_ALL).label("last"),
    ).subquery("near")
