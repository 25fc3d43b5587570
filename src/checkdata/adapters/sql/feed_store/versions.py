"""Versions of rows of listings, kept when an import ends them (`checkdata.domain.listing.history`)."""

from sqlalchemy import ColumnElement, and_, exists, insert, literal, not_, or_, select, update

from checkdata.adapters.sql.feed_schema import HISTORY_COLUMNS
from checkdata.adapters.sql.feed_store.temporary_tables import relisted_participants, relisted_rows
from checkdata.adapters.sql.listing_fields import COLUMN_OF
from checkdata.adapters.sql.listings import Listing
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.listing.history import VERSIONED


def keep_versions(transaction: Transaction, listing: Listing, number: int) -> None:
    """Let staged rows that show what stored ones show go on as their version; keep those that import *number* ends.

    What that import began itself was never shown and is not kept.
    """
    new, old = relisted_rows[listing.rows.name], listing.rows
    stands = and_(_same_row(listing), not_(_another_version(listing)))
    transaction.execute(update(new).where(stands).values(shown_from=old.c.shown_from))
    names = [listing.organisation, "participant_id", "shown_from", *HISTORY_COLUMNS]
    ended = (
        select(*(old.c[name] for name in names), literal(number))
        .where(old.c.participant_id.in_(select(relisted_participants.c.participant_id)))
        .where(old.c.shown_from < number, ~exists().where(stands))
    )
    transaction.write(insert(listing.history).from_select([*names, "shown_until"], ended))


def _same_row(listing: Listing) -> ColumnElement[bool]:
    new, old = relisted_rows[listing.rows.name], listing.rows
    return and_(
        new.c.participant_id == old.c.participant_id, new.c[listing.organisation] == old.c[listing.organisation]
    )


def _another_version(listing: Listing) -> ColumnElement[bool]:
    new, old = relisted_rows[listing.rows.name], listing.rows
    names = (COLUMN_OF[name] for name in VERSIONED[listing.viewer])
    return or_(*(new.c[name].is_distinct_from(old.c[name]) for name in names))
