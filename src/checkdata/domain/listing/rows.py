"""A participant as one organisation sees them: a row of its listing."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

from attrs import evolve, field, frozen

from checkdata.domain.listing.field_traits import BOTH, traits, traits_of
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, LeadProvider, School
from checkdata.domain.training.facts import INDUCTION_TYPE_OF, InductionType, ParticipantRole
from checkdata.domain.training.records import TrainingRecord, Viewer
from checkdata.domain.training.states import TrainingState
from checkdata.domain.training.statuses import GROUP_OF, STATUS_OF, Status, StatusGroup
from checkdata.domain.training.who_acts import WHO_ACTS, WhoActs
from checkdata.domain.values import LeadProviderId, ParticipantId, search_key


@frozen
class ListedParticipant:
    """One row of an organisation's listing: what it may be shown of a participant, and nothing else.

    ``trn`` is "" until it is validated (service rule 9); ``lead_provider`` is "" where none is confirmed (service rule
    10). In a delivery partner's listing ``appropriate_body_id`` is None and ``induction_tutor_email`` is ""; in an
    appropriate body's ``delivery_partner_id`` and ``lead_provider_id`` are None and ``email`` and ``lead_provider`` are
    "": what a role may not see is not in its rows. ``since`` is the day of the import that first met the group,
    ``since_at_least`` if it was that participant's first import (service rule 11). ``completed_on`` is the day on
    which the induction was completed, None in every other group and where it is not known.

    Each field is declared only here: adapters make their columns, cells and conditions from its type and its traits
    (`checkdata.domain.listing.field_traits`). Fields without traits follow from the listing that the row stands in, and
    come first. Adapters, which make thousands of rows, give values by place; everything else by name.
    """

    delivery_partner_id: str | None
    appropriate_body_id: str | None
    participant_id: ParticipantId = field(metadata=traits())
    full_name: str = field(metadata=traits(*BOTH, free_text=True, ordered=True))
    email: str = field(metadata=traits(DeliveryPartner, free_text=True))
    trn: str = field(metadata=traits(*BOTH))
    role: ParticipantRole = field(metadata=traits(*BOTH))
    lead_provider_id: LeadProviderId | None = field(metadata=traits(DeliveryPartner))
    lead_provider: str = field(metadata=traits(DeliveryPartner, free_text=True))
    school: str = field(metadata=traits(DeliveryPartner, free_text=True))
    school_urn: str = field(metadata=traits(*BOTH))
    academic_year: int = field(metadata=traits(*BOTH))
    status: Status = field(metadata=traits(*BOTH))
    group: StatusGroup = field(metadata=traits(*BOTH))
    next: WhoActs = field(metadata=traits(*BOTH))
    since: date = field(metadata=traits(*BOTH))
    since_at_least: bool = field(metadata=traits(*BOTH))
    induction_type: InductionType = field(metadata=traits(AppropriateBody))
    induction_tutor_email: str = field(metadata=traits(AppropriateBody, free_text=True))
    updated_at: datetime = field(metadata=traits())
    completed_on: date | None = field(default=None, metadata=traits(*BOTH))

    @property
    def address(self) -> str:
        """Where users write: to the participant, and in an appropriate body's listing to the induction tutor."""
        return self.email or self.induction_tutor_email

    @property
    def order(self) -> tuple[str, str, str]:
        """The key by which rows are ordered, each part by code point (rules.md, *Order*)."""
        return search_key(self.full_name), self.full_name, self.participant_id


FIELDS: Final = traits_of(ListedParticipant)
"""The traits of the fields that are stored of a row, by name, in their order."""


@frozen(kw_only=True)
class ListingEntry:
    """A row of a listing with the state behind its status. No partner or body sees that state (security.md 45).

    ``departed``: the row has left view. It is not listed, and that it left is remembered.
    """

    viewer: Viewer
    listed: ListedParticipant
    state: TrainingState
    departed: bool = False


@frozen
class Names:
    """The names of schools by URN and of lead providers by id, as listings show them."""

    schools: Mapping[str, str]
    lead_providers: Mapping[LeadProviderId, str]

    def including(self, schools: Iterable[School], lead_providers: Iterable[LeadProvider]) -> "Names":
        """These names, with those of a feed in place of earlier ones."""
        return Names(
            {**self.schools, **{school.urn: school.name for school in schools}},
            {**self.lead_providers, **{lead.id: lead.name for lead in lead_providers}},
        )


@frozen(kw_only=True)
class ListedBefore:
    """What a listing said of a participant before: the group of states, and since when.

    ``listed`` is the row as it was shown. It may be None for a participant who is at one organisation only, because
    nobody asks for it unless they move.
    """

    group: StatusGroup
    since: date
    since_at_least: bool
    listed: ListedParticipant | None = None


@frozen(kw_only=True)
class StatusSince:
    """Since when a group of states holds, as far as imports show."""

    on: date
    at_least: bool = field(default=False)

    @staticmethod
    def following(before: ListedBefore | None, group: StatusGroup, today: date) -> "StatusSince":
        """A change within a group is no change; a row met for the first time is so since at least today."""
        if before is None:
            return StatusSince(on=today, at_least=True)
        if before.group is group:
            return StatusSince(on=before.since, at_least=before.since_at_least)
        return StatusSince(on=today)


def list_participant(  # noqa: PLR0913 - a row is made of all of these, once
    record: TrainingRecord,
    viewer: Viewer,
    state: TrainingState,
    names: Names,
    *,
    shows_trn: bool,
    before: ListedBefore | None,
    today: date,
) -> ListingEntry:
    """The row that *viewer* gets of a participant whose chosen record is *record* (service rules 8 to 11)."""
    group = GROUP_OF[state]
    since = StatusSince.following(before, group, today)
    for_partner = isinstance(viewer, DeliveryPartner)
    lead = record.lead_provider_id if for_partner else None
    listed = ListedParticipant(
        participant_id=record.participant_id,
        delivery_partner_id=viewer.id if for_partner else None,
        appropriate_body_id=None if for_partner else viewer.id,
        full_name=record.full_name,
        email=record.email if for_partner else "",
        trn=(record.trn or "") if shows_trn else "",
        role=record.role,
        lead_provider_id=lead,
        lead_provider="" if lead is None else names.lead_providers[lead],
        school=names.schools[record.school_urn],
        school_urn=record.school_urn,
        academic_year=record.academic_year,
        status=STATUS_OF[state],
        group=group,
        next=WHO_ACTS[group],
        since=since.on,
        since_at_least=since.at_least,
        induction_type=INDUCTION_TYPE_OF[record.programme],
        induction_tutor_email=record.induction_tutor_email if isinstance(viewer, AppropriateBody) else "",
        updated_at=record.updated_at,
        completed_on=record.induction_completed_on if group is StatusGroup.COMPLETED else None,
    )
    return ListingEntry(viewer=viewer, listed=listed, state=state)


_TOLD_NOW: Final = ("status", "group", "next", "since", "since_at_least", "completed_on")
"""What is told of a participant who has moved away as it is now."""


def as_last_shown(entry: ListingEntry, before: ListedBefore | None) -> ListingEntry:
    """The entry of a participant who has moved away, with the details that were shown last (statuses.md 3).

    The record's own details where none were shown before.
    """
    if before is None or before.listed is None:
        return entry
    now = entry.listed
    told_now = {name: getattr(now, name) for name in _TOLD_NOW}
    return evolve(entry, listed=evolve(before.listed, **told_now))
