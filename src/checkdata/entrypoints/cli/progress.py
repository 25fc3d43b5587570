"""How far a long command is: a bar where there is a terminal, plain lines where there is none."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn
from rich.progress import Progress as RichProgress

LINE_EVERY: Final = 10_000
"""After how many things a plain line tells how many there were."""


class Progress(Protocol):
    """Told by a command what it does and how far it is."""

    def begin(self, doing: str, total: int | None = None, /) -> None:
        """Something new is done, to *total* things, None where nobody knows."""

    def advance(self, number: int, /) -> None:
        """So many more things are done."""


class Lines:
    """A line for what is begun, and one for every `LINE_EVERY` things."""

    def __init__(self) -> None:
        self._doing = ""
        self._done = 0

    def begin(self, doing: str, total: int | None = None, /) -> None:  # noqa: ARG002 - a bar's own
        """Tell what is done."""
        self._doing, self._done = doing, 0
        typer.echo(doing, err=True)

    def advance(self, number: int, /) -> None:
        """Tell how much was done, now and then."""
        before, self._done = self._done, self._done + number
        if self._done // LINE_EVERY > before // LINE_EVERY:
            typer.echo(f"{self._doing}: {self._done:,}", err=True)


class Bar:
    """One moving line, which is gone at the end."""

    def __init__(self, shown: RichProgress) -> None:
        self._shown = shown
        self._task: TaskID | None = None

    def begin(self, doing: str, total: int | None = None, /) -> None:
        """Show another bar in place of the one before."""
        if self._task is not None:
            self._shown.remove_task(self._task)
        self._task = self._shown.add_task(doing, total=total)

    def advance(self, number: int, /) -> None:
        """Move the bar."""
        if self._task is not None:
            self._shown.advance(self._task, number)


@contextmanager
def progress() -> Iterator[Progress]:
    """Show progress on standard error while the block runs."""
    if not sys.stderr.isatty():
        yield Lines()
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as shown:
        yield Bar(shown)


_lines_conform: type[Progress] = Lines
_bar_conforms: type[Progress] = Bar
