"""What a backup tells of its progress."""

from typing import Protocol


class Shown(Protocol):
    """Shows what is done and how far it is."""

    def begin(self, doing: str, total: int | None = None, /) -> None:
        """Something new is done, to *total* things, None if that is not known."""

    def advance(self, number: int, /) -> None:
        """So many more things are done."""
