"""Shows rows: as a table on a terminal, as lines with tabs if there is none, or as CSV."""

import csv
import sys
from collections.abc import Iterable, Sequence
from typing import Final

import typer

from checkdata.domain.listing.columns import neutralised
from checkdata.domain.typed_text import displayed

Cells = tuple[str, ...]

_SPACES: Final = str.maketrans("\t\r\n", "   ")


def show(columns: Cells, rows: Sequence[Cells]) -> None:
    """Show rows as a table; where there is no terminal, as lines with tabs between the cells, the columns first."""
    if sys.stdout.isatty():
        _show_table(columns, rows)
    else:
        for row in (columns, *rows):
            typer.echo("\t".join(map(_in_a_line, row)))


def show_csv(columns: Cells, rows: Iterable[Cells]) -> None:
    """Show rows as CSV; no spreadsheet (security.md 37) and no terminal runs a cell of it."""
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    writer.writerows([neutralised(displayed(cell)) for cell in row] for row in rows)


def _in_a_line(cell: str) -> str:
    """The cell without characters that would end its line, or control a terminal."""
    return displayed(cell.translate(_SPACES))


def _show_table(columns: Cells, rows: Sequence[Cells]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns)
    for row in rows:
        table.add_row(*(Text(_in_a_line(cell)) for cell in row))
    Console().print(table)
