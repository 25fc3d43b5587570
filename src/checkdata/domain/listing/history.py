"""What listings showed before: the versions of their rows, and what changed between two of them.

An import that changes what a listing shows of a participant, or takes them out of it, keeps the version that stood
until then. Versions of one row are told apart by the imports that began and ended them; a refresh of the statuses is
an import too (`checkdata.domain.listing.as_of.Import`). Two states of one group are the same version (security.md 45).
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from attrs import frozen

from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.fields import BOTH
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import FIELDS, ListedParticipant
from checkdata.domain.training.records import Viewer
from checkdata.domain.training.statuses import StatusGroup

VERSIONED: Final[Mapping[type[Viewer], tuple[str, ...]]] = {
    viewer: tuple(name for name, traits in FIELDS.items() if viewer in traits.versioned_for) for viewer in BOTH
}
"""The fields of a `ListedParticipant` that make a version: a row in which one of them changes begins another.

The others (``updated_at``; a partner's ``programme``; a body's ``school``) are renewed within a version.
"""


def same_version(one: ListedParticipant, other: ListedParticipant, viewer: type[Viewer]) -> bool:
    """Whether a listing of that kind of organisation showed the same in both rows, of one participant."""
    return all(getattr(one, name) == getattr(other, name) for name in VERSIONED[viewer])


@frozen(kw_only=True)
class Version:
    """How a listing showed a participant for a stretch of imports.

    From ``began``, that import included, to ``ended``, that one not; ``ended`` is None where the row stands so now.
    The fields of ``listed`` that make no version (`VERSIONED`) are as they were last while it stood.
    """

    listed: ListedParticipant
    began: Import
    ended: Import | None


class ChangeKind(Enum):
    """What changed of a row, in the order in which a page counts them (service rule 16)."""

    NEW = "new"
    """It was not there, or not in what is the scope now."""
    STATUS_CHANGED = "status_changed"
    """It had another status."""
    MOVED_AWAY = "moved_away"
    """It was of somebody with the organisation, and is of one who is not any more, and is still in view."""


@frozen(kw_only=True)
class RowChange:
    """A row that changed: how it stands ``now``, and how it stood ``before``, which is None where it is new."""

    kind: ChangeKind
    now: ListedParticipant
    before: ListedParticipant | None


def change_of(before: ListedParticipant | None, now: ListedParticipant) -> RowChange | None:
    """The change between two rows of one participant in one listing; None where there is none to tell.

    A row that says that they moved on (`StatusGroup.MOVED_ON`) and did not before is `MOVED_AWAY`, whatever its status
    was; what is not a status (a name, a school) is no change. *before* must be None where the scope of today does not
    cover it: what it said is not to be told.
    """
    if before is None:
        return RowChange(kind=ChangeKind.NEW, now=now, before=None)
    if now.group is StatusGroup.MOVED_ON and before.group is not StatusGroup.MOVED_ON:
        return RowChange(kind=ChangeKind.MOVED_AWAY, now=now, before=before)
    if now.status is not before.status:
        return RowChange(kind=ChangeKind.STATUS_CHANGED, now=now, before=before)
    return None


def refuse_search(query: ParticipantQuery) -> None:
    """Raise `ValueError` where a past listing is asked with a search: no record keeps what was searched for."""
    if query.search:
        msg = "a past listing is asked without a search"
        raise ValueError(msg)
