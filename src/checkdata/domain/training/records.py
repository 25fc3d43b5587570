"""Training records, and which one of a participant's an organisation sees (statuses.md 3)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import Enum

from attrs import frozen

from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.training.facts import (
    DetailsGiven,
    DetailsRequest,
    Eligibility,
    EligibilityReason,
    InductionStatus,
    Mentees,
    ParticipantRole,
    Programme,
    TrainingFacts,
    TrainingStatus,
)
from checkdata.domain.training.states import TrainingState, holds_until, training_state
from checkdata.domain.training.statuses import GONE, GROUP_OF
from checkdata.domain.values import LeadProviderId, ParticipantId, RecordId

Viewer = DeliveryPartner | AppropriateBody
"""An organisation that sees participants."""


class Partnership(Enum):
    """How far school and delivery partner agree that they work together."""

    CONFIRMED = "confirmed"
    PENDING = "pending"
    CHALLENGED = "challenged"


@frozen(kw_only=True)
class TrainingRecord:
    """One participant, in one role, trained through one school and programme for a stretch of time (feed.md).

    As the school gave it: ``trn`` is seven digits or None, ``trn_validated`` and ``eligibility`` are None where the
    feed left them to be checked against the teacher record. ``ends_on`` is the last day.
    """

    record_id: RecordId
    participant_id: ParticipantId
    role: ParticipantRole
    full_name: str
    email: str
    trn: str | None
    school_urn: str
    academic_year: int
    lead_provider_id: LeadProviderId | None
    delivery_partner_id: str | None
    starts_on: date
    updated_at: datetime
    date_of_birth: date | None = None
    trn_validated: bool | None = None
    appropriate_body_id: str | None = None
    partnership: Partnership | None = None
    programme: Programme = Programme.FIP
    induction_tutor_email: str = ""
    induction_status: InductionStatus = InductionStatus.ACTIVE
    training_status: TrainingStatus = TrainingStatus.ACTIVE
    school_transfer: bool = False
    ends_on: date | None = None
    induction_started_on: date | None = None
    induction_completed_on: date | None = None
    details_given: DetailsGiven = DetailsGiven.NONE
    details_request: DetailsRequest | None = None
    check_failed: bool = False
    eligibility: Eligibility | None = None
    eligibility_reason: EligibilityReason | None = None
    mentees: Mentees = Mentees.NONE

    def is_open(self, today: date) -> bool:
        """Whether the record has no end, or one that has not passed."""
        return self.ends_on is None or self.ends_on >= today


@frozen
class Choice:
    """The training record an organisation sees; ``displaced`` where the participant has moved to another one."""

    record: TrainingRecord
    displaced: bool


@frozen(kw_only=True)
class Standing:
    """What an organisation sees of a participant; ``choice`` and ``state`` are None where it sees nothing.

    ``still_there``: the participant has moved to another organisation, and their record here is open all the same.
    ``holds_until`` is the first day after today on which the same records give another answer, or None.
    """

    choice: Choice | None
    state: TrainingState | None
    still_there: bool = False
    holds_until: date | None


def viewers_of(records: Iterable[TrainingRecord]) -> frozenset[Viewer]:
    """The organisations that any of the records names, confirmed or not."""
    viewers: set[Viewer] = set()
    for record in records:
        if record.delivery_partner_id is not None:
            viewers.add(DeliveryPartner(record.delivery_partner_id))
        if record.appropriate_body_id is not None and record.role is ParticipantRole.ECT:
            viewers.add(AppropriateBody(record.appropriate_body_id))
    return frozenset(viewers)


def choose_record(records: Sequence[TrainingRecord], viewer: Viewer, today: date) -> Choice | None:
    """The training record of one participant that *viewer* sees on a day, or None (statuses.md 3).

    *records* are all of the participant's. Open before ended, then the newest start, the newest update, the highest
    id. Where that order puts a started record of another organisation first, the viewer's row is displaced.
    """
    holder, ours = _holder(viewer), viewer.id
    mine = [record for record in records if holder(record) == ours]
    if not mine:
        return None
    displaced = len(mine) < len(records) and _displaced(records, viewer, today)
    return Choice(_first(mine, today), displaced=displaced)


def standing_of(
    records: Sequence[TrainingRecord], viewer: Viewer, today: date, facts_of: Callable[[TrainingRecord], TrainingFacts]
) -> Standing:
    """The choice of record and its state on a day, and until when both hold (statuses.md 1 and 3).

    *facts_of* gives the facts of a record once its TRN and eligibility are checked (feed.md, teacher_records.csv).
    """

    def answer(day: date) -> tuple[Choice | None, TrainingState | None, bool]:
        choice = choose_record(records, viewer, day)
        if choice is None:
            return None, None, False
        own = training_state(facts_of(choice.record), day)
        if not choice.displaced:
            return choice, own, False
        still_there = choice.record.is_open(day) and GROUP_OF[own] not in GONE
        return choice, TrainingState.NO_LONGER_INVOLVED, still_there

    now = answer(today)
    change = next((day for day in sorted(_turning_days(records, after=today)) if answer(day) != now), None)
    choice, state, still_there = now
    if choice is not None and not choice.displaced:
        own = holds_until(facts_of(choice.record), today)
        change = min(filter(None, (change, own)), default=None)
    return Standing(choice=choice, state=state, still_there=still_there, holds_until=change)


def _holder(viewer: Viewer) -> Callable[[TrainingRecord], str | None]:
    return _confirmed_partner if isinstance(viewer, DeliveryPartner) else _body_of_ect


def _confirmed_partner(record: TrainingRecord) -> str | None:
    return record.delivery_partner_id if record.partnership is Partnership.CONFIRMED else None


def _body_of_ect(record: TrainingRecord) -> str | None:
    return record.appropriate_body_id if record.role is ParticipantRole.ECT else None


def _first(records: Iterable[TrainingRecord], today: date) -> TrainingRecord:
    return max(records, key=lambda r: (r.is_open(today), r.starts_on, r.updated_at, r.record_id))


def _displaced(records: Sequence[TrainingRecord], viewer: Viewer, today: date) -> bool:
    """Whether the order over all records puts one of another organisation, confirmed and started, first."""
    holder, ours = _holder(viewer), viewer.id
    rivals = [r for r in records if holder(r) == ours or (holder(r) is not None and r.starts_on <= today)]
    return holder(_first(rivals, today)) != ours


def _event_days(records: Iterable[TrainingRecord]) -> Iterator[date]:
    for record in records:
        yield record.starts_on
        if record.ends_on is not None and record.ends_on < date.max:
            yield record.ends_on + timedelta(days=1)


def _turning_days(records: Sequence[TrainingRecord], *, after: date) -> set[date]:
    """Every day after *after* on which the choice may change: starts and ends."""
    return set() if len(records) == 1 else {day for day in _event_days(records) if day > after}
