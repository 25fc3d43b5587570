"""The audit log as a CSV runs nothing in a spreadsheet (security.md 37)."""

import csv
import io
from typing import Final

import pytest

from checkdata.domain.audit.events import AuditEvent, AuditKind, NumberedEvent
from checkdata.domain.listing.columns import DANGEROUS
from checkdata.domain.values import ImportId, ParticipantId, UserId
from checkdata.entrypoints.cli.audit_export import ExportFormat, write_events
from tests.strategies import NOON

CELLS: Final = ("actor", "organisation_id", "subject", "import_id", "participant_id")


@pytest.mark.parametrize("first", [sign for sign in DANGEROUS if sign != "\0"])
def test_no_cell_of_an_exported_log_begins_as_a_formula(first: str) -> None:
    cell = f"{first}1+1"
    event = AuditEvent(
        kind=AuditKind.PARTICIPANT_VIEWED,
        at=NOON,
        actor=UserId(cell),
        organisation_id=cell,
        subject=UserId(cell),
        import_id=ImportId(cell),
        participant_id=ParticipantId(cell),
    )
    out = io.StringIO(newline="")
    assert write_events([NumberedEvent(1, event)], ExportFormat.CSV, out) == 1
    (row,) = csv.DictReader(io.StringIO(out.getvalue(), newline=""))
    assert [row[name] for name in CELLS] == [f"'{cell}"] * len(CELLS)
