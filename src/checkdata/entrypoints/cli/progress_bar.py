"""A moving progress bar for a terminal; loaded only there."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn
from rich.progress import Progress as RichProgress


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
def bar() -> Iterator[Bar]:
    """Show it on standard error while the block runs."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as shown:
        yield Bar(shown)
