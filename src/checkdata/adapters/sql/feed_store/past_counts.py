"""The counts of a day, kept beside the generations, which pass."""

from datetime import date

from sqlalchemy import Date, delete, func, literal, select

from checkdata.adapters.sql.bulk import pass_on
from checkdata.adapters.sql.feed_schema import COUNTED
from checkdata.adapters.sql.feed_store.next_generation import NextGeneration
from checkdata.adapters.sql.listings import LISTINGS
from checkdata.adapters.sql.transaction import Transaction


def keep_counts(transaction: Transaction, making: NextGeneration, day: date) -> None:
    """Keep how many participants of each kind the listings that are made have, in the place of what the day had."""
    for listing in LISTINGS:
        tallies, kept = listing.tallies.c, listing.past_counts
        kind = [tallies[name] for name in (listing.organisation, *COUNTED)]
        said = {"day": literal(day, Date), "number": func.sum(tallies.number)}
        cells = (said[c.name] if c.name in said else tallies[c.name] for c in kept.columns)
        transaction.write(delete(kept).where(kept.c.day == day))
        pass_on(making.connection, select(*cells).group_by(*kind), transaction.connection, kept)
