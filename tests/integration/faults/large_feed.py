"""A feed of one large delivery partner, whose CSV is larger than the buffers of sockets, and of a small one."""

import csv
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

LARGE: Final = "dp-1"
SMALL: Final = "dp-2"
LEAD_PROVIDERS: Final = ("lp-1", "lp-2")
ROWS: Final = int(os.environ.get("DRILL_ROWS") or 60_000)
"""Of the large partner: about 8 MB of CSV, where the buffers of two sockets hold about 2; `make drill ROWS=…`
takes more."""

FEW: Final = 20
"""Of the small one."""

_TRAINING: Final = (
    "record_id", "participant_id", "role", "full_name", "email", "trn", "trn_validated", "school_urn", "academic_year",
    "lead_provider_id", "delivery_partner_id", "partnership", "programme", "induction_status", "training_status",
    "starts_on", "induction_started_on", "details_given", "eligibility", "eligibility_reason", "mentees", "updated_at",
)  # fmt: skip


def write_large_feed(folder: Path, rows: int = ROWS) -> Path:
    """Write the feed into a new folder: *rows* participants of the large partner, `FEW` of the small one."""
    folder.mkdir(parents=True)
    _table(folder / "lead_providers.csv", ("lead_provider_id", "name"), ((lead, lead) for lead in LEAD_PROVIDERS))
    _table(folder / "delivery_partners.csv", ("delivery_partner_id", "name"), ((LARGE, "Large"), (SMALL, "Small")))
    _table(folder / "schools.csv", ("urn", "name"), ((100_000, "St Mary's Primary School, Hill Top"),))
    _table(
        folder / "agreements.csv",
        ("agreement_id", "lead_provider_id", "delivery_partner_id", "starts_on", "ends_on"),
        ((f"ag-{lead}-{of}", lead, of, "2021-09-01", "") for lead in LEAD_PROVIDERS for of in (LARGE, SMALL)),
    )
    _table(folder / "training_records.csv", _TRAINING, _records(rows))
    return folder


def _records(rows: int) -> Iterator[tuple[object, ...]]:
    for number in range(rows + FEW):
        yield (
            f"r{number}", f"p{number}", "ect", f"Teacher Number {number}", f"teacher.{number}@school.example",
            f"{1_000_000 + number}", "true", 100_000, 2024, "lp-1", LARGE if number < rows else SMALL, "confirmed",
            "fip", "active", "active", "2024-09-01", "2024-09-01", "with_trn", "eligible", "", "none",
            "2024-10-01T09:00:00+00:00",
        )  # fmt: skip


def _table(path: Path, head: Iterable[str], lines: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(lines)
