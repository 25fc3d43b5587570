"""How far a long command is: a bar where there is a terminal, plain lines where there is none."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

import typer

LINE_EVERY: Final = 10_000
"""After how many things a plain line tells how many there were."""


class Progress(Protocol):
    """Shows what a command does and how far it is."""

    def begin(self, doing: str, total: int | None = None, /) -> None:
        """Something new is done, to *total* things, None if that is not known."""

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
        """Tell now and then how much was done."""
        before, self._done = self._done, self._done + number
        if self._done // LINE_EVERY > before // LINE_EVERY:
            typer.echo(f"{self._doing}: {self._done:,}", err=True)


@contextmanager
def progress() -> Iterator[Progress]:
    """Show progress on standard error while the block runs."""
    if not sys.stderr.isatty():
        yield Lines()
        return
    from checkdata.entrypoints.cli.progress_bar import bar

    with bar() as shown:
        yield shown


_lines_conform: type[Progress] = Lines
