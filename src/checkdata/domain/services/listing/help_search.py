"""A search that finds nothing, or not all of a list of TRNs, is helped by what the user may see (service rule 12)."""

from collections.abc import Sequence
from itertools import chain
from typing import Final

from attrs import evolve, frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.listing.queries import FoundRows, Page, ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.listing.searches import NumberList
from checkdata.domain.ports import Clock, Storage
from checkdata.domain.reconciliation.close_names import Similarity
from checkdata.domain.reconciliation.close_searches import MOST_LOOKED_AT, closest, name_words, searches_for
from checkdata.domain.services.task_steps.record_event import record_shown

MOST_ROWS: Final = 5000
"""If a list of TRNs finds more rows than this, because it has schools' URNs too, its missing TRNs are not told."""


@frozen(kw_only=True)
class HelpSearch:
    """Looking for what was meant, only within the scope that was granted for this very request.

    What it answers about a person outside the scope is the same as about one who does not exist.
    """

    storage: Storage
    clock: Clock
    similarity: Similarity

    def close_names(self, acting: Acting, query: ParticipantQuery) -> Sequence[ListedParticipant]:
        """Participants whose names are close to a search that found nobody, on record as viewed if there are any.

        The query's filters are left out, because the participant may have another status than the user expects.
        """
        words = name_words(query.search.text)
        near = evolve(query, chosen={})
        found = [self._found(evolve(near, search=search)) for search in searches_for(words)]
        as_of = found[-1].as_of if found else None
        rows = chain.from_iterable(each.rows for each in found if each.as_of == as_of)
        close = closest(words, rows, self.similarity) if words else []
        if close:
            details = {**near.recorded, "page": 1, "size": len(close), "rows": len(close)}
            record_shown(self.storage, acting, AuditKind.LIST_VIEWED, self.clock(), as_of=as_of, details=details)
        return close

    def _found(self, query: ParticipantQuery) -> FoundRows:
        """In a unit of work of its own, which storage answers with one statement."""
        with self.storage.reading() as work:
            return work.participants.find(query, 0, MOST_LOOKED_AT)

    def missing_trns(self, query: ParticipantQuery, page: Page) -> Sequence[str]:
        """The numbers of a pasted list that none of the rows found has as its TRN or its school's URN."""
        listed = next((term for term in query.search.terms if isinstance(term, NumberList)), None)
        if listed is None or page.found > MOST_ROWS:
            return ()
        rows = page.participants
        if len(rows) < page.found:
            with self.storage.reading() as work:
                rows = work.participants.slice(query, 0, MOST_ROWS)
        told = {row.trn for row in rows} | {row.school_urn.zfill(7) for row in rows if row.school_urn in listed.urns}
        return [trn for trn in listed.trns if trn not in told]
