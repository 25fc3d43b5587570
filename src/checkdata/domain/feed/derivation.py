"""What each organisation sees of one participant on a day, derived from its training records and teacher records."""

from collections.abc import Callable, Sequence
from datetime import date

from attrs import evolve, frozen

from checkdata.domain.feed.contents import DueParticipant
from checkdata.domain.listing.departures import leaves_view_on
from checkdata.domain.listing.rows import ListingEntry, Names, as_last_shown, list_participant
from checkdata.domain.training.facts import Eligibility, EligibilityReason, TrainingFacts
from checkdata.domain.training.records import Standing, TrainingRecord, standing_of, viewers_of
from checkdata.domain.training.statuses import GONE, shows_trn
from checkdata.domain.training.teacher_records import TeacherCheck, TeacherClaim

CheckTeacher = Callable[[TeacherClaim], TeacherCheck]
"""Checks a claim against the teacher records."""


@frozen(kw_only=True)
class Derived:
    """A participant's rows, one for each organisation that sees it, and the first day on which they change, or None.

    Rows that have left view are among them, as such.
    """

    entries: Sequence[ListingEntry]
    holds_until: date | None


def derive(
    participant: DueParticipant, names: Names, check_teacher: CheckTeacher, today: date, *, kept_months: int
) -> Derived:
    """Derive the rows of a participant for a day; what a listing said before tells since when (service rule 11)."""
    facts = {record.record_id: facts_of(record, check_teacher) for record in participant.records}
    entries: list[ListingEntry] = []
    turns: list[date | None] = []
    for viewer in viewers_of(participant.records):
        standing = standing_of(participant.records, viewer, today, lambda record: facts[record.record_id])
        turns.append(standing.holds_until)
        if standing.choice is not None and standing.state is not None:
            before = participant.before.get(viewer)
            record = standing.choice.record
            entry = list_participant(
                under_its_trn(record, check_teacher),
                viewer,
                standing.state,
                names,
                shows_trn=shows_trn(facts[record.record_id]),
                before=before,
                today=today,
            )
            entry = as_last_shown(entry, before) if standing.choice.displaced else entry
            leaves_on = _leaves_view_on(entry, standing, today, kept_months, departed=viewer in participant.departed)
            gone = leaves_on is not None and leaves_on <= today
            entries.append(evolve(entry, departed=True) if gone else entry)
            turns.append(None if gone else leaves_on)
    return Derived(entries=entries, holds_until=min(filter(None, turns), default=None))


def _leaves_view_on(
    entry: ListingEntry, standing: Standing, today: date, kept_months: int, *, departed: bool
) -> date | None:
    """The day on which a row leaves view, None where no day is known; a row that has left does not come back by itself.

    Source: statuses.md, section 3.
    """
    if entry.listed.group not in GONE:
        return None
    if departed:
        return today
    return None if standing.still_there else leaves_view_on(entry.listed.since, kept_months)


def facts_of(record: TrainingRecord, check_teacher: CheckTeacher) -> TrainingFacts:
    """The facts of a training record; what it left to be checked comes from the teacher records (feed.md).

    Its eligibility is theirs where it leaves both ``trn_validated`` and ``eligibility`` blank; a reason that the school
    gave stands where they have none of their own.
    """
    trn_validated, eligibility, reason = record.trn_validated, record.eligibility, record.eligibility_reason
    if trn_validated is None:
        check = check_teacher(_claim_of(record))
        trn_validated = check.trn_validated
        if eligibility is None:
            eligibility, reason = check.eligibility, check.eligibility_reason or reason
    return _facts(record, trn_validated=trn_validated, eligibility=eligibility, reason=reason)


def under_its_trn(record: TrainingRecord, check_teacher: CheckTeacher) -> TrainingRecord:
    """The training record with the TRN that stands for its own now, if its teacher record was merged into another."""
    if record.trn_validated is not None or record.trn is None:
        return record
    return evolve(record, trn=check_teacher(_claim_of(record)).merged_into or record.trn)


def _claim_of(record: TrainingRecord) -> TeacherClaim:
    return TeacherClaim(
        role=record.role, full_name=record.full_name, date_of_birth=record.date_of_birth, trn=record.trn
    )


def _facts(
    record: TrainingRecord,
    *,
    trn_validated: bool,
    eligibility: Eligibility | None,
    reason: EligibilityReason | None,
) -> TrainingFacts:
    return TrainingFacts(
        role=record.role,
        has_lead_provider=record.lead_provider_id is not None,
        has_trn=record.trn is not None,
        trn_validated=trn_validated,
        programme=record.programme,
        induction_status=record.induction_status,
        training_status=record.training_status,
        school_transfer=record.school_transfer,
        starts_on=record.starts_on,
        ends_on=record.ends_on,
        induction_started_on=record.induction_started_on,
        induction_completed_on=record.induction_completed_on,
        details_given=record.details_given,
        details_request=record.details_request,
        check_failed=record.check_failed,
        eligibility=eligibility,
        eligibility_reason=reason,
        mentees=record.mentees,
    )
