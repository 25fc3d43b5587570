"""The import that listings show, and the day for which it derived statuses."""

from datetime import date, datetime

from attrs import Factory, field, frozen

from checkdata.domain.values import ImportId


@frozen(kw_only=True)
class Import:
    """An import that was committed; "Data as of" shows its time (rules.md, *Order, paging, search*).

    ``today`` is the day for which statuses were derived. ``made_at`` is when it was made, if that is not ``at``: a
    refresh of the statuses makes new listings from the data of an earlier import.
    """

    id: ImportId
    at: datetime
    today: date
    made_at: datetime = field(default=Factory(lambda self: self.at, takes_self=True))


def id_of(shown: Import | None) -> ImportId | None:
    """The id of the import that is shown; None if nothing was imported yet."""
    return None if shown is None else shown.id
