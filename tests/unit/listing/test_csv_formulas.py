"""security.md 37: whatever ends a row for the program that opens a CSV, no cell begins with a formula sign."""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checkdata.adapters.feed import RejectionReport
from checkdata.domain.audit.events import AuditEvent, AuditKind, NumberedEvent
from checkdata.domain.feed.contents import RowFault
from checkdata.domain.listing.columns import Column, csv_chunks, raw
from checkdata.domain.values import UserId
from checkdata.entrypoints.cli.audit_export import ExportFormat, write_events
from checkdata.entrypoints.cli.tables import show_csv

SOURCE: Final = Path(__file__).parents[3] / "src" / "checkdata"
SIGNS: Final = tuple("=+-@\t\r\n\0＝＋－＠")
ENDS: Final = ("\n", "\r", "\r\n", "\r\n|\r|\n")
CELLS: Final = st.text(st.sampled_from("=+-@\t\r\n\0＝＋－＠a5,\"' ")) | st.text()
ROWS: Final = st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4)

Row = tuple[str, str]


def downloaded(rows: Sequence[Row]) -> str:
    """Lists, contacts, changes, comparisons and batch exports are all made here."""
    columns = [Column[Row]("one", "One", lambda row: row[0]), Column[Row]("other", "Other", lambda row: row[1])]
    return b"".join(csv_chunks(rows, columns)).decode()


def reviewed(rows: Sequence[Row]) -> str:
    with redirect_stdout(io.StringIO(newline="")) as out:
        show_csv(("one", "other"), rows)
    return out.getvalue()


def audited(rows: Sequence[Row]) -> str:
    out = io.StringIO(newline="")
    at = datetime(2024, 6, 3, tzinfo=UTC)
    events = (
        AuditEvent(kind=AuditKind.GRANT_ADDED, at=at, actor=UserId(one), subject=UserId(other), details={one: other})
        for one, other in rows
    )
    write_events((NumberedEvent(number, event) for number, event in enumerate(events, 1)), ExportFormat.CSV, out)
    return out.getvalue()


WRITERS: Final[Sequence[Callable[[Sequence[Row]], str]]] = (downloaded, reviewed, audited)


def records(text: str, end: str) -> Iterator[list[str]]:
    """The rows of a CSV by RFC 4180, with what ends a row outside of quotes; and each cell as it is written."""
    ends, cells, start, quoted, place = re.compile(end), [], 0, False, 0
    while place < len(text):
        quoted ^= text[place] == '"'
        ended = None if quoted else ends.match(text, place)
        if ended or (text[place] == "," and not quoted):
            cells.append(text[start:place])
            start = place + (len(ended[0]) if ended else 1)
        if ended:
            yield cells
            cells = []
        place = max(place + 1, start)
    if start < len(text):
        yield [*cells, text[start:]]


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("end", ENDS)
@given(rows=ROWS)
@example(rows=[("a\r-5+9", "b\r=1"), ("a\n@b", "a\r\n+1")])
def test_no_row_and_no_cell_begins_with_a_formula_sign(
    writer: Callable[[Sequence[Row]], str], end: str, rows: Sequence[Row]
) -> None:
    for cells in records(writer(rows), end):
        # Where only half of CR and LF ends a row, the other half is beside a cell.
        assert not any(cell.strip("\r\n").removeprefix('"').startswith(SIGNS) for cell in cells)


@given(rows=ROWS)
@pytest.mark.parametrize("end", ENDS[:1] + ENDS[3:])
def test_a_csv_for_machines_has_as_many_rows_whatever_ends_one(end: str, rows: Sequence[Row]) -> None:
    columns = [Column[Row]("one", "One", lambda row: row[0]), Column[Row]("other", "Other", lambda row: row[1])]
    made = b"".join(csv_chunks([(one + "x", other) for one, other in rows], columns, safe=raw))
    assert len(list(records(made.decode(), end))) == len(rows) + 1


@given(st.lists(st.tuples(st.integers(2, 99), st.text(), st.text()), max_size=3))
def test_the_report_of_refused_rows_has_a_row_for_each_fault_whatever_ends_one(
    faults: list[tuple[int, str, str]],
) -> None:
    with TemporaryDirectory() as name:
        with RejectionReport(Path(name)) as report:
            for line, column, rule in faults:
                report.add(RowFault("schools.csv", line, f"x{column}", f"x{rule}"))
        text = report.path.read_bytes().decode()
    assert len(list(records(text, ENDS[3]))) == len(faults) + 1


def test_nothing_else_writes_csv() -> None:
    writing = {str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if "csv.writer(" in path.read_text()}
    # The second ends its rows with CR and LF, which Python then quotes; the third makes a feed up.
    assert writing == {"domain/listing/columns.py", "entrypoints/cli/tables.py", "entrypoints/demo/feed.py"}
