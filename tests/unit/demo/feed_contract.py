"""What feed.md allows in a feed, written down apart from the code that reads or makes one."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Final

Row = dict[str, str]
Feed = dict[str, list[Row]]

ID: Final = r"[A-Za-z0-9_-]{1,64}"
TEXT: Final = r"[^\x00-\x1f\x7f-\x9f]+"
EMAIL: Final = r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*\.(example|example\.org)"
DATE: Final = r"\d{4}-\d{2}-\d{2}"
FLAG: Final = "true|false"
MOMENT: Final = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})"
BLANK: Final = "|"

SHAPES: Final = {
    "lead_providers": {"lead_provider_id": ID, "name": TEXT, "contact_email": EMAIL + BLANK},
    "delivery_partners": {"delivery_partner_id": ID, "name": TEXT},
    "appropriate_bodies": {"appropriate_body_id": ID, "name": TEXT},
    "schools": {"urn": r"\d{6}", "name": TEXT},
    "agreements": {
        "agreement_id": ID,
        "lead_provider_id": ID,
        "delivery_partner_id": ID,
        "starts_on": DATE,
        "ends_on": DATE + BLANK,
        "first_academic_year": r"\d{4}" + BLANK,
        "last_academic_year": r"\d{4}" + BLANK,
        "covers_unconfirmed": FLAG,
    },
    "training_records": {
        "record_id": TEXT,
        "participant_id": TEXT,
        "role": "ect|mentor",
        "full_name": TEXT,
        "email": EMAIL + BLANK,
        "date_of_birth": DATE + BLANK,
        "trn": r"[\d/ -]+" + BLANK,
        "trn_validated": FLAG + BLANK,
        "school_urn": r"\d{6}",
        "academic_year": r"\d{4}",
        "lead_provider_id": ID + BLANK,
        "delivery_partner_id": ID + BLANK,
        "appropriate_body_id": ID + BLANK,
        "partnership": "confirmed|pending|challenged" + BLANK,
        "programme": "fip|cip|diy|other",
        "induction_tutor_email": EMAIL + BLANK,
        "induction_status": "active|changed|leaving|completed|withdrawn",
        "training_status": "active|deferred|withdrawn",
        "school_transfer": FLAG,
        "starts_on": DATE,
        "ends_on": DATE + BLANK,
        "induction_started_on": DATE + BLANK,
        "induction_completed_on": DATE + BLANK,
        "details_given": "none|without_trn|with_trn",
        "details_request": "submitted|delivered|failed" + BLANK,
        "check_failed": FLAG,
        "eligibility": "eligible|matched|ineligible|manual_check" + BLANK,
        "eligibility_reason": "active_flags|different_trn|no_qts|no_induction|duplicate_profile|exempt_from_induction"
        "|previous_induction|previous_participation" + BLANK,
        "mentees": "none|former|current",
        "updated_at": MOMENT,
    },
    "teacher_records": {
        "trn": r"\d{7}",
        "full_name": TEXT,
        "date_of_birth": DATE,
        "qts_awarded_on": DATE + BLANK,
        "induction_started_on": DATE + BLANK,
        "induction_completed_on": DATE + BLANK,
        "induction_status": "required|in_progress|passed|failed|exempt" + BLANK,
        "active_alert": FLAG,
    },
}
KEYS: Final = {
    "lead_providers": "lead_provider_id",
    "delivery_partners": "delivery_partner_id",
    "appropriate_bodies": "appropriate_body_id",
    "schools": "urn",
    "agreements": "agreement_id",
    "training_records": "record_id",
    "teacher_records": "trn",
}
REFERENCES: Final = {
    "school_urn": "schools",
    "lead_provider_id": "lead_providers",
    "delivery_partner_id": "delivery_partners",
    "appropriate_body_id": "appropriate_bodies",
}


def read(folder: Path) -> Feed:
    feed = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            feed[path.stem] = list(csv.DictReader(file, strict=True))
    return feed


def day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


def seven_digits(trn: str) -> str:
    digits = re.sub(r"[ /-]", "", trn)
    return digits.zfill(7) if len(digits) >= 5 else digits


def shape_faults(feed: Feed) -> Iterable[str]:
    for file, columns in SHAPES.items():
        patterns = {column: re.compile(shape) for column, shape in columns.items()}
        for row in feed[file]:
            for column, pattern in patterns.items():
                if not pattern.fullmatch(row[column]):
                    yield f"{file} {column}: {row[column]!r}"
                elif columns[column] in (DATE, DATE + BLANK) and row[column]:
                    date.fromisoformat(row[column])


def key_faults(feed: Feed) -> Iterable[str]:
    for file, key in KEYS.items():
        counted = Counter(row[key] for row in feed[file])
        yield from (f"{file} has {value} twice" for value, times in counted.items() if times > 1)
    known = {file: {row[KEYS[file]] for row in feed[file]} for file in KEYS}
    for row in feed["training_records"] + feed["agreements"]:
        for column, file in REFERENCES.items():
            if row.get(column) and row[column] not in known[file]:
                yield f"{row} names an unknown {column}"


def record_faults(record: Row, today: date) -> Iterable[str]:
    trn = seven_digits(record["trn"])
    if trn and not re.fullmatch(r"\d{7}", trn):
        yield f"no TRN: {record['trn']}"
    if not trn and record["trn_validated"] == "true":
        yield "a TRN is valid, and there is none"
    if bool(record["delivery_partner_id"]) != bool(record["partnership"]):
        yield "a partnership goes with a delivery partner"
    if datetime.fromisoformat(record["updated_at"]).date() >= today:
        yield "updated after yesterday"
    if record["starts_on"] > today.isoformat() and record["school_transfer"] == "false":
        yield "starts on a day to come, and nobody moves"
    if record["ends_on"] and record["ends_on"] < record["starts_on"]:
        yield "ends before it starts"
    if record["induction_status"] == "completed" and not record["induction_completed_on"] < today.isoformat():
        yield "completed on a day to come"
    if record["role"] == "mentor" and record["induction_completed_on"]:
        yield "a mentor completes no induction"


def faults(feed: Feed, today: date) -> list[str]:
    found = [*shape_faults(feed), *key_faults(feed)]
    for record in feed["training_records"]:
        found += [f"{record['record_id']}: {fault}" for fault in record_faults(record, today)]
    roles = defaultdict(set)
    for record in feed["training_records"]:
        roles[record["participant_id"]].add(record["role"])
    return found + [f"{participant} has two roles" for participant, both in roles.items() if len(both) > 1]
