"""Who has seen a participant, certainly or possibly, and where a file came from (service rule 15)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Final

from attrs import field, frozen

from checkdata.domain.access.scope import Scope, scope_as_recorded
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.receipts import FileKind, Receipt
from checkdata.domain.listing.filters import FILTER_NAMED
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import Organisation, Role, organisation_of
from checkdata.domain.people.users import User
from checkdata.domain.values import ImportId, ParticipantId, UserId

LISTS: Final = (AuditKind.LIST_VIEWED, AuditKind.CHANGES_VIEWED, AuditKind.LIST_RECONCILED, AuditKind.DOWNLOADED)
"""A page, or a download broken off: it showed some rows of a listing, and which ones can't be told afterwards."""


@frozen(kw_only=True)
class ShownRow:
    """How a listing showed a participant, from import number ``began`` until ``ended`` (None if it still does)."""

    listed: ListedParticipant
    began: int
    ended: int | None

    def stands(self, number: int) -> bool:
        """Whether it stood as of that import."""
        return self.began <= number and (self.ended is None or number < self.ended)

    @property
    def organisation(self) -> tuple[Role, str]:
        """The organisation whose listing showed it."""
        if self.listed.delivery_partner_id is not None:
            return Role.DELIVERY_PARTNER, self.listed.delivery_partner_id
        return Role.APPROPRIATE_BODY, self.listed.appropriate_body_id or ""


@frozen(kw_only=True)
class Trail:
    """Everything that listings ever showed of a participant.

    ``imports`` are the numbers of all imports by their ids, and ``made`` when each was made by its number.
    """

    stood: Sequence[ShownRow]
    imports: Mapping[ImportId, int]
    made: Mapping[int, datetime]

    @property
    def organisations(self) -> Sequence[tuple[Role, str]]:
        """The organisations whose listings ever showed the participant, each once."""
        return list(dict.fromkeys(stood.organisation for stood in self.stood))

    def at(self, role: Role | None, organisation_id: str | None, import_id: ImportId | None) -> Iterator[ShownRow]:
        """How an organisation's listing showed them as of an import; all that it ever showed if that is not known."""
        number = None if import_id is None else self.imports.get(import_id)
        for stood in self.stood:
            if (number is None or stood.stands(number)) and stood.organisation == (role, organisation_id):
                yield stood

    def row_of(self, organisation: Organisation, moment: datetime | None) -> ListedParticipant | None:
        """The participant's row in an organisation's listing at a moment, None for now; None if it had none."""
        number = max((number for number, made in self.made.items() if moment is None or made <= moment), default=0)
        for stood in self.stood:
            if stood.organisation == (organisation.role, organisation.id) and stood.stands(number):
                return stood.listed
        return None


class SightingKind(Enum):
    """How a user saw a participant, or may have."""

    OWN_PAGE = "own_page"
    FILE = "file"
    LIST = "list"
    CHANGES = "changes"
    RECONCILED = "reconciled"
    BROKEN_OFF = "broken_off"


@frozen(kw_only=True)
class Sighting:
    """A user saw a participant, or may have: who, for which organisation, when, as of which import, and how.

    ``actor`` is None for an operator's export. ``receipt`` is the file's, of `SightingKind.FILE`.
    """

    at: datetime
    actor: UserId | None
    role: Role | None
    organisation_id: str
    import_id: ImportId | None
    how: SightingKind
    receipt: Receipt | None = None


@frozen(kw_only=True)
class PossibleSightings:
    """What one user may have seen in one way for one organisation: how often, and when first and last."""

    first: Sighting
    last: Sighting
    times: int


@frozen(kw_only=True)
class ParticipantSightings:
    """Who certainly saw a participant, event by event, and who possibly did, summed up; and the users in it."""

    participant_id: ParticipantId
    certainly: Sequence[Sighting]
    possibly: Sequence[PossibleSightings]
    users: Mapping[UserId, User] = field(factory=dict)


@frozen(kw_only=True)
class ParticipantOutOfScope:
    """A participant in a file who is no longer in its organisation's scope, and their row in the file.

    Rows are counted as a spreadsheet does, the header being 1; None where the file's rows are not the listing's.
    """

    participant_id: ParticipantId
    row: int | None


@frozen(kw_only=True)
class FileOrigin:
    """Where a file came from: its receipt, who took it, and which of its participants have left the scope since.

    ``user`` is None for an operator's export, and if the user is gone. ``gone`` is None if it is no longer known
    who was in the file.
    """

    receipt: Receipt
    organisation: Organisation
    user: User | None
    gone: Sequence[ParticipantOutOfScope] | None


@frozen(kw_only=True)
class HeldFile:
    """A file that left under an agreement, and who has it; None for an operator's, and if the user is gone."""

    receipt: Receipt
    user: User | None


def query_of_receipt(receipt: Receipt) -> ParticipantQuery:
    """What was asked of a file, without the text of a search."""
    organisation = organisation_of(receipt.role, receipt.organisation_id)
    scope = scope_as_recorded(organisation, receipt.rules, receipt.agreement_ids)
    return ParticipantQuery.of(scope, **receipt.filters)


def file_held(receipt: Receipt, participant_id: ParticipantId, trail: Trail) -> bool:
    """Whether a file held a participant, as far as its receipt tells."""
    kept = receipt.participant_ids
    if kept is not None:
        return participant_id in kept
    query = query_of_receipt(receipt)
    stood = trail.at(receipt.role, receipt.organisation_id, receipt.import_id)
    return receipt.import_id in trail.imports and any(query.matches(each.listed) for each in stood)


def list_may_have_shown(event: AuditEvent, trail: Trail, scope: Scope | None) -> bool:
    """Whether a list, whose rows are not recorded, may have had a participant on it.

    *scope* is what the organisation saw then, None where that can't be told: then every row of its listing counts.
    """
    filters = {name: word for name, word in event.details.items() if name in FILTER_NAMED and isinstance(word, str)}
    for stood in trail.at(event.role, event.organisation_id, event.import_id):
        covering = Scope(organisation=_EVERYWHERE) if scope is None else scope
        query = ParticipantQuery.of(covering, **filters)
        if (scope is None or scope.covers(stood.listed)) and query.meets_filters(stood.listed):
            return True
    return False


_EVERYWHERE: Final = organisation_of(Role.SUPPORT)

SIGHTING_KIND_OF: Final[Mapping[AuditKind, SightingKind]] = {
    AuditKind.LIST_VIEWED: SightingKind.LIST,
    AuditKind.CHANGES_VIEWED: SightingKind.CHANGES,
    AuditKind.LIST_RECONCILED: SightingKind.RECONCILED,
    AuditKind.DOWNLOADED: SightingKind.BROKEN_OFF,
}

ROWS_OF_THE_LISTING: Final = (FileKind.CSV, FileKind.EXCEL, FileKind.CONTACTS, FileKind.CHANGES, FileKind.EXPORT)
"""The files that have a row for each participant that their receipt tells of, in its order."""
