"""How many participants of each kind a listing that is made has at each school."""

from sqlalchemy import Connection, func, insert, select

from checkdata.adapters.sql.feed_store.work_tables import school_names
from checkdata.adapters.sql.generation_schema import KINDS_AT_SCHOOLS
from checkdata.adapters.sql.listings import Listing


def count_at_schools(listing: Listing, connection: Connection) -> None:
    """Count what is written in the words of the listing, which are narrow; under the name that a school has now.

    A school that is gone has the name by which the listing shows it still.
    """
    words, rows, schools = listing.words.c, listing.rows.c, listing.schools
    kind = [
        func.coalesce(words[name], "").label(name) if name == "lead_provider_id" else words[name]
        for name in (listing.organisation, *KINDS_AT_SCHOOLS)
    ]
    found = select(*kind, func.count().label("number")).group_by(*kind).subquery("found")
    shown = select(func.max(rows.school)).where(
        rows[listing.organisation] == found.c[listing.organisation], rows.school_urn == found.c.school_urn
    )
    cells = {**found.c, "school": func.coalesce(school_names.c.name, shown.scalar_subquery())}
    named = found.join(school_names, school_names.c.urn == found.c.school_urn, isouter=True)
    names = [column.name for column in schools.columns]
    counted = select(*(cells[name] for name in names)).select_from(named)
    connection.execute(insert(schools).from_select(names, counted))
