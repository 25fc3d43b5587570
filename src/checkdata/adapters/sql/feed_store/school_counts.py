"""How many participants of each kind a listing that is made has at each school."""

from sqlalchemy import Connection, FromClause, Select, func, insert, select

from checkdata.adapters.sql.feed_store.shown_schools import has_other_schools
from checkdata.adapters.sql.feed_store.work_tables import school_names
from checkdata.adapters.sql.generation_schema import KINDS_AT_SCHOOLS
from checkdata.adapters.sql.listings import Listing


def count_at_schools(listing: Listing, connection: Connection) -> None:
    """Count what is written in the words of the listing, which are narrow; under the name that a school has now.

    A school that is gone has the name by which the listing shows it still.
    """
    words, schools = listing.words.c, listing.schools
    kind = [
        func.coalesce(words[name], "").label(name) if name == "lead_provider_id" else words[name]
        for name in (listing.organisation, *KINDS_AT_SCHOOLS)
    ]
    found = select(*kind, func.count().label("number")).group_by(*kind).subquery("found")
    here, school = school_names.c.urn == found.c.school_urn, school_names.c.name
    named: FromClause = found.join(school_names, here)
    if has_other_schools(connection):
        gone = _gone(listing).subquery("gone")
        is_gone = (gone.c.organisation == found.c[listing.organisation]) & (gone.c.school_urn == found.c.school_urn)
        named = found.join(school_names, here, isouter=True).join(gone, is_gone, isouter=True)
        cells = {**found.c, "school": func.coalesce(school, gone.c.school)}
    else:
        cells = {**found.c, "school": school}
    names = [column.name for column in schools.columns]
    counted = select(*(cells[name] for name in names)).select_from(named)
    connection.execute(insert(schools).from_select(names, counted))


def _gone(listing: Listing) -> Select[str, str, str]:
    """The schools of the listing that are gone, by the names that it shows; all of them by one reading of the rows."""
    rows = listing.rows.c
    key = rows[listing.organisation].label("organisation"), rows.school_urn
    is_gone = rows.school_urn.not_in(select(school_names.c.urn))
    return select(*key, func.max(rows.school).label("school")).where(is_gone).group_by(*key)
