"""The port for what listings ever showed of one participant, and who looked at them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from checkdata.domain.audit.tracing import PossibleSightings, ShownRow, Trail
from checkdata.domain.audit.wanted import WantedParticipant
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.values import ParticipantId


class ParticipantTrails(Protocol):
    """What listings ever showed of participants; only for support's questions, no list shows it."""

    def named(self, organisation: Organisation, wanted: WantedParticipant, /) -> Sequence[ShownRow]:
        """The rows, standing or ended, of one organisation's listing that may be meant."""

    def trail(self, participant_id: ParticipantId, /) -> Trail:
        """Every version of every row of theirs, and the numbers of all imports."""

    def views(self, trail: Trail, start: datetime | None, end: datetime | None, /) -> Sequence[PossibleSightings]:
        """The views of lists and the downloads broken off that may have shown them, summed up, the first ones first.

        Of the log from *start* on and before *end*, None for no limit. `list_may_have_shown` and
        `downloads_that_ended` are what it means; the storage decides it, because a log holds millions of views.
        """

    def of_partner(self, delivery_partner_id: str, /) -> Iterator[Trail]:
        """The trail of each participant who was ever in a partner's listing, with its rows only, by id; streamed.

        Ask nothing else of the unit of work until the iterator is closed or exhausted.
        """
