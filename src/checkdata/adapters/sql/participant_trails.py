"""What listings ever showed of a participant, in SQL."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Table, null, select

from checkdata.adapters.sql.feed_schema import imports
from checkdata.adapters.sql.listing_fields import SHOWN
from checkdata.adapters.sql.listings import LISTINGS, Listing, listed_from_row
from checkdata.adapters.sql.transaction import Transaction
from checkdata.adapters.sql.views_of_lists import select_views, sightings_of
from checkdata.domain import ports
from checkdata.domain.audit.tracing import PossibleSightings, ShownRow, Trail, summed_up
from checkdata.domain.values import ImportId, ParticipantId


class SqlParticipantTrails:
    """The current and the former rows of every organisation's listing."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def trail(self, participant_id: ParticipantId, /) -> Trail:
        """Every version of every row of theirs."""
        self._transaction.see_listings()
        self._transaction.let_read("participant_id", participant_id)
        told = self._transaction.execute(select(imports.c.id, imports.c.number, imports.c.made_at)).all()
        return Trail(
            stood=[stood for listing in LISTINGS for stood in self._stood(listing, participant_id)],
            imports={ImportId(row.id): row.number for row in told},
            made={row.number: row.made_at for row in told},
        )

    def views(self, trail: Trail, start: datetime | None, end: datetime | None, /) -> Sequence[PossibleSightings]:
        """The views of lists and the downloads broken off that may have shown them, summed up."""
        return summed_up(
            each
            for organisation in trail.organisations
            if (stood := [row for row in trail.stood if row.organisation == organisation])
            for row in self._transaction.execute(select_views(stood, start, end))
            for each in sightings_of(row, stood, trail)
        )

    def _stood(self, listing: Listing, participant_id: ParticipantId) -> Iterator[ShownRow]:
        standing = _rows(listing.rows, listing).add_columns(null().label("shown_until"))
        ended = _rows(listing.history, listing).add_columns(listing.history.c.shown_until)
        for table, rows in ((listing.rows, standing), (listing.history, ended)):
            for row in self._transaction.execute(rows.where(table.c.participant_id == participant_id)):
                yield _stood_from_row(row, listing)


def _rows(table: Table, listing: Listing) -> Select[Any]:
    return select(*(table.c[name] for name in (listing.organisation, "shown_from", *SHOWN)))


def _stood_from_row(row: Row[*tuple[Any, ...]], listing: Listing) -> ShownRow:
    organisation = listing.viewer(getattr(row, listing.organisation))
    return ShownRow(listed=listed_from_row(row, organisation), began=row.shown_from, ended=row.shown_until)


_conforms: type[ports.ParticipantTrails] = SqlParticipantTrails
