"""The counts beside the filters: counted once, and from then on by what comes and goes."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, and_, delete, exists, func, insert, literal, select

from checkdata.adapters.sql.feed_store.temporary_tables import differing_tallies, relisted_participants, relisted_rows
from checkdata.adapters.sql.listings import Listing
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.listing.filters import FILTER_NAMED


def count_all(transaction: Transaction, listing: Listing) -> None:
    """Count every row of a listing that has no tallies, in the narrow copy of it."""
    kind = _kind(listing, listing.words)
    counted = select(*kind, func.count()).group_by(*kind)
    transaction.write(insert(listing.tallies).from_select(_names(listing.tallies), counted))


def count_differing(transaction: Transaction, listing: Listing) -> None:
    """Count what derived participants have now and had before; asked before the listing is written."""
    tallies, differing = listing.tallies, differing_tallies[listing.rows.name]
    transaction.make_temporary(differing)
    transaction.execute(delete(differing))
    new, old = relisted_rows[listing.rows.name], listing.rows
    # SQLite would read the listing whole for a join.
    going = old.c.participant_id.in_(select(relisted_participants.c.participant_id))
    come = select(*_kind(listing, new), literal(1).label("more")).select_from(new)
    gone = select(*_kind(listing, old), literal(-1).label("more")).where(going)
    each = come.union_all(gone).subquery()
    kind = list(each.c)[:-1]
    counted = select(*kind, func.sum(each.c.more)).group_by(*kind).having(func.sum(each.c.more) != 0)
    transaction.execute(insert(differing).from_select(_names(differing), counted))
    same = _same_kind(tallies, differing)
    summed = select(differing.c.number + tallies.c.number).where(same).scalar_subquery()
    transaction.execute(differing.update().where(exists().where(same)).values(number=summed))
    transaction.write(delete(tallies).where(exists().where(same)))
    rows = select(differing).where(differing.c.number > 0)
    transaction.write(insert(tallies).from_select(_names(tallies), rows))


def _kind(listing: Listing, rows: FromClause) -> list[ColumnElement[Any]]:
    return [
        rows.c[listing.organisation],
        func.coalesce(rows.c.lead_provider_id, "").label("lead_provider_id"),
        *(rows.c[name] for name in FILTER_NAMED),
    ]


def _names(tallies: Table) -> list[str]:
    return [column.name for column in tallies.columns]


def _same_kind(tallies: Table, differing: Table) -> ColumnElement[bool]:
    return and_(*(column == differing.c[column.name] for column in tallies.columns if column.name != "number"))
