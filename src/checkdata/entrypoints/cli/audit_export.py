"""Events of the log as lines for other programs: CSV, or JSON lines."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any, Final, TextIO
from zoneinfo import ZoneInfo

from checkdata.domain.audit.events import NumberedEvent
from checkdata.domain.errors import FolderNotWritable
from checkdata.domain.listing.columns import csv_writer, neutralised

COLUMNS: Final = (
    "number",
    "at",
    "kind",
    "actor",
    "role",
    "organisation_id",
    "subject",
    "import_id",
    "participant_id",
    "details",
)
_LONDON: Final = ZoneInfo("Europe/London")


class ExportFormat(Enum):
    """How events are written."""

    CSV = "csv"
    JSON_LINES = "jsonl"


def write_events(events: Iterable[NumberedEvent], form: ExportFormat, out: TextIO) -> int:
    """Write events and tell how many there were; times are in London, with their offset."""
    return {ExportFormat.CSV: _as_csv, ExportFormat.JSON_LINES: _as_json_lines}[form](events, out)


@contextmanager
def opened_output(path: Path | None) -> Iterator[TextIO]:
    """The file to write, or standard output; `FolderNotWritable`."""
    if path is None:
        yield sys.stdout
        return
    try:
        with path.open("w", encoding="utf-8", newline="") as out:
            yield out
    except OSError as error:
        raise FolderNotWritable(f"The file {path} can't be written: {error.strerror}.") from error


def _as_csv(events: Iterable[NumberedEvent], out: TextIO) -> int:
    writer, number = csv_writer(out), 0
    writer.writerow(COLUMNS)
    for event in events:
        cells = _cells(event, _in_one_cell)
        writer.writerow([neutralised(str(cell)) if cell is not None else "" for cell in cells.values()])
        number += 1
    return number


def _in_one_cell(details: Mapping[str, Any]) -> str:
    return json.dumps(dict(details), ensure_ascii=False, sort_keys=True) if details else ""


def _as_json_lines(events: Iterable[NumberedEvent], out: TextIO) -> int:
    number = 0
    for event in events:
        out.write(json.dumps(_cells(event, dict), ensure_ascii=False) + "\n")
        number += 1
    return number


def _cells(numbered: NumberedEvent, details: Callable[[Mapping[str, Any]], Any]) -> Mapping[str, Any]:
    event = numbered.event
    return {
        "number": numbered.number,
        "at": event.at.astimezone(_LONDON).isoformat(),
        "kind": event.kind.value,
        "actor": event.actor,
        "role": event.role and event.role.value,
        "organisation_id": event.organisation_id,
        "subject": event.subject,
        "import_id": event.import_id,
        "participant_id": event.participant_id,
        "details": details(event.details),
    }
