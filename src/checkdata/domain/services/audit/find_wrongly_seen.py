"""Finds whom partners saw wrongly, who saw them and in which files, as it is known now (service rule 15)."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from attrs import evolve, field, frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.tracing import ParticipantSightings, Sighting, Trail
from checkdata.domain.audit.wanted import NO_PARTICIPANT_HAS_ID
from checkdata.domain.audit.wrong_sightings import (
    END_OF_TIME,
    KnownTerms,
    WronglySeen,
    WrongReason,
    WrongStretch,
    may_be_at_wrong_partner,
    stretch_at_wrong_partner,
    wrong_stretches,
)
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.people.agreement_history import agreements_as_known
from checkdata.domain.people.organisations import DeliveryPartner, Role
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.audit.trace import sightings_of
from checkdata.domain.services.task_steps.by_key import READ_WITHIN
from checkdata.domain.services.task_steps.record_event import record
from checkdata.domain.values import ParticipantId


@frozen(kw_only=True)
class WronglySeenQuery:
    """Of which participant, under which agreement, from which moment on and before which; None for all."""

    participant_id: ParticipantId | None = None
    agreement_id: str | None = None
    start: datetime | None = None
    end: datetime | None = None

    @property
    def recorded(self) -> dict[str, str | int | bool]:
        """What goes on record of it."""
        words = {
            "agreement_id": self.agreement_id,
            "start": self.start and self.start.isoformat(),
            "end": self.end and self.end.isoformat(),
        }
        return {name: word for name, word in words.items() if word}


@frozen(kw_only=True)
class FindWronglySeen:
    """Answers from the history of agreements and listings, the log and the receipts, and records who asked."""

    storage: Storage
    clock: Clock

    def find(
        self, query: WronglySeenQuery, *, by: Acting | None = None, most: int | None = None
    ) -> Sequence[WronglySeen]:
        """Who was seen wrongly, by participant and partner.

        `ChangeRefused` for an unknown participant or agreement, and where more than *most* may have been seen wrongly.
        """
        now = self.clock()
        with self.storage.reading() as work:
            searching = _Searching(work, query, now)
            candidates = [
                (partner, participant_id)
                for partner in searching.partners()
                for participant_id in searching.candidates(partner)
            ]
            _refuse_more(len(candidates), most)
            found = [seen for candidate in candidates for seen in searching.seen(*candidate)]
        self._record(query, found, now, by)
        return sorted(found, key=lambda each: (each.participant_id, each.organisation.id))

    def _record(self, query: WronglySeenQuery, found: Sequence[WronglySeen], now: datetime, by: Acting | None) -> None:
        event = AuditEvent(
            kind=AuditKind.WRONGLY_SEEN_ASKED,
            at=now,
            participant_id=query.participant_id,
            details={**query.recorded, "participants": len({each.participant_id for each in found})},
        )
        if by is not None:
            event = evolve(event, actor=by.user_id, role=by.role, organisation_id=by.organisation.id)
        record(self.storage, event)


@frozen
class _Searching:
    """One search, in one snapshot."""

    work: UnitOfWork
    query: WronglySeenQuery
    now: datetime
    _terms_of: dict[DeliveryPartner, KnownTerms] = field(init=False, factory=dict)

    def partners(self) -> Sequence[DeliveryPartner]:
        """The partners that may have seen somebody wrongly."""
        known = {version.agreement.delivery_partner_id for version in self.work.agreement_history.newest()}
        known |= {partner.id for partner in self.work.organisations.all(Role.DELIVERY_PARTNER)}
        if self.query.agreement_id is not None:
            known &= self._partners_of_agreement(self.query.agreement_id)
        if self.query.participant_id is not None:
            known &= self._partners_of_participant(self.query.participant_id)
        return [DeliveryPartner(each) for each in sorted(known)]

    def candidates(self, partner: DeliveryPartner) -> Sequence[ParticipantId]:
        """Who of a partner's listing, of now or before, may have been seen wrongly."""
        if self.query.participant_id is not None:
            return [self.query.participant_id]
        terms = self._terms(partner)
        return [
            trail.stood[0].listed.participant_id
            for trail in self.work.trails.of_partner(partner.id)
            if (self.query.agreement_id is None and may_be_at_wrong_partner(trail, partner))
            or any(terms.corrected(stood.listed) for stood in trail.stood)
        ]

    def seen(self, partner: DeliveryPartner, participant_id: ParticipantId) -> Iterator[WronglySeen]:
        """Who of a partner saw a participant wrongly, by reason; nothing if nobody did."""
        trail = self.work.trails.trail(participant_id)
        stretches = list(wrong_stretches(trail, self._terms(partner)))
        at_wrong_partner = None if self.query.agreement_id else stretch_at_wrong_partner(trail, partner)
        if at_wrong_partner is not None:
            stretches.append(at_wrong_partner)
        for reason in WrongReason:
            parts = [self._sightings(trail, partner, each) for each in stretches if each.reason is reason]
            together = _together(participant_id, parts)
            if together.certainly or together.possibly:
                organisation = self.work.organisations.find(partner.role, partner.id) or partner
                yield WronglySeen(
                    participant_id=participant_id, organisation=organisation, reason=reason, sightings=together
                )

    def _partners_of_agreement(self, agreement_id: str) -> set[str]:
        versions = self.work.agreement_history.of_agreement(agreement_id)
        if not versions:
            raise ChangeRefused("There is no agreement with this id, and there never was.")
        return {version.agreement.delivery_partner_id for version in versions}

    def _partners_of_participant(self, participant_id: ParticipantId) -> set[str]:
        trail = self.work.trails.trail(participant_id)
        if not trail.stood:
            raise ChangeRefused(NO_PARTICIPANT_HAS_ID)
        return {organisation_id for role, organisation_id in trail.organisations if role is Role.DELIVERY_PARTNER}

    def _terms(self, partner: DeliveryPartner) -> KnownTerms:
        if partner not in self._terms_of:
            versions, wanted = self.work.agreement_history.of_partner(partner.id), self.query.agreement_id
            self._terms_of[partner] = KnownTerms(
                partner,
                [version for version in versions if wanted in (None, version.agreement.id)],
                agreements_as_known(versions, self.now),
            )
        return self._terms_of[partner]

    def _sightings(self, trail: Trail, partner: DeliveryPartner, stretch: WrongStretch) -> ParticipantSightings:
        """What users of the partner saw in a stretch, as far as it is asked for."""
        participant_id = trail.stood[0].listed.participant_id
        asked = stretch.within(self.query.start, self.query.end)
        if asked is None:
            return ParticipantSightings(participant_id=participant_id, certainly=(), possibly=())
        end = None if asked.end == END_OF_TIME else asked.end
        found = _of_partner(partner, sightings_of(self.work, participant_id, start=asked.start, end=end))
        return (
            found if asked.end != stretch.end or end is None else self._with_late_files(trail, partner, stretch, found)
        )

    def _with_late_files(
        self, trail: Trail, partner: DeliveryPartner, stretch: WrongStretch, found: ParticipantSightings
    ) -> ParticipantSightings:
        """With the files whose download was on its way when the stretch ended: they show what was shown in it.

        A download takes eight hours at most, and a program reads on in what was shown before for longer.
        """
        participant_id, late = found.participant_id, stretch.end + READ_WITHIN
        after = _of_partner(partner, sightings_of(self.work, participant_id, start=stretch.end, end=late))
        files = [each for each in after.certainly if self._is_wrong_still(trail, partner, stretch, each)]
        return evolve(found, certainly=[*found.certainly, *files], users={**found.users, **after.users})

    def _is_wrong_still(self, trail: Trail, partner: DeliveryPartner, stretch: WrongStretch, file: Sighting) -> bool:
        number = None if file.import_id is None else trail.imports.get(file.import_id)
        if file.receipt is None or number is None:
            return False
        shown = trail.at(partner.role, partner.id, file.import_id)
        if stretch.reason is WrongReason.PARTNER:
            return trail.made[number] < stretch.end
        return not any(self._terms(partner).covers_now(stood.listed, file.at) for stood in shown)


def _refuse_more(number: int, most: int | None) -> None:
    """Refuse a question that takes longer than who asked it waits."""
    if most is not None and number > most:
        raise ChangeRefused(
            f"{number:,} participants may have been seen wrongly, and this page looks at {most:,} at most. Enter one "
            "participant’s id, or run checkdata audit wrongly-seen, which looks at all of them."
        )


def _of_partner(partner: DeliveryPartner, found: ParticipantSightings) -> ParticipantSightings:
    def is_theirs(sighting: Sighting) -> bool:
        return (sighting.role, sighting.organisation_id) == (partner.role, partner.id)

    return evolve(
        found,
        certainly=[each for each in found.certainly if is_theirs(each)],
        possibly=[each for each in found.possibly if is_theirs(each.first)],
    )


def _together(participant_id: ParticipantId, parts: Sequence[ParticipantSightings]) -> ParticipantSightings:
    """What several stretches have together; two that meet may both have a file that left between them."""
    certainly: list[Sighting] = []
    for each in (sighting for part in parts for sighting in part.certainly):
        if each not in certainly:
            certainly.append(each)
    return ParticipantSightings(
        participant_id=participant_id,
        certainly=sorted(certainly, key=lambda sighting: sighting.at),
        possibly=sorted((each for part in parts for each in part.possibly), key=lambda each: each.first.at),
        users={user_id: user for part in parts for user_id, user in part.users.items()},
    )
