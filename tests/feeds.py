"""Writes feeds (feed.md) for tests: folders of CSV files made of values, or of raw rows that need not be good."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from io import StringIO
from pathlib import Path
from typing import Any, Final

from attrs import asdict, field, frozen

from checkdata.domain.feed.contents import References
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.records import Partnership, TrainingRecord
from checkdata.domain.training.teacher_records import TeacherRecord
from checkdata.domain.values import LeadProviderId, ParticipantId, RecordId
from tests.strategies import APPROPRIATE_BODIES, DELIVERY_PARTNERS, LEAD_PROVIDERS, SCHOOLS

RawRow = Mapping[str, str]
"""Cells by column, as they are written."""

REFERENCE_FILES: Final = ("lead_providers", "delivery_partners", "appropriate_bodies", "schools", "agreements")

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "lead_providers": ("lead_provider_id", "name", "contact_email"),
    "delivery_partners": ("delivery_partner_id", "name"),
    "appropriate_bodies": ("appropriate_body_id", "name"),
    "schools": ("urn", "name"),
    "agreements": (
        "agreement_id",
        "lead_provider_id",
        "delivery_partner_id",
        "starts_on",
        "ends_on",
        "first_academic_year",
        "last_academic_year",
        "covers_unconfirmed",
    ),
    "teacher_records": (
        "trn",
        "full_name",
        "date_of_birth",
        "qts_awarded_on",
        "induction_started_on",
        "induction_completed_on",
        "induction_status",
        "active_alert",
    ),
    "training_records": (
        "record_id",
        "participant_id",
        "role",
        "full_name",
        "email",
        "date_of_birth",
        "trn",
        "trn_validated",
        "school_urn",
        "academic_year",
        "lead_provider_id",
        "delivery_partner_id",
        "appropriate_body_id",
        "partnership",
        "programme",
        "induction_tutor_email",
        "induction_status",
        "training_status",
        "school_transfer",
        "starts_on",
        "ends_on",
        "induction_started_on",
        "induction_completed_on",
        "details_given",
        "details_request",
        "check_failed",
        "eligibility",
        "eligibility_reason",
        "mentees",
        "updated_at",
    ),
}


AGREEMENT: Final = Agreement(
    id="a1", lead_provider_id=LeadProviderId("ambition"), delivery_partner_id="north", starts_on=date(2021, 9, 1)
)
REFERENCES: Final = References(
    lead_providers=LEAD_PROVIDERS,
    delivery_partners=DELIVERY_PARTNERS,
    appropriate_bodies=APPROPRIATE_BODIES,
    schools=SCHOOLS,
    agreements=[AGREEMENT],
)
RECORD: Final = TrainingRecord(
    record_id=RecordId("r1"),
    participant_id=ParticipantId("p1"),
    role=ParticipantRole.ECT,
    full_name="Zoë O'Neill",
    email="zoe@school.example",
    trn="1234567",
    school_urn="100001",
    academic_year=2023,
    lead_provider_id=LeadProviderId("ambition"),
    delivery_partner_id="north",
    starts_on=date(2023, 9, 1),
    updated_at=datetime(2023, 10, 1, 9, tzinfo=UTC),
    partnership=Partnership.CONFIRMED,
)
TEACHER: Final = TeacherRecord(trn="1234567", full_name="Zoë O'Neill", date_of_birth=date(1990, 1, 2))


@frozen(kw_only=True)
class Layout:
    """How the same rows may be written: columns of files in another order, quoting, line ends, byte-order mark."""

    columns: Mapping[str, Sequence[str]] = field(factory=dict)
    quoting: Any = csv.QUOTE_MINIMAL
    line_end: str = "\n"
    byte_order_mark: bool = False
    ends_last_line: bool = True


PLAIN: Final = Layout()


def write_feed(
    folder: Path,
    *,
    references: References | None = None,
    records: Iterable[TrainingRecord] = (),
    teacher_records: Sequence[TeacherRecord] | None = None,
    layout: Layout = PLAIN,
) -> Path:
    """Write a feed of good rows into the folder, which is made if need be; files of an earlier one may stay."""
    told = references or References()
    for name in REFERENCE_FILES:
        things = getattr(told, name)
        if things is not None:
            write_file(folder, name, [reference_row(name, thing) for thing in things], layout)
    if teacher_records is not None:
        write_file(folder, "teacher_records", [teacher_row(record) for record in teacher_records], layout)
    write_file(folder, "training_records", [training_row(record) for record in records], layout)
    return folder


def write_file(folder: Path, name: str, rows: Iterable[RawRow], layout: Layout = PLAIN) -> Path:
    """Write one file of a feed, of rows that need not be good; cells without a column are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.csv"
    path.write_bytes(csv_bytes(rows, layout.columns.get(name, COLUMNS[name]), layout))
    return path


def csv_bytes(rows: Iterable[RawRow], columns: Sequence[str], layout: Layout = PLAIN) -> bytes:
    """A CSV file with these columns."""
    text = StringIO(newline="")
    writer = csv.writer(text, quoting=layout.quoting, lineterminator=layout.line_end)
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    whole = text.getvalue() if layout.ends_last_line else text.getvalue().removesuffix(layout.line_end)
    return whole.encode("utf-8-sig" if layout.byte_order_mark else "utf-8")


def training_row(record: TrainingRecord, /, **changes: str) -> dict[str, str]:
    """The cells of a training record, some of them changed to whatever is asked."""
    return _cells(record) | changes


def teacher_row(record: TeacherRecord, /, **changes: str) -> dict[str, str]:
    """The cells of a teacher record, some of them changed to whatever is asked."""
    return _cells(record) | changes


def reference_row(name: str, thing: Any, /, **changes: str) -> dict[str, str]:  # noqa: ANN401 - any reference
    """The cells of a row of a reference file, some of them changed to whatever is asked."""
    cells = _cells(thing)
    if "id" in cells:
        cells[COLUMNS[name][0]] = cells.pop("id")
    return cells | changes


def _cells(thing: Any) -> dict[str, str]:  # noqa: ANN401 - any attrs class
    return {name: _cell(value) for name, value in asdict(thing, recurse=False).items()}


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Enum():
            return str(value.value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)
