"""A program reads the participants that a user sees, page by page, and later only those who changed (rule 12)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from attrs import evolve, field, frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import InvalidQuery
from checkdata.domain.form_digest import FormDigest, form_digest
from checkdata.domain.listing.as_of import Import, id_of
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.listing.searches import Search
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.task_steps.by_key import READ_WITHIN, ByKey, Leaves, PagesByKey
from checkdata.domain.services.task_steps.scope_then import scope_then
from checkdata.domain.values import ImportId

MARGIN: Final = timedelta(days=1)
"""How much earlier than asked changes are told: an import is shown some time after it was made."""

UNKNOWN_IMPORT: Final = "This names no import. Read all participants again"
_REPLACED: Final = "The data that this cursor shows were replaced more than a day ago. Begin again without it"


@frozen(kw_only=True)
class Marker:
    """Up to where a program has read: the import, and what its user could see."""

    import_id: ImportId
    scope: FormDigest


@frozen(kw_only=True)
class Place:
    """Where a program reads on: in the listing as of an import, behind so many rows.

    Only rows that changed after the import ``after`` are read, if that is not None.
    """

    import_id: ImportId
    after: ImportId | None = None
    rows: int = 0


@frozen(kw_only=True)
class RowsRead:
    """Rows in the order of names, the import that they show, and where the next ones are; None if there are none.

    ``leaves`` is called before they leave.
    """

    rows: Sequence[ListedParticipant]
    as_of: Import | None
    following: Place | None
    leaves: Leaves = field(eq=False)


@frozen(kw_only=True)
class ReadListing:
    """Reading within a scope that was granted for this very request.

    All pages show the listing as of the import that the first one showed, so that none is missing or there twice, even
    if another is committed meanwhile. It may be read on for a day (`READ_WITHIN`) after it was replaced, because it
    shows people who have left view.
    """

    storage: Storage
    clock: Clock

    def beginning(self, query: ParticipantQuery, since: Marker | datetime | None) -> Place | None:
        """Where a program begins: with all rows, or with those that changed since; None before the first import.

        Nobody who changed since is left out. So all rows are read where the scope is not what it was then, and those
        that changed in the day (`MARGIN`) before a moment are read again. `InvalidQuery` for a marker of no import.
        """
        with self.storage.reading() as work:
            shown = id_of(work.participants.as_of())
            return None if shown is None else Place(import_id=shown, after=_after(work, query.scope, since))

    def page(
        self, acting: Acting, query: ParticipantQuery, place: Place | None, *, size: int, by_key: ByKey
    ) -> RowsRead:
        """The rows at a place, on record as viewed once they leave; `InvalidQuery` for one of too long ago."""
        if place is None:
            return RowsRead(rows=(), as_of=None, following=None, leaves=lambda _: None)
        with self.storage.reading() as work:
            as_of = _import_at(work, place, self.clock())
            found = _rows_at(work, query, place, size + 1)
        rows, more = found[:size], len(found) > size
        counts = {"page": place.rows // size + 1, "size": size, "rows": len(rows)}
        leaves = PagesByKey(storage=self.storage, clock=self.clock).leaving(
            acting,
            query,
            AuditKind.LIST_VIEWED,
            by_key,
            as_of=as_of,
            participants=(row.participant_id for row in rows),
            details={**query.recorded, **counts, "after": place.after or ""},
        )
        following = evolve(place, rows=place.rows + size) if more else None
        return RowsRead(rows=rows, as_of=as_of, following=following, leaves=leaves)


def scope_digest(scope: Scope) -> FormDigest:
    """What a scope covers, whichever agreements give it."""
    return form_digest(scope.organisation.role, scope.organisation.id, sorted(map(repr, scope.rules)))


def _after(work: UnitOfWork, scope: Scope, since: Marker | datetime | None) -> ImportId | None:
    if since is None:
        return None
    if isinstance(since, Marker):
        if work.participants.import_with(since.import_id) is None:
            raise InvalidQuery("updated_since", UNKNOWN_IMPORT)
        return since.import_id if since.scope == scope_digest(scope) else None
    moment = since - MARGIN
    same = scope_digest(scope_then(work, scope, moment)) == scope_digest(scope)
    return id_of(work.participants.import_before(moment)) if same else None


def _import_at(work: UnitOfWork, place: Place, now: datetime) -> Import:
    as_of = work.participants.import_with(place.import_id)
    if as_of is None:
        raise InvalidQuery("cursor", UNKNOWN_IMPORT)
    shown_then = work.participants.import_before(now - READ_WITHIN)
    if shown_then is not None and as_of.made_at < shown_then.made_at:
        raise InvalidQuery("cursor", _REPLACED)
    return as_of


def _rows_at(work: UnitOfWork, query: ParticipantQuery, place: Place, limit: int) -> Sequence[ListedParticipant]:
    if place.after is None and place.import_id == id_of(work.participants.as_of()):
        return work.participants.slice(query, place.rows, limit)
    if not query.search:
        rows_at = work.participants.rows_at
        return list(rows_at(query, place.import_id, after=place.after, offset=place.rows, limit=limit))
    everybody = work.participants.rows_at(evolve(query, search=Search()), place.import_id, after=place.after)
    return list(islice(filter(query.matches, everybody), place.rows, place.rows + limit))
