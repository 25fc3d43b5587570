"""Rows of participants who are no longer involved, which leave view some months after that became known.

What `checkdata.domain.feed.derivation` says of one participant, for all who are listed as the example of their kind is.
"""

from datetime import date
from typing import Final

from sqlalchemy import Connection, func, insert, null, select

from checkdata.adapters.sql.feed_store.kind_examples import KindExamples
from checkdata.adapters.sql.feed_store.next_generation import NextGeneration, Task
from checkdata.adapters.sql.generation_schema import before
from checkdata.adapters.sql.listings import Listing
from checkdata.domain.training.statuses import GONE

_GONE: Final = sorted(group.value for group in GONE)


def note_departures(making: NextGeneration, listing: Listing, examples: KindExamples, last_day: date) -> None:
    """Note who is not listed: those who had left view, and those of whom it was known by *last_day*."""
    if not making.follows:
        return
    old, left = before(listing.rows).c, before(listing.departed).c
    had_left = select(left[listing.organisation], left.participant_id, null().label("status_group"))
    known = old.status_group.in_(_GONE) & (old.since <= last_day)
    leaving = select(old[listing.organisation], old.participant_id, old.status_group).where(known)
    found = examples.still_gone(listing, had_left.union_all(leaving).subquery(), _GONE)
    making.connection.execute(insert(listing.departed).from_select([listing.organisation, "participant_id"], found))


def noting_first_known(listing: Listing, last_day: date, known: list[date]) -> Task:
    """What adds the first day after *last_day* since which a listed participant is known not to be involved."""
    rows = listing.rows.c
    first = select(func.min(rows.since)).where(rows.status_group.in_(_GONE), rows.since > last_day)

    def note(connection: Connection) -> None:
        known.extend(filter(None, connection.execute(first).scalars()))

    return note
