"""What each organisation sees of one participant on a day, derived from its training records and teacher records."""

from collections.abc import Callable, Sequence
from datetime import date

from attrs import frozen

from checkdata.domain.feed.contents import DueParticipant
from checkdata.domain.listing.rows import ListingEntry, Names, list_participant
from checkdata.domain.training.facts import Eligibility, EligibilityReason, TrainingFacts
from checkdata.domain.training.records import TrainingRecord, standing_of, viewers_of
from checkdata.domain.training.statuses import shows_trn
from checkdata.domain.training.teacher_records import TeacherCheck, TeacherClaim

CheckTeacher = Callable[[TeacherClaim], TeacherCheck]
"""Checks a claim against the teacher records."""


@frozen(kw_only=True)
class Derived:
    """A participant's rows, one for each organisation that sees it, and the first day on which they change, or None."""

    entries: Sequence[ListingEntry]
    holds_until: date | None


def derive(
    participant: DueParticipant, names: Names, check_teacher: CheckTeacher, today: date, *, kept_months: int
) -> Derived:
    """Derive the rows of a participant for a day; what a listing said before tells since when (service rule 11)."""
    facts = {record.record_id: facts_of(record, check_teacher) for record in participant.records}
    standings = {
        viewer: standing_of(participant.records, viewer, today, lambda r: facts[r.record_id], kept_months=kept_months)
        for viewer in viewers_of(participant.records)
    }
    entries = [
        list_participant(
            standing.choice.record,
            viewer,
            standing.state,
            names,
            shows_trn=shows_trn(facts[standing.choice.record.record_id]),
            before=participant.before.get(viewer),
            today=today,
        )
        for viewer, standing in standings.items()
        if standing.choice is not None and standing.state is not None
    ]
    turns = [standing.holds_until for standing in standings.values() if standing.holds_until is not None]
    return Derived(entries=entries, holds_until=min(turns, default=None))


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
