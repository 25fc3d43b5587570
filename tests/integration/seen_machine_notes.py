"""What the machine that follows who saw whom draws, and what it notes for itself of what was shown."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from attrs import evolve, frozen
from hypothesis import strategies as st

from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.audit.tracing import SightingKind
from checkdata.domain.people.organisations import Agreement, Organisation
from checkdata.domain.reconciliation.comparing import Detail
from checkdata.domain.reconciliation.uploaded_list import ChosenColumns, UploadedList, UploadedRow
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.values import EmailAddress, UserId
from tests.access_world import BODY, BOSS, CAT, LEAD, NORTH, OTHER_LEAD, SOUTH

DEE: Final = EmailAddress("dee@south.example")
ED: Final = EmailAddress("ed@north.example")
WHO: Final[Mapping[EmailAddress, Organisation]] = {BOSS: NORTH, CAT: NORTH, DEE: SOUTH, ED: BODY}
NAMES: Final = ("ada", "bea", "cid", "dan")
LEADS: Final = (LEAD, OTHER_LEAD, None)
YEARS: Final = (2021, 2022, 2023)

USERS: Final = st.sampled_from(list(WHO))
PARTICIPANTS: Final = st.sampled_from(NAMES)
FILTERS: Final = st.fixed_dictionaries(
    {}, optional={"academic_year": st.sampled_from([str(year) for year in YEARS]), "role": st.just("ect")}
)
SEARCHES: Final = st.sampled_from(["", "", "a", "nobody"])
SCHOOLS: Final = st.sampled_from(["", "", "100001", "100002"])
"""The school whose list is looked at: none, that of all records, and another."""
KINDS: Final = st.sampled_from([FileKind.CSV, FileKind.CONTACTS, FileKind.CHANGES, FileKind.RECONCILED_CSV])
RECORD_CHANGES: Final = st.lists(
    st.tuples(PARTICIPANTS, st.sampled_from(LEADS), st.sampled_from([NORTH, SOUTH]), st.sampled_from(YEARS)),
    min_size=1,
    max_size=3,
    unique_by=lambda change: change[0],
)
TERMS: Final = st.lists(
    st.builds(
        Agreement,
        id=st.sampled_from(["ag-1", "ag-2", "ag-3"]),
        lead_provider_id=st.sampled_from([LEAD.id, OTHER_LEAD.id]),
        delivery_partner_id=st.sampled_from([NORTH.id, NORTH.id, SOUTH.id]),
        starts_on=st.just(date(2021, 9, 1)),
        ends_on=st.none() | st.just(date(2024, 6, 5)),
        first_academic_year=st.none() | st.sampled_from(YEARS),
        last_academic_year=st.none() | st.just(YEARS[-1]),
        covers_unconfirmed=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda agreement: agreement.id,
)
COLUMNS: Final = ChosenColumns.of({0: Detail.FULL_NAME, 1: Detail.SCHOOL})
Key = tuple[UserId | None, SightingKind]

LIST: Final = UploadedList(
    ("Name", "School"), (UploadedRow(2, ("ada", "St Mary's")), UploadedRow(3, ("zoe", "St Mary's")))
)


@frozen
class Look:
    """What a user was shown in one way at one moment; ``exact`` if nobody else may have been there."""

    user: UserId
    how: SightingKind
    at: datetime
    shown: frozenset[str]
    exact: bool = True


@frozen
class Snapshot:
    """Whom a user could see at a moment."""

    email: EmailAddress
    at: datetime
    seen: frozenset[str]


def addressed(record: TrainingRecord) -> TrainingRecord:
    """The record with an address, so that communication lists have the participant too."""
    return evolve(record, email=f"{record.full_name}@school.example")
