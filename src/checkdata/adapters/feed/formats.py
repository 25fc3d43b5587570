"""The seven files of a feed: their columns, and what a row of each makes, in the order of feed.md."""

from collections.abc import Sequence
from typing import Final

from checkdata.adapters.feed import cells
from checkdata.adapters.feed.cells import FLAGS, known, one_of, or_blank, words_of
from checkdata.adapters.feed.tables import Column, FileFormat, Values
from checkdata.domain.feed.contents import KnownIds
from checkdata.domain.people.organisations import Agreement, AppropriateBody, DeliveryPartner, LeadProvider, School
from checkdata.domain.training.facts import (
    DetailsGiven,
    DetailsRequest,
    Eligibility,
    EligibilityReason,
    InductionStatus,
    Mentees,
    ParticipantRole,
    Programme,
    TrainingStatus,
)
from checkdata.domain.training.records import Partnership, TrainingRecord
from checkdata.domain.training.teacher_records import TeacherInductionStatus, TeacherRecord

AGREEMENTS_FILE: Final = "agreements.csv"
TRAINING_RECORDS_FILE: Final = "training_records.csv"
RECORD_ID: Final = "record_id"

LEAD_PROVIDERS: Final = FileFormat(
    file="lead_providers.csv",
    key="lead_provider_id",
    columns=(
        Column("lead_provider_id", cells.identifier, repeats=False),
        Column("name", cells.filled, repeats=False),
        Column("contact_email", cells.email, required=False),
    ),
    make=lambda row: LeadProvider(row["lead_provider_id"], row["name"], row["contact_email"]),
)

DELIVERY_PARTNERS: Final = FileFormat(
    file="delivery_partners.csv",
    key="delivery_partner_id",
    columns=(
        Column("delivery_partner_id", cells.identifier, repeats=False),
        Column("name", cells.filled, repeats=False),
    ),
    make=lambda row: DeliveryPartner(row["delivery_partner_id"], row["name"]),
)

APPROPRIATE_BODIES: Final = FileFormat(
    file="appropriate_bodies.csv",
    key="appropriate_body_id",
    columns=(
        Column("appropriate_body_id", cells.identifier, repeats=False),
        Column("name", cells.filled, repeats=False),
    ),
    make=lambda row: AppropriateBody(row["appropriate_body_id"], row["name"]),
)

SCHOOLS: Final = FileFormat(
    file="schools.csv",
    key="urn",
    columns=(Column("urn", cells.urn, repeats=False), Column("name", cells.filled, repeats=False)),
    make=lambda row: School(row["urn"], row["name"]),
)


def agreements(ids: KnownIds) -> FileFormat[Agreement]:
    """``agreements.csv``, whose rows refer to the lead providers and delivery partners that are known."""
    return FileFormat(
        file=AGREEMENTS_FILE,
        key="agreement_id",
        columns=(
            Column("agreement_id", cells.identifier, repeats=False),
            Column("lead_provider_id", known(ids.lead_providers, LEAD_PROVIDERS.file)),
            Column("delivery_partner_id", known(ids.delivery_partners, DELIVERY_PARTNERS.file)),
            Column("starts_on", cells.day),
            Column("ends_on", or_blank(cells.day)),
            Column("first_academic_year", or_blank(cells.academic_year), required=False),
            Column("last_academic_year", or_blank(cells.academic_year), required=False),
            Column("covers_unconfirmed", one_of({"": True, **FLAGS}), required=False),
        ),
        make=_agreement,
        across=_backwards,
    )


def _agreement(row: Values) -> Agreement:
    return Agreement(id=row["agreement_id"], **{name: row[name] for name in row if name != "agreement_id"})


def _backwards(row: Values) -> Sequence[tuple[str, str]]:
    spans = (("starts_on", "ends_on"), ("first_academic_year", "last_academic_year"))
    read = ((first, last) for first, last in spans if None not in (row.get(first), row.get(last)))
    return [(last, f"before {first}") for first, last in read if row[last] < row[first]]


TEACHER_RECORDS: Final = FileFormat(
    file="teacher_records.csv",
    key="trn",
    columns=(
        Column("trn", cells.trn, repeats=False),
        Column("full_name", cells.key, repeats=False),
        Column("date_of_birth", cells.day),
        Column("qts_awarded_on", or_blank(cells.day), required=False),
        Column("induction_started_on", or_blank(cells.day), required=False),
        Column("induction_completed_on", or_blank(cells.day), required=False),
        Column("induction_status", one_of({"": None, **words_of(TeacherInductionStatus)}), required=False),
        Column("active_alert", one_of(FLAGS)),
    ),
    make=lambda row: TeacherRecord(**row),
)


FILES: Final = frozenset(
    {
        LEAD_PROVIDERS.file,
        DELIVERY_PARTNERS.file,
        APPROPRIATE_BODIES.file,
        SCHOOLS.file,
        AGREEMENTS_FILE,
        TEACHER_RECORDS.file,
        TRAINING_RECORDS_FILE,
    }
)
"""The names of all files of a feed."""


def training_records(ids: KnownIds) -> FileFormat[TrainingRecord]:
    """``training_records.csv``, whose rows refer to the schools and organisations that are known."""
    return FileFormat(
        file=TRAINING_RECORDS_FILE,
        key=RECORD_ID,
        columns=(
            Column("record_id", cells.key, repeats=False),
            Column("participant_id", cells.key, repeats=False),
            Column("role", one_of(words_of(ParticipantRole))),
            Column("full_name", cells.filled, repeats=False),
            Column("email", cells.email, repeats=False),
            Column("date_of_birth", or_blank(cells.day), required=False),
            Column("trn", or_blank(cells.trn), repeats=False),
            Column("trn_validated", one_of({"": None, **FLAGS}), required=False),
            Column("school_urn", known(ids.schools, SCHOOLS.file, cells.urn)),
            Column("academic_year", cells.academic_year),
            Column("lead_provider_id", or_blank(known(ids.lead_providers, LEAD_PROVIDERS.file))),
            Column("delivery_partner_id", or_blank(known(ids.delivery_partners, DELIVERY_PARTNERS.file))),
            Column(
                "appropriate_body_id",
                or_blank(known(ids.appropriate_bodies, APPROPRIATE_BODIES.file)),
                required=False,
            ),
            Column("partnership", one_of({"": None, **words_of(Partnership)}), required=False),
            Column("programme", one_of({"": Programme.FIP, **words_of(Programme)}), required=False),
            Column("induction_tutor_email", cells.email, required=False),
            Column(
                "induction_status", one_of({"": InductionStatus.ACTIVE, **words_of(InductionStatus)}), required=False
            ),
            Column("training_status", one_of({"": TrainingStatus.ACTIVE, **words_of(TrainingStatus)}), required=False),
            Column("school_transfer", one_of({"": False, **FLAGS}), required=False),
            Column("starts_on", cells.day),
            Column("ends_on", or_blank(cells.day), required=False),
            Column("induction_started_on", or_blank(cells.day), required=False),
            Column("induction_completed_on", or_blank(cells.day), required=False),
            Column("details_given", one_of({"": DetailsGiven.NONE, **words_of(DetailsGiven)}), required=False),
            Column("details_request", one_of({"": None, **words_of(DetailsRequest)}), required=False),
            Column("check_failed", one_of({"": False, **FLAGS}), required=False),
            Column("eligibility", one_of({"": None, **words_of(Eligibility)}), required=False),
            Column("eligibility_reason", one_of({"": None, **words_of(EligibilityReason)}), required=False),
            Column("mentees", one_of({"": Mentees.NONE, **words_of(Mentees)}), required=False),
            Column("updated_at", cells.moment, repeats=False),
        ),
        make=_training_record,
        across=_validated_without_trn,
    )


def _training_record(row: Values) -> TrainingRecord:
    if row["partnership"] is None and row["delivery_partner_id"] is not None:
        return TrainingRecord(**{**row, "partnership": Partnership.CONFIRMED})
    return TrainingRecord(**row)


def _validated_without_trn(row: Values) -> Sequence[tuple[str, str]]:
    if row.get("trn_validated") and row.get("trn", "unreadable") is None:
        return [("trn_validated", "true without a TRN")]
    return ()
