"""The participants of a made-up feed, one after the other."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from checkdata.entrypoints.demo.careers import at_school
from checkdata.entrypoints.demo.demo_world import DemoWorld
from checkdata.entrypoints.demo.names import AWKWARD_NAMES
from checkdata.entrypoints.demo.people import Person, email_of, made_up_person
from checkdata.entrypoints.demo.random_draws import day_between, draw_one, one_in
from checkdata.entrypoints.demo.rows import Role, TeacherRow, TrainingRow
from checkdata.entrypoints.demo.schools import DemoSchool
from checkdata.entrypoints.demo.situations import (
    A_MENTOR_AFTER_INDUCTION,
    Situation,
    situations,
)
from checkdata.entrypoints.demo.unsettled_records import LOOSE_ENDS

ROLES: Final[dict[Role, float]] = {"ect": 61, "mentor": 39}
YEARS_SINCE: Final = {0: 28, 1: 27, 2: 22, 3: 14, 4: 9}
SUMMER_TIME: Final = range(4, 11)
A_FORTNIGHT: Final = timedelta(days=14)


class Enrolment(NamedTuple):
    """How a participant begins: a person, in a role, at a school, in an academic year."""

    participant_id: str
    person: Person
    role: Role
    school: DemoSchool
    academic_year: int


class Participant(NamedTuple):
    """A person in one role: training records from the oldest to the newest, teacher record."""

    person: Person
    records: tuple[TrainingRow, ...]
    teacher: TeacherRow | None

    @property
    def has_completed(self) -> bool:
        """Whether induction is over, as the newest record tells."""
        return self.records[-1].induction_status == "completed"


def participants(count: int, setting: DemoWorld) -> Iterator[Participant]:
    """Yield so many participants; some who completed induction come again as mentors."""
    for number in range(1, min(count, len(AWKWARD_NAMES)) + 1):
        yield _awkward_participant(number, setting)
    yield from _ordinary_participants(range(len(AWKWARD_NAMES) + 1, count + 1), setting)


def _awkward_participant(number: int, setting: DemoWorld) -> Participant:
    enrolment = _enrolment(number, setting.school_of_the_north_hub(), setting)
    return _led_through(_drawn_situation(enrolment, setting), enrolment, setting)


def _ordinary_participants(numbers: range, setting: DemoWorld) -> Iterator[Participant]:
    completed: Person | None = None
    for number in numbers:
        if completed and one_in(60, setting.chance):
            yield _now_a_mentor(number, completed, setting)
            completed = None
            continue
        enrolment = _enrolment(number, setting.any_school(), setting)
        participant = _led_through(_drawn_situation(enrolment, setting), enrolment, setting)
        if participant.has_completed:
            completed = participant.person
        yield _with_a_loose_end(participant, setting)


def _enrolment(number: int, school: DemoSchool, setting: DemoWorld) -> Enrolment:
    role = draw_one(ROLES, setting.chance)
    academic_year = setting.academic_year - draw_one(YEARS_SINCE, setting.chance)
    person = made_up_person(number, role, academic_year, setting.chance)
    return Enrolment(_participant_id(number), person, role, school, academic_year)


def _participant_id(number: int) -> str:
    return f"p-{number:07d}"


def _now_a_mentor(number: int, person: Person, setting: DemoWorld) -> Participant:
    enrolment = Enrolment(_participant_id(number), person, "mentor", setting.any_school(), setting.academic_year)
    return _led_through(A_MENTOR_AFTER_INDUCTION, enrolment, setting)


def _drawn_situation(enrolment: Enrolment, setting: DemoWorld) -> Situation:
    years_since = setting.academic_year - enrolment.academic_year
    return draw_one(situations(enrolment.role, years_since), setting.chance)


def _led_through(situation: Situation, enrolment: Enrolment, setting: DemoWorld) -> Participant:
    records = situation.career(_first_record(enrolment, setting), setting)
    checked = situation.check(enrolment.person, records[-1], setting.chance)
    finished = (
        record._replace(
            **checked.columns,
            record_id=f"{enrolment.participant_id.replace('p', 'r')}-{position}",
            updated_at=_updated_at(record, setting),
        )
        for position, record in enumerate(records, start=1)
    )
    return Participant(enrolment.person, tuple(finished), checked.teacher)


def _first_record(enrolment: Enrolment, setting: DemoWorld) -> TrainingRow:
    person, role, school = enrolment.person, enrolment.role, enrolment.school
    began_on = _began_on(enrolment.academic_year, setting)
    return at_school(
        TrainingRow(
            record_id="",
            participant_id=enrolment.participant_id,
            role=role,
            full_name=person.full_name,
            email=email_of(person.full_name, school.mail_domain, setting.chance),
            academic_year=enrolment.academic_year,
            starts_on=began_on,
            induction_started_on=began_on if role == "ect" else None,
            mentees="current" if role == "mentor" else "none",
        ),
        school,
    )


def _began_on(academic_year: int, setting: DemoWorld) -> date:
    """Draw the first day of a term of that academic year, and September where it is to come."""
    september = date(academic_year, 9, 1)
    drawn = draw_one(
        {
            september + timedelta(days=setting.chance.randrange(5)): 88,
            date(academic_year + 1, 1, 3 + setting.chance.randrange(6)): 8,
            date(academic_year + 1, 4, 12 + setting.chance.randrange(8)): 4,
        },
        setting.chance,
    )
    return drawn if drawn <= setting.today else september


def _updated_at(record: TrainingRow, setting: DemoWorld) -> str:
    """Draw a moment, no later than yesterday, at which the school last touched the record."""
    chance = setting.chance
    if record.ends_on and record.ends_on <= setting.yesterday:
        day = record.ends_on
    else:
        earliest = min(record.starts_on, setting.yesterday - A_FORTNIGHT)
        day = day_between(earliest, setting.yesterday, chance)
    offset = "+01:00" if day.month in SUMMER_TIME else "+00:00"
    return f"{day}T{7 + chance.randrange(12):02d}:{chance.randrange(60):02d}:00{offset}"


def _with_a_loose_end(participant: Participant, setting: DemoWorld) -> Participant:
    *before, newest = participant.records
    loosened = draw_one(LOOSE_ENDS, setting.chance)(newest)
    return participant._replace(records=(*before, loosened))
