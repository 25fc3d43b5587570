"""Support and operators find a participant by what people have: an id, a TRN, or a name with a school."""

from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.tracing import ShownRow
from checkdata.domain.audit.wanted import MOST_MEANT, NO_PARTICIPANT_HAS_ID, PossibleParticipant, WantedParticipant
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.listing.searches import trn_typed
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.task_steps.record_event import record
from checkdata.domain.values import ParticipantId, is_identifier

_LISTING_ROLES = (Role.DELIVERY_PARTNER, Role.APPROPRIATE_BODY)


@frozen(kw_only=True)
class FindParticipant:
    """Tells who may be meant, and records that somebody was looked up, but never by which TRN or name."""

    storage: Storage
    clock: Clock

    def find(self, text: str, *, school: str = "", by: Acting | None = None) -> Sequence[PossibleParticipant]:
        """The participants who may be meant by an id, a TRN, or a name with a *school*; at least one.

        Only TRNs that listings show are found: one that is not validated finds nobody. What is shaped like an id, and
        is no TRN, is taken for one. `ChangeRefused` if nobody is meant, or more than `MOST_MEANT`. *by* is the support
        user who asks, None for an operator at the command line.
        """
        typed = text.strip()
        wanted = None if _only_an_id(typed, school) else WantedParticipant.of(typed, school)
        with self.storage.reading() as work:
            rows = [*_with_id(work, typed), *([] if wanted is None else _named(work, wanted))]
        found = _newest(rows)
        self._record(wanted, found, by)
        if not found:
            raise ChangeRefused(_nobody(wanted))
        if len(found) > MOST_MEANT:
            raise ChangeRefused(f"More than {MOST_MEANT} participants fit. Enter the full name and the school's URN.")
        return found

    def _record(
        self, wanted: WantedParticipant | None, found: Sequence[PossibleParticipant], by: Acting | None
    ) -> None:
        by_what = "id" if wanted is None else "trn" if wanted.trn else "name"
        event = AuditEvent(
            kind=AuditKind.PARTICIPANT_LOOKED_UP,
            at=self.clock(),
            participant_id=found[0].participant_id if len(found) == 1 else None,
            details={"by": by_what, "found": len(found)},
        )
        if by is not None:
            event = evolve(event, actor=by.user_id, role=by.role, organisation_id=by.organisation.id)
        record(self.storage, event)


_NOBODY_BY_TRN = (
    "Nobody was ever shown with this TRN. A TRN that is not validated is not shown: enter the name and the school."
)
_NOBODY_BY_NAME = "Nobody of this name was ever shown at this school. Check the spelling, or enter the school's URN."


def _only_an_id(typed: str, school: str) -> bool:
    return is_identifier(typed) and not trn_typed(typed) and not school.strip()


def _nobody(wanted: WantedParticipant | None) -> str:
    if wanted is None:
        return NO_PARTICIPANT_HAS_ID
    return _NOBODY_BY_TRN if wanted.trn else _NOBODY_BY_NAME


def _with_id(work: UnitOfWork, typed: str) -> Sequence[ShownRow]:
    """An id may look like a TRN."""
    return work.trails.trail(ParticipantId(typed)).stood if is_identifier(typed) else ()


def _named(work: UnitOfWork, wanted: WantedParticipant) -> Iterator[ShownRow]:
    for role in _LISTING_ROLES:
        for organisation in work.organisations.all(role):
            yield from work.trails.named(organisation, wanted)


def _newest(rows: Sequence[ShownRow]) -> Sequence[PossibleParticipant]:
    """Each participant once, as they are shown now or were last, by name."""
    latest = {row.listed.participant_id: row for row in sorted(rows, key=lambda row: (row.ended is None, row.began))}
    found = [
        PossibleParticipant(participant_id=participant_id, listed=row.listed) for participant_id, row in latest.items()
    ]
    return sorted(found, key=lambda one: one.listed.order)
