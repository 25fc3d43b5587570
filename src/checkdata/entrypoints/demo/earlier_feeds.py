"""What the feed told of a participant on an earlier day, so that the feeds of a demo tell a story.

Nothing is drawn at random: a record has said what it says today since its school last changed it. Before that it said
what every record says at first, and a newcomer was still being checked.
"""

from datetime import date, timedelta
from typing import Final

from checkdata.entrypoints.demo.participants import Participant
from checkdata.entrypoints.demo.rows import TrainingRow

A_DAY: Final = timedelta(days=1)
TIME_OF_A_CHECK: Final = timedelta(days=21)
A_NEWCOMER: Final = timedelta(days=180)
"""How long after a participant began their details may still be asked for."""


def as_it_was(participant: Participant, told_on: date) -> Participant | None:
    """Return the participant as a feed of that day told of them; None if no feed had them yet."""
    known = [record for record in participant.records if min(record.starts_on, _touched_on(record)) < told_on]
    if not known:
        return None
    if len(known) < len(participant.records):
        known[-1] = _as_at_first(known[-1], told_on)
    is_checked = not any(_is_in_check(record, told_on) for record in known)
    records = tuple(record if _touched_on(record) < told_on else _before(record, told_on) for record in known)
    return Participant(participant.person, records, participant.teacher if is_checked else None)


def _touched_on(record: TrainingRow) -> date:
    return date.fromisoformat(record.updated_at[:10])


def _is_in_check(record: TrainingRow, told_on: date) -> bool:
    touched_on = _touched_on(record)
    return record.details_given != "none" and told_on <= touched_on < record.starts_on + A_NEWCOMER


def _before(record: TrainingRow, told_on: date) -> TrainingRow:
    first = _as_at_first(record, told_on)
    if not _is_in_check(record, told_on):
        return first
    undecided = first._replace(
        check_failed="false", eligibility="", eligibility_reason="", induction_started_on=None, trn_validated="true"
    )
    if _touched_on(record) <= told_on + TIME_OF_A_CHECK:
        return undecided
    return undecided._replace(
        details_given="none", details_request="delivered", date_of_birth=None, trn="", trn_validated=""
    )


def _as_at_first(record: TrainingRow, told_on: date) -> TrainingRow:
    return record._replace(
        updated_at=f"{min(record.starts_on, told_on - A_DAY)}T09:00:00+00:00",
        induction_status="active",
        training_status="active",
        ends_on=None,
        induction_completed_on=None,
    )
