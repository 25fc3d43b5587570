"""What listings ever showed of a participant, in memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from attrs import evolve

from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.audit.tracing import (
    LISTS,
    PossibleSightings,
    ShownRow,
    Trail,
    downloads_that_ended,
    list_may_have_shown,
    possible_sighting,
    summed_up,
)
from checkdata.domain.audit.wanted import WantedParticipant
from checkdata.domain.people.organisations import Organisation, Role
from checkdata.domain.values import ParticipantId


class MemoryParticipantTrails:
    """The current and the former rows of a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def trail(self, participant_id: ParticipantId, /) -> Trail:
        """Every version of every row of theirs."""
        imports = list(enumerate(self._draft.state.imports, start=1))
        return Trail(
            stood=list(self._stood(participant_id)),
            imports={done.id: number for number, done in imports},
            made={number: done.made_at for number, done in imports},
        )

    def views(self, trail: Trail, start: datetime | None, end: datetime | None, /) -> Sequence[PossibleSightings]:
        """The views of lists and the downloads broken off that may have shown them, summed up."""
        ended = downloads_that_ended(self._draft.state.audit)
        return summed_up(
            possible_sighting(event)
            for event in self._draft.state.audit
            if event.kind in LISTS
            and (start is None or event.at >= start)
            and (end is None or event.at < end)
            and list_may_have_shown(event, trail)
            and event.details.get("download") not in ended
        )

    def named(self, organisation: Organisation, wanted: WantedParticipant, /) -> Sequence[ShownRow]:
        """The rows of one organisation's listing that may be meant."""
        ids = {*self._draft.state.listings, *(row.listed.participant_id for row in self._draft.state.past_rows)}
        stood = (row for participant_id in ids for row in self._stood(participant_id))
        ours = organisation.role, organisation.id
        return [row for row in stood if row.organisation == ours and wanted.matches(row.listed)]

    def of_partner(self, delivery_partner_id: str, /) -> Iterator[Trail]:
        """The trails of a partner's participants."""
        state, organisation = self._draft.state, (Role.DELIVERY_PARTNER, delivery_partner_id)
        ids = {*state.listings, *(row.listed.participant_id for row in state.past_rows)}
        for participant_id in sorted(ids):
            trail = self.trail(participant_id)
            theirs = [stood for stood in trail.stood if stood.organisation == organisation]
            if theirs:
                yield evolve(trail, stood=theirs)

    def _stood(self, participant_id: ParticipantId) -> Iterator[ShownRow]:
        derivation = self._draft.state.listings.get(participant_id)
        for viewer, entry in () if derivation is None else derivation.rows.items():
            if derivation is not None:
                yield ShownRow(listed=entry.listed, began=derivation.shown_from[viewer], ended=None)
        for row in self._draft.state.past_rows:
            if row.listed.participant_id == participant_id:
                yield ShownRow(listed=row.listed, began=row.shown_from, ended=row.shown_until)


_conforms: type[ports.ParticipantTrails] = MemoryParticipantTrails
