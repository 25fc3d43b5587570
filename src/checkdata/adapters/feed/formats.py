"""The seven files of a feed: their columns, and what a row of each makes, in the order of feed.md."""

from collections.abc import Sequence
from typing import Final

from checkdata.adapters.feed import cells
from checkdata.adapters.feed.cells import FLAGS, known, one_of, or_blank, slugs_of
from checkdata.adapters.feed.tables import FeedColumn, FileFormat, Values
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
        FeedColumn("lead_provider_id", cells.identifier, repeats=False),
        FeedColumn("name", cells.filled, repeats=False),
        FeedColumn("contact_email", cells.email, required=False),
    ),
    make=lambda row: LeadProvider(row["lead_provider_id"], row["name"], row["contact_email"]),
)

DELIVERY_PARTNERS: Final = FileFormat(
    file="delivery_partners.csv",
    key="delivery_partner_id",
    columns=(
        FeedColumn("delivery_partner_id", cells.identifier, repeats=False),
        FeedColumn("name", cells.filled, repeats=False),
    ),
    make=lambda row: DeliveryPartner(row["delivery_partner_id"], row["name"]),
)

APPROPRIATE_BODIES: Final = FileFormat(
    file="appropriate_bodies.csv",
    key="appropriate_body_id",
    columns=(
        FeedColumn("appropriate_body_id", cells.identifier, repeats=False),
        FeedColumn("name", cells.filled, repeats=False),
    ),
    make=lambda row: AppropriateBody(row["appropriate_body_id"], row["name"]),
)

SCHOOLS: Final = FileFormat(
    file="schools.csv",
    key="urn",
    columns=(FeedColumn("urn", cells.urn, repeats=False), FeedColumn("name", cells.filled, repeats=False)),
    make=lambda row: School(row["urn"], row["name"]),
)


def agreements(ids: KnownIds) -> FileFormat[Agreement]:
    """``agreements.csv``, whose rows refer to the lead providers and delivery partners that are known."""
    return FileFormat(
        file=AGREEMENTS_FILE,
        key="agreement_id",
        columns=(
            FeedColumn("agreement_id", cells.identifier, repeats=False),
            FeedColumn("lead_provider_id", known(ids.lead_providers, LEAD_PROVIDERS.file)),
            FeedColumn("delivery_partner_id", known(ids.delivery_partners, DELIVERY_PARTNERS.file)),
            FeedColumn("starts_on", cells.day),
            FeedColumn("ends_on", or_blank(cells.day)),
            FeedColumn("first_academic_year", or_blank(cells.academic_year), required=False),
            FeedColumn("last_academic_year", or_blank(cells.academic_year), required=False),
            FeedColumn("covers_unconfirmed", one_of({"": True, **FLAGS}), required=False),
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
        FeedColumn("trn", cells.trn, repeats=False),
        FeedColumn("full_name", cells.key, repeats=False),
        FeedColumn("date_of_birth", cells.day),
        FeedColumn("qts_awarded_on", or_blank(cells.day), required=False),
        FeedColumn("induction_started_on", or_blank(cells.day), required=False),
        FeedColumn("induction_completed_on", or_blank(cells.day), required=False),
        FeedColumn("induction_status", one_of({"": None, **slugs_of(TeacherInductionStatus)}), required=False),
        FeedColumn("active_alert", one_of(FLAGS)),
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
            FeedColumn("record_id", cells.key, repeats=False, plain=cells.PLAIN_KEY),
            FeedColumn("participant_id", cells.key, repeats=False, plain=cells.PLAIN_KEY),
            FeedColumn("role", one_of(slugs_of(ParticipantRole))),
            FeedColumn("full_name", cells.filled, repeats=False, plain=cells.PLAIN_TEXT),
            FeedColumn("email", cells.email, repeats=False, plain=cells.PLAIN_EMAIL),
            FeedColumn("date_of_birth", or_blank(cells.day), required=False, plain=cells.PLAIN_DAY),
            FeedColumn("trn", or_blank(cells.trn), repeats=False, plain=cells.PLAIN_TRN),
            FeedColumn("trn_validated", one_of({"": None, **FLAGS}), required=False),
            FeedColumn("school_urn", known(ids.schools, SCHOOLS.file, cells.urn), plain=ids.schools),
            FeedColumn("academic_year", cells.academic_year),
            FeedColumn("lead_provider_id", or_blank(known(ids.lead_providers, LEAD_PROVIDERS.file))),
            FeedColumn(
                "delivery_partner_id",
                or_blank(known(ids.delivery_partners, DELIVERY_PARTNERS.file)),
                plain=ids.delivery_partners | {""},
            ),
            FeedColumn(
                "appropriate_body_id",
                or_blank(known(ids.appropriate_bodies, APPROPRIATE_BODIES.file)),
                required=False,
                plain=ids.appropriate_bodies | {""},
            ),
            FeedColumn("partnership", one_of({"": None, **slugs_of(Partnership)}), required=False),
            FeedColumn("programme", one_of({"": Programme.FIP, **slugs_of(Programme)}), required=False),
            FeedColumn("induction_tutor_email", cells.email, required=False, plain=cells.PLAIN_EMAIL),
            FeedColumn(
                "induction_status", one_of({"": InductionStatus.ACTIVE, **slugs_of(InductionStatus)}), required=False
            ),
            FeedColumn(
                "training_status", one_of({"": TrainingStatus.ACTIVE, **slugs_of(TrainingStatus)}), required=False
            ),
            FeedColumn("school_transfer", one_of({"": False, **FLAGS}), required=False),
            FeedColumn("starts_on", cells.day),
            FeedColumn("ends_on", or_blank(cells.day), required=False),
            FeedColumn("induction_started_on", or_blank(cells.day), required=False),
            FeedColumn("induction_completed_on", or_blank(cells.day), required=False),
            FeedColumn("details_given", one_of({"": DetailsGiven.NONE, **slugs_of(DetailsGiven)}), required=False),
            FeedColumn("details_request", one_of({"": None, **slugs_of(DetailsRequest)}), required=False),
            FeedColumn("check_failed", one_of({"": False, **FLAGS}), required=False),
            FeedColumn("eligibility", one_of({"": None, **slugs_of(Eligibility)}), required=False),
            FeedColumn("eligibility_reason", one_of({"": None, **slugs_of(EligibilityReason)}), required=False),
            FeedColumn("mentees", one_of({"": Mentees.NONE, **slugs_of(Mentees)}), required=False),
            FeedColumn("updated_at", cells.moment, repeats=False, plain=cells.PLAIN_MOMENT),
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
