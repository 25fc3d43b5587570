"""The port for notices to every user."""

from collections.abc import Sequence
from typing import Protocol

from checkdata.domain.notices import Notice


class Notices(Protocol):
    """The notice of each kind, whether its time is past or not."""

    def all(self) -> Sequence[Notice]:
        """Every notice, by kind."""

    def add(self, notice: Notice, /) -> None:
        """Add a notice; `StorageConflict` where there is one of its kind."""

    def drop(self, notice: Notice, /) -> None:
        """Delete a notice; `StorageConflict` where it is not as it was any more."""
