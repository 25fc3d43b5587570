"""Users' own lists and participants to compare them with, for the tests of reconciling."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from attrs import evolve

from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import Role
from checkdata.domain.reconciliation.column_guess import guess_columns
from checkdata.domain.reconciliation.comparing import details_for
from checkdata.domain.reconciliation.reconcile import Reconciliation, reconcile
from checkdata.domain.reconciliation.uploaded_list import ChosenColumns, UploadedList, UploadedRow
from checkdata.domain.training.facts import InductionType, ParticipantRole
from checkdata.domain.training.statuses import Status, StatusGroup
from checkdata.domain.training.who_acts import WhoActs
from checkdata.domain.values import LeadProviderId, ParticipantId
from tests.stopped_clock import IN_TIME

OF_PARTNERS: Final = details_for(Role.DELIVERY_PARTNER)

ANNA: Final = ListedParticipant(
    participant_id=ParticipantId("anna"),
    delivery_partner_id="north",
    appropriate_body_id=None,
    full_name="Anna Smith",
    email="anna@school.example",
    trn="1234567",
    role=ParticipantRole.ECT,
    lead_provider_id=LeadProviderId("ambition"),
    lead_provider="Ambition",
    school="St Mary's",
    school_urn="100001",
    academic_year=2023,
    status=Status.TRAINING_OR_ELIGIBLE_FOR_TRAINING,
    group=StatusGroup.ACTIVE,
    next=WhoActs.NOBODY,
    since=date(2024, 9, 1),
    since_at_least=False,
    induction_type=InductionType.PROVIDER_LED,
    induction_tutor_email="",
    updated_at=datetime(2024, 9, 1, tzinfo=UTC),
)


def a_participant(participant_id: str, full_name: str, **details: Any) -> ListedParticipant:  # noqa: ANN401 - any field
    """A participant at Anna's school without a TRN or an address, unless told."""
    told = {"email": "", "trn": "", **details}
    return evolve(ANNA, participant_id=ParticipantId(participant_id), full_name=full_name, **told)


def a_list(*rows: Sequence[str]) -> UploadedList:
    """The list that a file with these rows is."""
    return UploadedList.of(UploadedRow(number, cells) for number, cells in enumerate(rows, 1))


def exactly_alike(name: str, names: Sequence[str]) -> list[tuple[int, float]]:
    """A similarity for which only equal names are close."""
    return [(place, 1.0) for place, other in enumerate(names) if other == name]


def reconciled(uploaded_list: UploadedList, ours: Iterable[ListedParticipant]) -> Reconciliation:
    """The reconciliation by the columns that are guessed."""
    columns = ChosenColumns.of(guess_columns(uploaded_list, OF_PARTNERS))
    return reconcile(uploaded_list, columns, ours, exactly_alike, IN_TIME)
