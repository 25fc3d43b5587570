"""The order of the rows of a listing (rules.md, *Order, paging, search*)."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final

from attrs import frozen

from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.training.statuses import Status
from checkdata.domain.values import search_key


class Sort(Enum):
    """What rows are ordered by, as an address names it."""

    NAME = "name"
    SCHOOL = "school"
    ACADEMIC_YEAR = "academic_year"
    STATUS = "status"
    SINCE = "since"


class Direction(Enum):
    """Which end comes first."""

    ASCENDING = "ascending"
    DESCENDING = "descending"


RANK: Final[Mapping[Status, int]] = {status: rank for rank, status in enumerate(Status)}
"""A status's place in the order of the filter, by which rows are sorted; its group or state never sorts."""


@frozen
class Order:
    """An order of rows: total, and the same wherever rows are kept.

    Rows that are equal in what it sorts by are in ascending order of names. No two names are equal, so
    names descending are the exact reverse. A school is sorted by its folded name and then its URN; for an appropriate
    body, which sees only the URN, by its URN.
    """

    sort: Sort = Sort.NAME
    direction: Direction = Direction.ASCENDING

    @property
    def words(self) -> Mapping[str, str]:
        """The order as the words of an address, without the usual ones, which an address leaves out."""
        words = {"sort": self.sort.value, "direction": self.direction.value}
        return {name: word for name, word in words.items() if word not in _UNSAID}

    @property
    def is_descending(self) -> bool:
        """Whether the order is descending."""
        return self.direction is Direction.DESCENDING

    def arranged(self, rows: Iterable[ListedParticipant]) -> list[ListedParticipant]:
        """The rows in this order."""
        by_name = sorted(rows, key=lambda row: row.order)
        return sorted(by_name, key=self.key, reverse=self.is_descending)

    def key(self, row: ListedParticipant) -> tuple[str | int, ...]:
        """What the row is ordered by, but for the order of names among those that are equal in it."""
        match self.sort:
            case Sort.NAME:
                return row.order
            case Sort.SCHOOL:
                return school_key(row.school, row.school_urn, named=row.delivery_partner_id is not None)
            case Sort.ACADEMIC_YEAR:
                return (row.academic_year,)
            case Sort.STATUS:
                return (RANK[row.status],)
            case Sort.SINCE:
                return (row.since.toordinal(),)


def school_key(school: str, urn: str, *, named: bool) -> tuple[str, str]:
    """A school's place in the order: by its folded name and its URN, or only by its URN if it is not *named*."""
    return search_key(school) if named else "", urn


_UNSAID: Final = (Sort.NAME.value, Direction.ASCENDING.value)

BY_NAME: Final = Order()
"""The order of a listing unless set."""
