"""The listings, as they are read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.history import ChangeKind, RowChange, Version
from checkdata.domain.listing.queries import FoundRows, ParticipantQuery, Tally
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.values import ImportId, ParticipantId


class Participants(Protocol):
    """The listings: participants as organisations see them. Every question needs a scope."""

    def count(self, query: ParticipantQuery, /) -> int:
        """How many rows match."""

    def slice(self, query: ParticipantQuery, offset: int, limit: int, /) -> Sequence[ListedParticipant]:
        """The matching rows from *offset*, at most *limit*, in the query's order."""

    def find(self, query: ParticipantQuery, offset: int, limit: int, /) -> FoundRows:
        """The rows from *offset*, the count, the tallies and the import: all that a page shows, in one question."""

    def rows(self, query: ParticipantQuery, /) -> Iterator[ListedParticipant]:
        """All matching rows in the query's order, streamed; close the iterator or exhaust it."""

    def csv(self, query: ParticipantQuery, /, *, safe: bool = True) -> Iterator[bytes]:
        """`checkdata.domain.listing.columns.csv_chunks` of the rows, in the columns of the organisation's role.

        *safe* neutralises cells for spreadsheets. Close the iterator or exhaust it.
        """

    def ids(self, query: ParticipantQuery, /) -> Iterator[ParticipantId]:
        """Who the matching rows are about, in their order, streamed; close the iterator or exhaust it."""

    def ids_behind(self, scope: Scope, after: ParticipantId | None, limit: int, /) -> Sequence[ParticipantId]:
        """At most *limit* of those in scope whose ids come behind *after* (None: from the first), in the order of ids.

        By code point, so that who goes through all of them meets everyone once who is in scope throughout, whatever is
        imported meanwhile.
        """

    def one(self, scope: Scope, participant_id: ParticipantId, /) -> ListedParticipant | None:
        """The row of one participant; None if it is unknown or not in scope, with no difference between the two."""

    def covers(self, scope: Scope, participant_id: ParticipantId, /) -> bool:
        """Whether `one` gives a row; it reads only what the scope asks of it."""

    def tallies(self, scope: Scope, /) -> Sequence[Tally]:
        """How many rows in scope there are of each role, academic year and status; those of none are left out."""

    def as_of(self) -> Import | None:
        """The import that the listings show."""

    def history(self, scope: Scope, participant_id: ParticipantId, /) -> Sequence[Version]:
        """The versions of one participant's row in this organisation's listing, newest first.

        The first is the row as it stands, like `one`; nothing if that is not in scope. Versions that this scope does
        not cover are left out, so there may be a gap between two of them. If the participant was not listed for a time,
        `Version.ended` is the import that took the row out.
        """

    def changes(  # noqa: PLR0913 - what a page may ask
        self,
        query: ParticipantQuery,
        since: datetime,
        /,
        *,
        then: Scope | None = None,
        kind: ChangeKind | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> Iterator[RowChange]:
        """What changed of the rows that match now, in the query's order, streamed (service rule 16).

        Each row is compared with its version as of the last import made at or before *since*
        (`change_of`); before the first import there were no rows, so all rows are new. A version
        that the query's scope does not cover counts as none, and a participant whose row is not in scope now is neither
        given nor counted. Behind them come, by name, the rows that had a version at that time and are in the
        listing no more, if their last version matches (`left_view`), unless it ended more than `TOLD_FOR` before the
        last import. *then* is the scope at that time, the query's unless given: a version that it does not cover was
        not seen. *kind* gives only the changes of one kind; *offset* and *limit* cut a page out. Close the iterator or
        exhaust it.
        """

    def count_changes(
        self, query: ParticipantQuery, since: datetime, /, *, then: Scope | None = None
    ) -> Mapping[ChangeKind, int]:
        """How many changes of each kind `changes` gives; every kind is there."""

    def import_with(self, import_id: ImportId, /) -> Import | None:
        """The import with this id."""

    def import_before(self, moment: datetime, /) -> Import | None:
        """The last import made at or before then."""

    def rows_at(
        self,
        query: ParticipantQuery,
        import_id: ImportId,
        /,
        *,
        after: ImportId | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> Iterator[ListedParticipant]:
        """The rows that matched as of an import, in the order of names whatever the query's is, streamed.

        So it tells what a page or a download showed, given its query, its scope and the import that its record in the
        audit log names. It gives nothing for an import that is not known. The search must be empty, because no record
        keeps it: `ValueError`. *after* gives only rows whose version began by a later import than that one. Fields that
        make no version (`VERSIONED`) are as they were last while the version stood.
        """
