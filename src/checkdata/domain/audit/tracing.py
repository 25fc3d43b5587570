"""Who has seen a participant, certainly or possibly, and where a file came from (service rule 15)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Final, Self

from attrs import evolve, field, frozen

from checkdata.domain.access.scope import rules_of_words, scope_as_recorded
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.receipts import FileKind, Receipt
from checkdata.domain.listing.filters import FILTERS, has_value
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import Organisation, Role, organisation_of
from checkdata.domain.people.users import User
from checkdata.domain.values import ImportId, ParticipantId, UserId

LISTS: Final = (AuditKind.LIST_VIEWED, AuditKind.CHANGES_VIEWED, AuditKind.LIST_RECONCILED, AuditKind.DOWNLOADED)
"""A page, or a download broken off: it showed some rows of a listing, and which ones can't be told afterwards.

A page that a program read with a key has a receipt, which tells, and says so by its ``sha256``.
"""


NARROWED_BY: Final[Mapping[str, str]] = {**{each.name: each.field for each in FILTERS}, "school_urn": "school_urn"}
"""The recorded words that say whom a view left out, each with the field of a row that it is compared with."""


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

    def told_of(self, role: Role | None, organisation_id: str | None, import_id: ImportId | None) -> Iterator[ShownRow]:
        """What *What changed* may have told of: the row as of an import, or as it was last if it was gone by then."""
        number = None if import_id is None else self.imports.get(import_id)
        if number is None:
            yield from self.at(role, organisation_id, import_id)
            return
        begun = [row for row in self.stood if row.began <= number and row.organisation == (role, organisation_id)]
        yield from sorted(begun, key=lambda row: row.began)[-1:]

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
    BY_KEY = "by_key"
    BY_SERVICE = "by_service"
    LIST = "list"
    CHANGES = "changes"
    RECONCILED = "reconciled"
    BROKEN_OFF = "broken_off"


@frozen(kw_only=True)
class Sighting:
    """A user saw a participant, or may have: who, for which organisation, when, as of which import, and how.

    ``actor`` is None for an operator's export and for another service. ``receipt`` is the file's, or that of the first
    of so many pages of one import that were read with a key, up to ``last``.
    """

    at: datetime
    actor: UserId | None
    role: Role | None
    organisation_id: str
    import_id: ImportId | None
    how: SightingKind
    receipt: Receipt | None = None
    times: int = 1
    last: datetime = field()

    @last.default
    def _at(self) -> datetime:
        return self.at

    @property
    def service(self) -> str:
        """The other service that was told of them; "" for none."""
        return "" if self.receipt is None or self.how is not SightingKind.BY_SERVICE else self.receipt.key_name

    def with_page(self, at: datetime) -> Self:
        """With one more page, which was read later."""
        return evolve(self, times=self.times + 1, last=at)


@frozen(kw_only=True)
class PossibleSightings:
    """What one user may have seen in one way for one organisation: how often, and when first and last.

    The import is None in both, because they sum up what many imports showed.
    """

    first: Sighting
    last: Sighting
    times: int

    @property
    def key(self) -> tuple[object, ...]:
        """Who, for which organisation and how: what is summed up."""
        return self.first.actor, self.first.role, self.first.organisation_id, self.first.how

    def and_also(self, other: "PossibleSightings") -> "PossibleSightings":
        """Both together; *other* has the same key."""
        return PossibleSightings(
            first=min(self.first, other.first, key=lambda sighting: sighting.at),
            last=max(self.last, other.last, key=lambda sighting: sighting.at),
            times=self.times + other.times,
        )


def summed_up(sightings: Iterable[PossibleSightings]) -> Sequence[PossibleSightings]:
    """One for each user, organisation and way, in the order of their first times and then of who it was."""
    found: dict[tuple[object, ...], PossibleSightings] = {}
    for each in sightings:
        found[each.key] = found[each.key].and_also(each) if each.key in found else each
    return sorted(found.values(), key=lambda each: (each.first.at, str(each.key)))


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


def filters_of(words: Mapping[str, object]) -> Mapping[str, str]:
    """The filters, and the school, among the recorded words."""
    return {name: word for name, word in words.items() if name in NARROWED_BY and isinstance(word, str)}


def list_may_have_shown(event: AuditEvent, trail: Trail) -> bool:
    """Whether a list, whose rows are not recorded, may have had a participant on it."""
    rows_of = trail.told_of if _tells_who_left(event) else trail.at
    filters, stood = filters_of(event.details), rows_of(event.role, event.organisation_id, event.import_id)
    return "sha256" not in event.details and any(
        meets_recorded_filters(each.listed, filters) and was_covered(each, event.details.get("rules")) for each in stood
    )


def _tells_who_left(event: AuditEvent) -> bool:
    """Whether participants who were not in the listing any more were told of too."""
    return event.kind is AuditKind.CHANGES_VIEWED or event.details.get("format") == FileKind.CHANGES.value


def meets_recorded_filters(listed: ListedParticipant, filters: Mapping[str, str]) -> bool:
    """Whether a row meets the filters of a view, as it recorded them."""
    return all(has_value(word, getattr(listed, NARROWED_BY[name])) for name, word in filters.items())


def was_covered(stood: ShownRow, rules: object) -> bool:
    """Whether a view with these recorded rules showed the row, as far as they tell.

    A partner's view without any is older than their record: then every row counts. A body's view needs none.
    """
    role, organisation_id = stood.organisation
    if role is Role.DELIVERY_PARTNER and not rules:
        return True
    scope = scope_as_recorded(organisation_of(role, organisation_id), rules_of_words(str(rules or "")))
    return scope.covers(stood.listed)


def possible_sighting(event: AuditEvent) -> PossibleSightings:
    """One view of a list that may have shown a participant."""
    seen = Sighting(
        at=event.at,
        actor=event.actor,
        role=event.role,
        organisation_id=event.organisation_id or "",
        import_id=None,
        how=SIGHTING_KIND_OF[event.kind],
    )
    return PossibleSightings(first=seen, last=seen, times=1)


def downloads_that_ended(events: Iterable[AuditEvent]) -> frozenset[object]:
    """The ids of downloads that left whole: their receipts tell more."""
    sent = (event.details.get("download") for event in events if event.kind is AuditKind.FILE_SENT)
    return frozenset(filter(None, sent))


SIGHTING_KIND_OF: Final[Mapping[AuditKind, SightingKind]] = {
    AuditKind.LIST_VIEWED: SightingKind.LIST,
    AuditKind.CHANGES_VIEWED: SightingKind.CHANGES,
    AuditKind.LIST_RECONCILED: SightingKind.RECONCILED,
    AuditKind.DOWNLOADED: SightingKind.BROKEN_OFF,
}

ROWS_OF_THE_LISTING: Final = (
    FileKind.CSV,
    FileKind.EXCEL,
    FileKind.EXTENDED_CSV,
    FileKind.EXTENDED_EXCEL,
    FileKind.CONTACTS,
    FileKind.ALL_CONTACTS,
    FileKind.CHASE,
    FileKind.CHANGES,
    FileKind.EXPORT,
    FileKind.EXTENDED_EXPORT,
)
"""The files that have a row for each participant that their receipt tells of, in its order."""
