"""The port for nominations and their steps."""

from collections.abc import Sequence
from typing import Protocol

from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.values import EmailAddress, NominationId


class Nominations(Protocol):
    """Nominations with their steps; organisations carry their names."""

    def get(self, nomination_id: NominationId, /) -> Nomination | None:
        """The nomination with this id."""

    def hold(self, nomination_id: NominationId, /) -> None:
        """Lock this nomination until the unit of work ends; what is read next is up to date.

        Every step, opening of a link and answer takes this lock first.
        """

    def add(self, nomination: Nomination, /) -> None:
        """Add a nomination; `StorageConflict` where the id is taken, or the person has an open one there already."""

    def replace(self, nomination: Nomination, /) -> None:
        """Write a nomination with one more step; `StorageConflict` if another user took a step first."""

    def open_for(self, email: EmailAddress, organisation: Organisation, /) -> Nomination | None:
        """The open nomination of the person at this address for this organisation."""

    def open(self) -> Sequence[Nomination]:
        """Every open nomination, the oldest first."""

    def closed(self) -> Sequence[Nomination]:
        """Closed nominations, the last closed first."""

    def of_person(self, email: EmailAddress, /) -> Sequence[Nomination]:
        """Every nomination of the person at this address, the newest first."""

    def of_organisation(self, organisation: Organisation, limit: int, /) -> Sequence[Nomination]:
        """The nominations for this organisation, open or not, the newest first."""
