"""Entries of a listing as rows, with the folded keys that are written here and nowhere else."""

from functools import lru_cache
from typing import Any

from checkdata.adapters.sql.listing_fields import cells_from_listed
from checkdata.domain.listing.rows import ListingEntry
from checkdata.domain.values import search_key

_folded_school = lru_cache(maxsize=30_000)(search_key)


def entry_to_row(entry: ListingEntry) -> tuple[Any, ...]:
    """An entry as cells of its listing, in the order of `checkdata.adapters.sql.feed_schema.listing_columns`."""
    listed, sort_key = entry.listed, search_key(entry.listed.full_name)
    participant, *cells = cells_from_listed(listed)
    search = f"{sort_key}\n{_folded_school(listed.school)}\n{listed.trn}"
    return (entry.viewer.id, participant, sort_key, search, search_key(listed.email), *cells, entry.state.value)
