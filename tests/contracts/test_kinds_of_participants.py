"""Participants of whom an example tells what a listing says are listed as if each had been derived by itself."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checkdata.domain.access.scope import Scope
from checkdata.domain.feed.contents import DueParticipant
from checkdata.domain.feed.derivation import derive
from checkdata.domain.listing.columns import listing_csv
from checkdata.domain.listing.departures import KEPT_MONTHS
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.ports import FeedStore, Relisted, Storage
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.training.teacher_records import (
    TeacherCheck,
    TeacherClaim,
    TeacherRecord,
    check_against_teacher_records,
    person_key,
)
from checkdata.domain.values import ParticipantId, RecordId
from tests.contracts.examples import REFERENCES, put
from tests.contracts.listings import an_import, staged
from tests.contracts.operators import EVERY_LEAD_PROVIDER
from tests.contracts.test_importing_laws import TEACHERS
from tests.strategies import NAMES, VIEWERS, days, training_records

Imports = Sequence[tuple[Sequence[TrainingRecord], Sequence[TeacherRecord], date]]
QUERIES: Final = [ParticipantQuery(scope=Scope(organisation=v, rules=EVERY_LEAD_PROVIDER)) for v in VIEWERS]


@st.composite
def imports(draw: DrawFn) -> Imports:
    """Imports of the same participants, most of whom have one record; teachers are often they by name."""
    found = []
    for _ in range(draw(st.integers(1, 3))):
        told = draw(st.lists(training_records(), min_size=1, max_size=10))
        participants = [draw(st.sampled_from([number, number, number, number // 2])) for number in range(len(told))]
        records = [
            evolve(
                record,
                record_id=RecordId(f"r{number}"),
                participant_id=ParticipantId(f"p{participant}"),
                role=list(ParticipantRole)[participant % 2],
            )
            for number, (record, participant) in enumerate(zip(told, participants, strict=True))
        ]
        own = {record.trn: record.full_name for record in records if draw(st.booleans())}
        teachers = [evolve(t, full_name=own.get(t.trn) or t.full_name) for t in draw(TEACHERS)]
        found.append((records, teachers, draw(days())))
    return found


def seen(storage: Storage) -> list[list[ListedParticipant]]:
    """Every row that is listed; downloads say the same."""
    found = []
    with storage.reading() as work:
        for query in QUERIES:
            rows = list(work.participants.rows(query))
            for safe in (True, False):
                said = b"".join(work.participants.csv(query, safe=safe))
                assert said == b"".join(listing_csv(rows, query.scope.organisation.role, safe=safe))
            found.append(rows)
    return found


def listed(store: FeedStore, records: Sequence[TrainingRecord], today: date, *, one_by_one: bool) -> int:
    """List these records and no others; returns how many rows differ."""

    def check(claim: TeacherClaim) -> TeacherCheck:
        with_that_trn = None if claim.trn is None else store.teacher_record(claim.trn)
        born = claim.date_of_birth
        same_person = () if born is None else store.teacher_records_of(person_key(claim.full_name, born))
        return check_against_teacher_records(claim, with_that_trn, same_person)

    def derived(participant: DueParticipant) -> Relisted:
        made = derive(participant, NAMES, check, today, kept_months=KEPT_MONTHS)
        return participant, made.entries, made.holds_until

    store.take_in(staged(*records))
    store.compare(complete=True)
    store.merge(())
    number = store.list_participants(derived, NAMES, today, one_by_one=one_by_one)
    store.show(evolve(an_import(), today=today))
    return number


def answers(storage: Storage, told: Imports, *, one_by_one: bool) -> list[tuple[int, list[list[ListedParticipant]]]]:
    """How many rows each import changes, and what is seen then."""
    found = []
    for records, teachers, today in told:
        with storage.writing() as work:
            work.feed_store.take_in_teacher_records(teachers)
            number = listed(work.feed_store, records, today, one_by_one=one_by_one)
            work.commit()
        found.append((number, seen(storage)))
    with storage.writing() as work:
        listed(work.feed_store, [], told[-1][-1], one_by_one=True)
        work.commit()
    return found


@pytest.mark.parametrize("teachers", ["no teacher records", "teacher records"])
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=imports())
def test_what_an_example_tells_is_what_each_would_be_told_by_itself(
    storage: Storage, teachers: str, told: Imports
) -> None:
    put(storage, REFERENCES)
    if teachers == "no teacher records":
        told = [(records, [], today) for records, _, today in told]
    one_by_one = answers(storage, told, one_by_one=True)
    assert answers(storage, told, one_by_one=False) == one_by_one
