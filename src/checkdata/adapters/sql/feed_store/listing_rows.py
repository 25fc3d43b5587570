"""Entries of a listing as rows, with the folded keys that are written here and nowhere else."""

from typing import Any

from checkdata.adapters.sql.listing_fields import cells_from_listed
from checkdata.domain.listing.columns import csv_line
from checkdata.domain.listing.rows import ListingEntry
from checkdata.domain.values import search_key


def entry_to_row(entry: ListingEntry) -> tuple[Any, ...]:
    """An entry as its line of a download, and the cells of `listing_columns` behind it."""
    listed = entry.listed
    participant, *cells = cells_from_listed(listed)
    keys = search_key(listed.full_name), search_key(listed.email)
    return (csv_line(listed, entry.viewer.role), entry.viewer.id, participant, *keys, *cells, entry.state.value)
