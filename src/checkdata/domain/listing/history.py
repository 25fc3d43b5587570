"""What listings showed before: the versions of their rows, and what changed between two of them.

An import that changes what a listing shows of a participant, or removes them, keeps the version that was shown
until then. Versions of one row are told apart by the imports that began and ended them; a refresh of the statuses is
an import too (`checkdata.domain.listing.as_of.Import`). Two states of one group are the same version (security.md 45).
"""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Final

from attrs import frozen

from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.field_traits import BOTH
from checkdata.domain.listing.orders import Direction, Order, Sort
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import FIELDS, ListedParticipant
from checkdata.domain.training.records import Viewer
from checkdata.domain.training.statuses import StatusGroup

VERSIONED: Final[Mapping[type[Viewer], tuple[str, ...]]] = {
    viewer: tuple(name for name, traits in FIELDS.items() if viewer in traits.versioned_for) for viewer in BOTH
}
"""The fields of a `ListedParticipant` that make a version: a row in which one of them changes begins another.

The others (``updated_at``; a partner's ``induction_type``; a body's ``school``) are renewed within a version.
"""


def same_version(one: ListedParticipant, other: ListedParticipant, viewer: type[Viewer]) -> bool:
    """Whether a listing of that kind of organisation shows the same for both rows of one participant."""
    return all(getattr(one, name) == getattr(other, name) for name in VERSIONED[viewer])


@frozen(kw_only=True)
class Version:
    """How a listing showed a participant over some consecutive imports.

    From the import ``began`` up to, but not including, ``ended``; ``ended`` is None if it is shown now.
    The fields of ``listed`` that do not make a version (`VERSIONED`) are as they last were while it was shown.
    """

    listed: ListedParticipant
    began: Import
    ended: Import | None


class ChangeKind(Enum):
    """What changed of a row, in the order in which a page counts them (service rule 16)."""

    NEW = "new"
    """It was not in the listing, or not in today's scope."""
    NOW_COVERED = "now_covered"
    """It was in the listing, and no agreement of that time covered it."""
    STATUS_CHANGED = "status_changed"
    """It had another status."""
    MOVED_AWAY = "moved_away"
    """The participant has left the organisation and is still in view."""
    LEFT_VIEW = "left_view"
    """It is not in the listing any more, and today's scope covers it as it was."""


@frozen(kw_only=True)
class RowChange:
    """A row that changed: as it is ``now``, and as it was ``before`` (None if it is new).

    A row that has left view is now as it was shown last; users are told only its name (statuses.md 3).
    """

    kind: ChangeKind
    now: ListedParticipant
    before: ListedParticipant | None

    def told_on(self, asked: date) -> date | None:
        """The day of the import that first told of it, if that was on the day *asked* or later; None if it is not told.

        It is that of the status now. A row that users see again may have had its status for longer, and no day is told
        of who left view.
        """
        return None if self.kind is ChangeKind.LEFT_VIEW or self.now.since < asked else self.now.since


NEWEST_FIRST: Final = Order(Sort.SINCE, Direction.DESCENDING)
"""The order of changes, in which those that were told on one day stand together."""


def change_of(before: ListedParticipant | None, now: ListedParticipant, *, covered: bool = True) -> RowChange | None:
    """The change between two rows of one participant in one listing; None if there is none to show.

    *covered*: whether the scope of that time covers the row *before*. Users did not see one that it does not cover, so
    what it was is not told, even if today's scope covers it.

    A row in the group `StatusGroup.MOVED_ON` that was not in it before is `MOVED_AWAY`, with any earlier status; a new
    name or school is not a change. *before* must be None if today's scope does not cover it, because it must not be
    shown.
    """
    if before is None:
        return RowChange(kind=ChangeKind.NEW, now=now, before=None)
    if not covered:
        return RowChange(kind=ChangeKind.NOW_COVERED, now=now, before=None)
    if now.group is StatusGroup.MOVED_ON and before.group is not StatusGroup.MOVED_ON:
        return RowChange(kind=ChangeKind.MOVED_AWAY, now=now, before=before)
    if now.status is not before.status:
        return RowChange(kind=ChangeKind.STATUS_CHANGED, now=now, before=before)
    return None


def left_view(before: ListedParticipant | None, last: ListedParticipant) -> RowChange:
    """The change of a row that is not in the listing any more, *last* being how it was shown last.

    *before* must be None if today's scope does not cover it.
    """
    return RowChange(kind=ChangeKind.LEFT_VIEW, now=last, before=before)


def refuse_search(query: ParticipantQuery) -> None:
    """Raise `ValueError` if a past listing is asked with a search, because no record keeps what was searched for."""
    if query.search:
        msg = "a past listing is asked without a search"
        raise ValueError(msg)
