"""The schools that rows of a listing show: by the name that each has now, or by the one that was shown last."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, FromClause, and_, exists, func, select

from checkdata.adapters.sql.feed_store.work_tables import other_schools, school_names
from checkdata.adapters.sql.listings import Listing

_CELLS: Final = ("name", "folded", "csv_cell")


def has_other_schools(connection: Connection) -> bool:
    """Whether any row shows a school by another name than it has now."""
    found: bool = connection.execute(select(exists(select(other_schools)))).scalar_one()
    return found


def with_schools(
    connection: Connection, listing: Listing, rows: FromClause, source: FromClause
) -> tuple[FromClause, Mapping[str, ColumnElement[Any]]]:
    """A source that has *rows* in it, joined with the school that each shows; and the cells of that school."""
    here, school, other = school_names.c.urn == rows.c.school_urn, school_names.c, other_schools.c
    if not has_other_schools(connection):
        return source.join(school_names, here), {name: school[name] for name in _CELLS}
    shows_another = and_(
        other.listing == listing.rows.name,
        other.organisation == rows.c[listing.organisation],
        other.participant_id == rows.c.participant_id,
    )
    joined = source.join(school_names, here, isouter=True).join(other_schools, shows_another, isouter=True)
    return joined, {name: func.coalesce(other[name], school[name]) for name in _CELLS}
