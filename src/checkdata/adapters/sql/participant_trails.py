"""What listings ever showed of a participant, in SQL."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from attrs import evolve
from sqlalchemy import ColumnElement, Row, Select, Table, and_, literal, select, union_all

from checkdata.adapters.sql.column_types import Number
from checkdata.adapters.sql.conditions import strpos
from checkdata.adapters.sql.feed_schema import imports
from checkdata.adapters.sql.listing_fields import SHOWN
from checkdata.adapters.sql.listings import LISTINGS, Listing, listed_from_row, listing_of
from checkdata.adapters.sql.transaction import Transaction
from checkdata.adapters.sql.views_of_lists import sightings_of, views_of
from checkdata.domain import ports
from checkdata.domain.audit.tracing import PossibleSightings, ShownRow, Trail, summed_up
from checkdata.domain.audit.wanted import WantedParticipant
from checkdata.domain.people.organisations import DeliveryPartner, Organisation
from checkdata.domain.values import ImportId, ParticipantId

_STREAMED_ROWS: Final = 500


class SqlParticipantTrails:
    """The current and the former rows of every organisation's listing."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def trail(self, participant_id: ParticipantId, /) -> Trail:
        """Every version of every row of theirs."""
        self._transaction.see_listings()
        self._transaction.let_read("participant_id", participant_id)
        stood = [stood for listing in LISTINGS for stood in self._stood(listing, "participant_id", participant_id)]
        return evolve(self._trail_of_nobody(), stood=stood)

    def of_partner(self, delivery_partner_id: str, /) -> Iterator[Trail]:
        """The trails of a partner's participants, streamed from its rows and its history in one order."""
        (listing,) = (each for each in LISTINGS if each.viewer is DeliveryPartner)
        self._transaction.see_listings()
        self._transaction.let_read(listing.organisation, delivery_partner_id)
        nobody = self._trail_of_nobody()
        stood = self._stood(listing, listing.organisation, delivery_partner_id)
        for _, theirs in groupby(stood, key=lambda each: each.listed.participant_id):
            yield evolve(nobody, stood=list(theirs))

    def _trail_of_nobody(self) -> Trail:
        told = self._transaction.execute(select(imports.c.id, imports.c.number, imports.c.made_at)).all()
        return Trail(
            stood=[],
            imports={ImportId(row.id): row.number for row in told},
            made={row.number: row.made_at for row in told},
        )

    def views(self, trail: Trail, start: datetime | None, end: datetime | None, /) -> Sequence[PossibleSightings]:
        """The views of lists and the downloads broken off that may have shown them, summed up."""
        return summed_up(
            each
            for organisation in trail.organisations
            if (stood := [row for row in trail.stood if row.organisation == organisation])
            for each in sightings_of(views_of(self._transaction, stood, start, end), stood, trail)
        )

    def named(self, organisation: Organisation, wanted: WantedParticipant, /) -> Sequence[ShownRow]:
        """The rows of one organisation's listing that may be meant."""
        listing = listing_of(organisation)
        if listing is None:
            return []
        self._transaction.see_listings()
        self._transaction.let_read(listing.organisation, organisation.id)
        standing = listing.rows.c.pos.in_(_positions(listing, organisation, wanted))
        named = self._shown(listing, organisation, standing, and_(*_of_history(listing, wanted)))
        return [row for row in named if wanted.matches(row.listed)]

    def _shown(
        self, listing: Listing, organisation: Organisation, standing: ColumnElement[bool], ended: ColumnElement[bool]
    ) -> Iterator[ShownRow]:
        for (table, rows), condition in zip(_tables(listing), (standing, ended), strict=True):
            here = table.c[listing.organisation] == organisation.id
            for row in self._transaction.execute(rows.where(here, condition)):
                yield _stood_from_row(row, listing)

    def _stood(self, listing: Listing, column: str, value: str) -> Iterator[ShownRow]:
        """The rows with this value in a column, of now and before, by participant, in the order in which they began."""
        rows = union_all(*(rows.where(table.c[column] == value) for table, rows in _tables(listing)))
        ordered = rows.order_by(rows.selected_columns.participant_id, rows.selected_columns.shown_from)
        for row in self._transaction.execute(ordered.execution_options(yield_per=_STREAMED_ROWS)):
            yield _stood_from_row(row, listing)


def _tables(listing: Listing) -> Iterator[tuple[Table, Select[Any]]]:
    """The table of the rows that stand, and that of those that ended, each with how they are read."""
    yield listing.rows, _rows(listing.rows, listing, literal(None, Number).label("shown_until"))
    yield listing.history, _rows(listing.history, listing, listing.history.c.shown_until)


def _positions(listing: Listing, organisation: Organisation, wanted: WantedParticipant) -> Select[tuple[int]]:
    """Where the rows stand that may be meant, by what a search looks at."""
    words = listing.words
    here = select(words.c.pos).where(words.c[listing.organisation] == organisation.id)
    if wanted.trn:
        return here.where(strpos(words.c.search, wanted.trn) > 0)
    return here.where(*(strpos(words.c.search, word) > 0 for word in wanted.name))


def _of_history(listing: Listing, wanted: WantedParticipant) -> Iterator[ColumnElement[bool]]:
    rows = listing.history.c
    if wanted.trn:
        yield rows.trn == wanted.trn
    yield from (strpos(rows.sort_key, word) > 0 for word in wanted.name)


def _rows(table: Table, listing: Listing, until: ColumnElement[Any]) -> Select[Any]:
    return select(*(table.c[name] for name in (listing.organisation, "shown_from", *SHOWN)), until)


def _stood_from_row(row: Row[*tuple[Any, ...]], listing: Listing) -> ShownRow:
    organisation = listing.viewer(getattr(row, listing.organisation))
    return ShownRow(listed=listed_from_row(row, organisation), began=row.shown_from, ended=row.shown_until)


_conforms: type[ports.ParticipantTrails] = SqlParticipantTrails
