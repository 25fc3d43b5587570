"""The two listings, and their rows as the domain's values."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from attrs import frozen
from sqlalchemy import ColumnElement, Row, Table

from checkdata.adapters.sql.feed_schema import (
    body_history,
    body_listing,
    body_marks,
    body_tallies,
    body_words,
    partner_history,
    partner_listing,
    partner_marks,
    partner_tallies,
    partner_words,
)
from checkdata.domain.listing.queries import Tally
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, Organisation
from checkdata.domain.training.facts import ParticipantRole, Programme
from checkdata.domain.training.records import Viewer
from checkdata.domain.training.statuses import Status, StatusGroup

_ROLES: Final = {role.value: role for role in ParticipantRole}
_STATUSES: Final = {status.value: status for status in Status}
_PROGRAMMES: Final = {programme.value: programme for programme in Programme}
GROUPS: Final = {group.value: group for group in StatusGroup}

MARKED: Final = 100
"""Every so many rows of an organisation one is marked, to find a page by."""


@frozen(kw_only=True)
class Listing:
    """One of the listings: its rows, what is kept beside them, and by which column and type organisations are told."""

    rows: Table
    words: Table
    marks: Table
    history: Table
    tallies: Table
    organisation: str
    viewer: type[Viewer]

    @property
    def columns(self) -> Mapping[str, ColumnElement[Any]]:
        """The columns that a scope may speak of."""
        return self.columns_in(self.rows)

    def columns_in(self, table: Table) -> Mapping[str, ColumnElement[Any]]:
        """The same columns in the rows, the words, the tallies or the past."""
        return {name: table.c[name] for name in (self.organisation, "lead_provider_id", "academic_year", "role")}


LISTINGS: Final = (
    Listing(
        rows=partner_listing,
        words=partner_words,
        marks=partner_marks,
        history=partner_history,
        tallies=partner_tallies,
        organisation="delivery_partner_id",
        viewer=DeliveryPartner,
    ),
    Listing(
        rows=body_listing,
        words=body_words,
        marks=body_marks,
        history=body_history,
        tallies=body_tallies,
        organisation="appropriate_body_id",
        viewer=AppropriateBody,
    ),
)

SHOWN: Final = (
    "participant_id",
    "full_name",
    "email",
    "trn",
    "role",
    "lead_provider_id",
    "lead_provider",
    "school",
    "school_urn",
    "academic_year",
    "status",
    "status_group",
    "since",
    "since_at_least",
    "programme",
    "induction_tutor_email",
    "updated_at",
    "completed_on",
)
"""The columns of a `ListedParticipant`, without the organisation."""

_CELLS: Final = attrgetter(*SHOWN)


def listing_of(organisation: Organisation) -> Listing | None:
    """The listing in which an organisation has its rows; the department's teams have none."""
    return next((listing for listing in LISTINGS if isinstance(organisation, listing.viewer)), None)


def tally_from_row(row: Row[*tuple[Any, ...]]) -> Tally:
    """A tally of the rows in scope."""
    return Tally(
        role=_ROLES[row.role], academic_year=row.academic_year, status=_STATUSES[row.status], number=row.in_scope
    )


def listed_from_row(row: Any, organisation: Organisation) -> ListedParticipant:  # noqa: ANN401 - a row, or a part
    """A participant from a row with the columns ``SHOWN`` of an organisation's listing."""
    return listed_from_cells(_CELLS(row), organisation)


def listed_from_cells(cells: Sequence[Any], organisation: Organisation) -> ListedParticipant:
    """A participant from the values of the columns ``SHOWN``, in their order."""
    of_partner = isinstance(organisation, DeliveryPartner)
    participant, name, email, trn, role, lead_id, lead, school, urn, year, status, group, *others = cells
    since, at_least, programme, tutor, updated_at, completed_on = others
    return ListedParticipant(
        participant_id=participant,
        delivery_partner_id=organisation.id if of_partner else None,
        appropriate_body_id=None if of_partner else organisation.id,
        full_name=name,
        email=email,
        trn=trn,
        role=_ROLES[role],
        lead_provider_id=lead_id,
        lead_provider=lead,
        school=school,
        school_urn=urn,
        academic_year=year,
        status=_STATUSES[status],
        group=GROUPS[group],
        since=since,
        since_at_least=at_least,
        programme=_PROGRAMMES[programme],
        induction_tutor_email=tutor,
        updated_at=updated_at,
        completed_on=completed_on,
    )
