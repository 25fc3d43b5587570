"""The narrow copy of a listing that a search reads, kept in step: what was copied goes before the rows change."""

from typing import Any

from sqlalchemy import ColumnElement, Select, SelectBase, Table, delete, insert, select, tuple_

from checkdata.adapters.sql.feed_store.temporary_tables import relisted_participants
from checkdata.adapters.sql.listings import Listing
from checkdata.adapters.sql.transaction import Transaction


def copy_all(transaction: Transaction, listing: Listing) -> None:
    """Copy a listing of which nothing is copied, in the order in which it was written just now."""
    _copy(transaction, listing, _copied(listing))


def forget_copies(transaction: Transaction, listing: Listing) -> None:
    """Delete the copies of the rows of derived participants; asked before the listing is written."""
    rows, words = listing.rows, listing.words
    place = (listing.organisation, "pos")
    derived = select(*(rows.c[name] for name in place)).where(_derived(rows))
    transaction.write(delete(words).where(tuple_(*(words.c[name] for name in place)).in_(derived)))


def copy_anew(transaction: Transaction, listing: Listing, rewritten: Select[Any]) -> None:
    """Copy the rows of derived participants, and all rows of organisations that were rewritten as a whole."""
    rows, name = listing.rows, listing.organisation
    transaction.write(delete(listing.words).where(listing.words.c[name].in_(rewritten)))
    found = _copied(listing).where(_derived(rows))
    derived = found.cte("derived").prefix_with("MATERIALIZED")  # else PostgreSQL reads the whole listing for them
    others = select(*derived.c).where(derived.c[name].not_in(rewritten))
    _copy(transaction, listing, others.union_all(_copied(listing).where(rows.c[name].in_(rewritten))))


def _copy(transaction: Transaction, listing: Listing, rows: SelectBase) -> None:
    words = listing.words
    transaction.write(insert(words).from_select([column.name for column in words.columns], rows))
    transaction.analyze(words.c[listing.organisation])


def _copied(listing: Listing) -> Select[Any]:
    return select(*(listing.rows.c[column.name] for column in listing.words.columns))


def _derived(rows: Table) -> ColumnElement[bool]:
    return rows.c.participant_id.in_(select(relisted_participants.c.participant_id))  # a join SQLite reads whole
