"""What can happen to a participant: each career makes the records it leaves, the oldest first."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final, Literal

from checkdata.entrypoints.demo.demo_world import DemoWorld
from checkdata.entrypoints.demo.people import email_of
from checkdata.entrypoints.demo.random_draws import day_between, draw_one, one_in
from checkdata.entrypoints.demo.rows import TrainingRow
from checkdata.entrypoints.demo.schools import DemoSchool

Career = Callable[[TrainingRow, DemoWorld], tuple[TrainingRow, ...]]
"""Takes the record with which a participant began."""

YEARS_OF_INDUCTION: Final = 2
A_MONTH: Final = timedelta(days=30)
A_YEAR: Final = timedelta(days=330)  # and some weeks to spare
MORE_THAN_A_YEAR: Final = timedelta(days=400)


def stays(record: TrainingRow, _setting: DemoWorld) -> tuple[TrainingRow, ...]:
    """Go on training where they began."""
    return (record,)


def completes(record: TrainingRow, setting: DemoWorld) -> tuple[TrainingRow, ...]:
    """Complete induction in the summer after two years, or after one where it was reduced."""
    summer = min(record.academic_year + YEARS_OF_INDUCTION, setting.academic_year)
    completed_on = date(summer, 7, 1 + setting.chance.randrange(24))
    return (record._replace(induction_status="completed", induction_completed_on=completed_on, ends_on=completed_on),)


def defers(record: TrainingRow, _setting: DemoWorld) -> tuple[TrainingRow, ...]:
    """Pause training, to go on later."""
    return (record._replace(training_status="deferred"),)


def withdraws_from_training(record: TrainingRow, setting: DemoWorld) -> tuple[TrainingRow, ...]:
    """End training with the lead provider; the school may not have ended the record."""
    ended_on = None if one_in(2, setting.chance) else _ended(record, setting)
    return (record._replace(training_status="withdrawn", ends_on=ended_on),)


def withdraws_from_programme(record: TrainingRow, setting: DemoWorld) -> tuple[TrainingRow, ...]:
    """Be withdrawn by the school."""
    return (record._replace(induction_status="withdrawn", ends_on=_ended(record, setting)),)


def is_leaving(record: TrainingRow, setting: DemoWorld) -> tuple[TrainingRow, ...]:
    """Leave the school on a day to come."""
    ends_on = setting.today + timedelta(days=setting.chance.randrange(90))
    return (record._replace(induction_status="leaving", ends_on=ends_on),)


def has_left(record: TrainingRow, setting: DemoWorld) -> tuple[TrainingRow, ...]:
    """Have left the school; nothing says where to."""
    return (record._replace(induction_status="leaving", ends_on=_ended(record, setting)),)


def is_changed(record: TrainingRow, setting: DemoWorld) -> tuple[TrainingRow, ...]:
    """Be taken on elsewhere, by a school that has reported nothing yet."""
    return (record._replace(induction_status="changed", ends_on=_ended(record, setting)),)


def joins(record: TrainingRow, setting: DemoWorld) -> tuple[TrainingRow, ...]:
    """Come to a school on a day ahead, from one that still has them or from outside."""
    starts_on = setting.today + timedelta(days=1 + setting.chance.randrange(120))
    if one_in(3, setting.chance):
        return (record._replace(school_transfer="true", starts_on=starts_on),)
    leaving, joining = _moved(record, setting.any_school(), starts_on, setting)
    return leaving._replace(induction_status="leaving"), joining


def moves_school(record: TrainingRow, setting: DemoWorld) -> tuple[TrainingRow, ...]:
    """Move to another school of the same delivery partner."""
    school = setting.another_school(record.school_urn, record.delivery_partner_id)
    return _moved(record, school, _lately(record, setting), setting)


def moves_partner_lately(record: TrainingRow, setting: DemoWorld) -> tuple[TrainingRow, ...]:
    """Move to another delivery partner, so recently that the former one still sees it."""
    school = setting.school_of_another_partner(record.delivery_partner_id)
    return _moved(record, school, _lately(record, setting), setting)


def moves_partner_long_ago(record: TrainingRow, setting: DemoWorld) -> tuple[TrainingRow, ...]:
    """Move in the first year to another delivery partner, and complete induction there."""
    school = setting.school_of_another_partner(record.delivery_partner_id)
    last_day = min(record.starts_on + A_YEAR, setting.today - MORE_THAN_A_YEAR)
    moved_on = day_between(record.starts_on + A_MONTH, last_day, setting.chance)
    old, new = _moved(record, school, moved_on, setting)
    return (old, *completes(new, setting)) if record.role == "ect" else (old, new)


def follows_another_course(record: TrainingRow, _setting: DemoWorld) -> tuple[TrainingRow, ...]:
    """Train in a way that is none of the programmes."""
    return (record._replace(programme="other", lead_provider_id=""),)


def mentors(mentees: Literal["none", "former", "current"]) -> Career:
    """Return the career of a mentor with these mentees."""

    def career(record: TrainingRow, _setting: DemoWorld) -> tuple[TrainingRow, ...]:
        return (record._replace(mentees=mentees),)

    return career


def at_school(record: TrainingRow, school: DemoSchool) -> TrainingRow:
    """Return the record as that school, and whom it trains with, would have it."""
    return record._replace(
        school_urn=school.urn,
        programme=school.programme,
        lead_provider_id=school.lead_provider_id,
        delivery_partner_id=school.delivery_partner_id,
        partnership="confirmed" if school.delivery_partner_id else "",
        appropriate_body_id=school.appropriate_body_id if record.role == "ect" else "",
        induction_tutor_email=school.induction_tutor_email,
    )


def _moved(
    record: TrainingRow, school: DemoSchool, moved_on: date, setting: DemoWorld
) -> tuple[TrainingRow, TrainingRow]:
    old = record._replace(
        induction_status=draw_one({"leaving": 70, "changed": 30}, setting.chance),
        ends_on=moved_on - timedelta(days=1),
    )
    new = at_school(record, school)._replace(
        email=email_of(record.full_name, school.mail_domain, setting.chance),
        school_transfer="true",
        starts_on=moved_on,
    )
    return old, new


def _ended(record: TrainingRow, setting: DemoWorld) -> date:
    return day_between(record.starts_on, setting.yesterday, setting.chance)


def _lately(record: TrainingRow, setting: DemoWorld) -> date:
    first = max(record.starts_on + A_MONTH, setting.today - A_YEAR)
    return day_between(first, setting.today - timedelta(days=10), setting.chance)
