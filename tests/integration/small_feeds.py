"""Small feeds over the world of `tests.strategies`: a few records of a few participants, good and refused."""

from collections.abc import Sequence
from typing import Final

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from checkdata.adapters.memory import MemoryFeed
from checkdata.domain.feed.contents import FeedRow, NamedIds, References
from checkdata.domain.people.organisations import Agreement, DeliveryPartner, LeadProvider, School
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.records import Partnership, TrainingRecord
from checkdata.domain.training.teacher_records import TeacherInductionStatus, TeacherRecord
from checkdata.domain.values import LeadProviderId, ParticipantId
from tests.strategies import (
    APPROPRIATE_BODIES,
    BIRTHDAYS,
    DELIVERY_PARTNERS,
    HARD_NAMES,
    LEAD_PROVIDERS,
    SCHOOLS,
    TRNS,
    agreements,
    days,
    names,
    training_records,
)

PARTICIPANTS: Final = ("p1", "P2", "p-3", "p_4", "p5")
"""Every other one is an ECT."""

ALL_REFERENCES: Final = References(
    lead_providers=LEAD_PROVIDERS,
    delivery_partners=DELIVERY_PARTNERS,
    appropriate_bodies=APPROPRIATE_BODIES,
    schools=SCHOOLS,
)
"""The organisations and schools that records may name."""


def small_feeds() -> SearchStrategy[MemoryFeed]:
    """References changed and renamed, teachers, and records, seldom with one id twice or a participant in two roles."""
    return _FEEDS


def first_feeds() -> SearchStrategy[MemoryFeed]:
    """Feeds after which some participant is shown."""
    return _FIRST_FEEDS


def _references(agreements: Sequence[Agreement] | None, school: School | None, lead: LeadProvider | None) -> References:
    """What a feed tells of these; where it is complete, agreements go that it does not name, and what only it added."""
    return References(
        agreements=agreements,
        schools=None if school is None else [school],
        lead_providers=None if lead is None else [lead],
        named=NamedIds(
            agreements=None if agreements is None else {agreement.id for agreement in agreements},
            schools=None if school is None else {school.urn for school in SCHOOLS},
            lead_providers=None if lead is None else {lead.id for lead in LEAD_PROVIDERS},
        ),
    )


def _record(
    record: TrainingRecord, participant: str, partner: DeliveryPartner | None, *, in_another_role: bool
) -> TrainingRecord:
    """The record as one of a few participants', oftener than not confirmed with a partner, who then sees it."""
    is_ect = (PARTICIPANTS.index(participant) % 2 == 0) is not in_another_role
    record = evolve(
        record,
        participant_id=ParticipantId(participant),
        role=ParticipantRole.ECT if is_ect else ParticipantRole.MENTOR,
    )
    if partner is None:
        return record
    return evolve(record, delivery_partner_id=partner.id, partnership=Partnership.CONFIRMED)


def _rows(records: Sequence[tuple[TrainingRecord, bool]]) -> list[FeedRow]:
    return [
        FeedRow(
            line=line,
            record_id=record.record_id,
            participant_id=record.participant_id,
            role=record.role,
            record=None if refused else record,
        )
        for line, (record, refused) in enumerate(records, start=2)
    ]


def _one_in(number: int) -> SearchStrategy[bool]:
    return st.integers(1, number).map(lambda drawn: drawn == number)


_RECORDS: Final = st.tuples(
    st.builds(
        _record,
        training_records(),
        st.sampled_from(PARTICIPANTS),
        st.sampled_from([*DELIVERY_PARTNERS, *DELIVERY_PARTNERS[:2], None]),
        in_another_role=_one_in(40),
    ),
    _one_in(12),
)
_DIFFERENT: Final = st.lists(_RECORDS, max_size=6, unique_by=lambda row: row[0].record_id)
_TEACHERS: Final = st.lists(
    st.builds(
        TeacherRecord,
        trn=st.sampled_from(TRNS),
        full_name=st.sampled_from(HARD_NAMES[:8]),
        date_of_birth=st.sampled_from(BIRTHDAYS),
        qts_awarded_on=st.none() | days(),
        induction_started_on=st.none() | days(),
        induction_status=st.sampled_from([None, *TeacherInductionStatus]),
        active_alert=_one_in(5),
    ),
    max_size=4,
    unique_by=lambda teacher: teacher.trn,
)
_AGREEMENTS: Final = st.lists(agreements(), max_size=4).map(
    lambda drawn: [evolve(agreement, id=f"a{number}") for number, agreement in enumerate(drawn)]
)
_REFERENCES: Final = st.builds(
    _references,
    agreements=st.none() | _AGREEMENTS,
    school=st.none() | st.builds(School, st.sampled_from(["765432", *(school.urn for school in SCHOOLS)]), names()),
    lead=st.none()
    | st.builds(LeadProvider, st.sampled_from([LeadProviderId("new"), *(lead.id for lead in LEAD_PROVIDERS)]), names()),
)


def _feeds(rows: SearchStrategy[list[tuple[TrainingRecord, bool]]]) -> SearchStrategy[MemoryFeed]:
    return st.builds(
        lambda references, teachers, rows: MemoryFeed(
            references=references, teacher_records=teachers, rows=_rows(rows)
        ),
        _REFERENCES,
        _TEACHERS,
        rows,
    )


_FEEDS: Final = _feeds(_DIFFERENT | _DIFFERENT | _DIFFERENT | st.lists(_RECORDS, max_size=3))
_FIRST_FEEDS: Final = _feeds(st.lists(_RECORDS, min_size=4, max_size=8, unique_by=lambda row: row[0].record_id))
