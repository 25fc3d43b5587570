"""The two listings, and their rows as the domain's values."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen
from sqlalchemy import ColumnElement, FromClause, Row, Table, bindparam, select

from checkdata.adapters.sql.feed_schema import body_counts, body_history, partner_counts, partner_history
from checkdata.adapters.sql.generation_schema import (
    body_departed,
    body_listing,
    body_schools,
    body_tallies,
    body_words,
    partner_departed,
    partner_listing,
    partner_schools,
    partner_tallies,
    partner_words,
)
from checkdata.adapters.sql.listing_fields import cells_of, listed_from_cells
from checkdata.domain.listing.filters import FILTERS, Filter
from checkdata.domain.listing.queries import Tally
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, Organisation
from checkdata.domain.training.records import Viewer
from checkdata.domain.training.statuses import StatusGroup

GROUPS: Final = {group.value: group for group in StatusGroup}


@frozen(kw_only=True)
class Listing:
    """One of the listings: its rows, the tables kept with them, and the column and type of its organisations."""

    rows: Table
    words: Table
    history: Table
    tallies: Table
    past_counts: Table
    schools: Table
    departed: Table
    organisation: str
    viewer: type[Viewer]

    @property
    def columns(self) -> Mapping[str, ColumnElement[Any]]:
        """The columns that a scope may speak of."""
        return self.columns_in(self.rows)

    def columns_in(self, table: FromClause) -> Mapping[str, ColumnElement[Any]]:
        """The same columns in another table that is kept of the rows."""
        return {name: table.c[name] for name in (self.organisation, "lead_provider_id", "academic_year", "role")}


LISTINGS: Final = (
    Listing(
        rows=partner_listing,
        words=partner_words,
        history=partner_history,
        tallies=partner_tallies,
        past_counts=partner_counts,
        schools=partner_schools,
        departed=partner_departed,
        organisation="delivery_partner_id",
        viewer=DeliveryPartner,
    ),
    Listing(
        rows=body_listing,
        words=body_words,
        history=body_history,
        tallies=body_tallies,
        past_counts=body_counts,
        schools=body_schools,
        departed=body_departed,
        organisation="appropriate_body_id",
        viewer=AppropriateBody,
    ),
)


SCOPED_FIELDS: Final = {
    listing: select(*listing.columns.values()).where(
        listing.rows.c.participant_id == bindparam("participant"),
        listing.rows.c[listing.organisation] == bindparam("organisation"),
    )
    for listing in LISTINGS
}
"""What scopes ask of the row of one participant."""


def listing_of(organisation: Organisation) -> Listing | None:
    """The listing in which an organisation has its rows; the department's teams have none."""
    return next((listing for listing in LISTINGS if isinstance(organisation, listing.viewer)), None)


def tally_from_row(row: Row[*tuple[Any, ...]]) -> Tally:
    """A tally of the rows in scope."""
    values = (_value(each, getattr(row, each.field)) for each in FILTERS)
    return Tally(tuple(values), row.in_scope)


def _value(of: Filter, stored: Any) -> Any:  # noqa: ANN401 - each filter has values of its own
    return (stored or None) if of.values is None else of.read(stored)


def listed_from_row(row: Any, organisation: Organisation) -> ListedParticipant:  # noqa: ANN401 - a row, or a part
    """A participant from a row with the columns `SHOWN` of an organisation's listing."""
    return listed_from_cells([cells_of(row)], organisation)[0]


def at_school(
    listing: Listing,
    rows: FromClause,
    organisation: Any,  # noqa: ANN401 - a text or a parameter
    urn: Any,  # noqa: ANN401 - as above
    *,
    on_postgresql: bool,
) -> ColumnElement[bool]:
    """The condition of the rows of a school of an organisation.

    SQLite finds them by their index only where nothing but their places is asked for; PostgreSQL would look each up
    twice.
    """
    if on_postgresql:
        is_there: ColumnElement[bool] = rows.c.school_urn == urn
        return is_there
    school = listing.rows.alias("school").c
    here = select(school.pos).where(school[listing.organisation] == organisation, school.school_urn == urn)
    return rows.c.pos.in_(here)
