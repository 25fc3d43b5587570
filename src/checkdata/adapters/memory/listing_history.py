"""What listings showed before, in memory: kept when participants are listed again, and asked for."""

from collections.abc import Iterator, Mapping, Sequence

from checkdata.adapters.memory.state import Derivation, PastRow, StoredState
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.history import Version, same_version
from checkdata.domain.listing.rows import ListedParticipant, ListingEntry
from checkdata.domain.training.records import Viewer
from checkdata.domain.values import ParticipantId

Rows = Mapping[Viewer, ListingEntry]


def shown_from(old: Derivation | None, rows: Rows, number: int) -> dict[Viewer, int]:
    """By which import the version of each row began, when import *number* lists these rows."""
    return {
        viewer: old.shown_from[viewer] if old is not None and _stands(old, rows, viewer) else number for viewer in rows
    }


def past_rows(old: Derivation | None, rows: Rows, number: int) -> Iterator[PastRow]:
    """The versions that import *number* ends by listing these rows; versions that it began itself were never shown."""
    for viewer, entry in () if old is None else old.rows.items():
        if old is not None and old.shown_from[viewer] < number and not _stands(old, rows, viewer):
            yield PastRow(viewer=viewer, listed=entry.listed, shown_from=old.shown_from[viewer], shown_until=number)


def rows_as_of(state: StoredState, number: int, began_after: int = 0) -> Iterator[ListedParticipant]:
    """All rows of all listings as import *number* left them, whose versions began after another one."""
    for derivation in state.listings.values():
        for viewer, entry in derivation.rows.items():
            if began_after < derivation.shown_from[viewer] <= number:
                yield entry.listed
    for row in state.past_rows:
        if began_after < row.shown_from <= number < row.shown_until:
            yield row.listed


def history(state: StoredState, scope: Scope, participant_id: ParticipantId) -> Sequence[Version]:
    """The versions of one participant's row in this scope, newest first."""
    stretches = sorted(_stretches(state, scope, participant_id), key=lambda stretch: stretch[1], reverse=True)
    if not stretches or stretches[0][2] is not None:
        return []
    imports = dict(enumerate(state.imports, start=1))
    return [
        Version(listed=listed, began=imports[begun], ended=None if ended is None else imports[ended])
        for listed, begun, ended in stretches
        if begun in imports
    ]


def _stretches(
    state: StoredState, scope: Scope, participant_id: ParticipantId
) -> Iterator[tuple[ListedParticipant, int, int | None]]:
    """Each version in scope, with the numbers of the imports that began and ended it."""
    derivation = state.listings.get(participant_id)
    for viewer, entry in () if derivation is None else derivation.rows.items():
        if derivation is not None and scope.covers(entry.listed):
            yield entry.listed, derivation.shown_from[viewer], None
    for row in state.past_rows:
        if row.listed.participant_id == participant_id and scope.covers(row.listed):
            yield row.listed, row.shown_from, row.shown_until


def _stands(old: Derivation, rows: Rows, viewer: Viewer) -> bool:
    """Whether the row shows what it showed before."""
    return (
        viewer in old.rows
        and viewer in rows
        and same_version(old.rows[viewer].listed, rows[viewer].listed, type(viewer))
    )
