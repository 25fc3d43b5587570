"""What a feed holds, and what an import of it did (feed.md)."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from attrs import field, frozen

from checkdata.domain.access.widening import WiderView
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.rows import ListedBefore
from checkdata.domain.people.organisations import Agreement, AppropriateBody, DeliveryPartner, LeadProvider, School
from checkdata.domain.training.records import TrainingRecord, Viewer
from checkdata.domain.values import ParticipantId


@frozen(kw_only=True)
class NamedIds:
    """The ids that a feed's reference files name, refused rows' among them, so that those keep what was loaded before.

    None where nothing may be taken for gone: the feed has no such file, or one with a row whose id can't be read.
    """

    lead_providers: AbstractSet[str] | None = None
    delivery_partners: AbstractSet[str] | None = None
    appropriate_bodies: AbstractSet[str] | None = None
    schools: AbstractSet[str] | None = None
    agreements: AbstractSet[str] | None = None


@frozen(kw_only=True)
class References:
    """The good rows of a feed's small files; None where the feed has no such file: what was loaded before stands."""

    lead_providers: Sequence[LeadProvider] | None = None
    delivery_partners: Sequence[DeliveryPartner] | None = None
    appropriate_bodies: Sequence[AppropriateBody] | None = None
    schools: Sequence[School] | None = None
    agreements: Sequence[Agreement] | None = None
    named: NamedIds = field(factory=NamedIds)


@frozen(kw_only=True)
class KnownIds:
    """The ids to which a row of a feed may refer."""

    lead_providers: AbstractSet[str] = frozenset()
    delivery_partners: AbstractSet[str] = frozenset()
    appropriate_bodies: AbstractSet[str] = frozenset()
    schools: AbstractSet[str] = frozenset()

    def including(self, references: References) -> "KnownIds":
        """These ids and those of the good rows of a feed."""
        return KnownIds(
            lead_providers=self.lead_providers | {lead.id for lead in references.lead_providers or ()},
            delivery_partners=self.delivery_partners | {partner.id for partner in references.delivery_partners or ()},
            appropriate_bodies=self.appropriate_bodies | {body.id for body in references.appropriate_bodies or ()},
            schools=self.schools | {school.urn for school in references.schools or ()},
        )


@frozen
class RowFault:
    """Why one row was refused: which file, line (the header is line 1) and column, and the rule that it broke.

    Never the value itself, which may be personal (feed.md, *What a bad feed gets*).
    """

    file: str
    line: int
    column: str
    rule: str


@frozen(kw_only=True)
class Changes:
    """How many things of one kind an import added, changed, found the same, and removed."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0

    def __bool__(self) -> bool:
        """Whether anything is different now."""
        return bool(self.added or self.changed or self.removed)


@frozen(kw_only=True)
class Compared:
    """What the rows of a feed are, compared with each other and with what is stored.

    ``duplicate_line`` is the first line whose record id stands on an earlier line too, None without one.
    ``role_conflicts`` are the lines, in order, whose participant is in two roles: among the rows of the feed, refused
    ones too, and the stored records that stay beside them. ``missing`` is the number of stored records that the feed
    does not name, refused rows counting as named, and ``stored`` how many there are.
    """

    duplicate_line: int | None
    role_conflicts: Sequence[int]
    missing: int
    stored: int


@frozen(kw_only=True)
class DueParticipant:
    """A participant to be listed: all its records, what each listing said before, and which it had left by then."""

    participant_id: ParticipantId
    records: Sequence[TrainingRecord]
    before: Mapping[Viewer, ListedBefore]
    departed: AbstractSet[Viewer] = frozenset()


@frozen(kw_only=True)
class ImportOutcome:
    """What an import did, for the operator: counts, refused rows, and warnings in sentences.

    ``done`` is None where it changed nothing. ``relisted`` counts rows of listings that were added, changed or removed.
    ``widened`` is what users newly see because agreements changed, or a partner was merged into theirs.
    """

    done: Import | None = None
    records: Changes = field(factory=Changes)
    references: Changes = field(factory=Changes)
    teacher_records: Changes = field(factory=Changes)
    relisted: int = 0
    refused_rows: int = 0
    warnings: tuple[str, ...] = ()
    widened: tuple[WiderView, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything is different now: the same feed twice changes nothing the second time."""
        return bool(self.records or self.references or self.teacher_records or self.relisted)
