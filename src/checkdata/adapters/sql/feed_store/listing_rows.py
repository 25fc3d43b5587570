"""Entries of a listing in two parts: what is a participant's own, and what is the same for all of a kind."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from checkdata.adapters.sql.feed_store.work_tables import CSV_KIND_FIELDS, HIDEABLE, KIND_COLUMNS, LISTED_COLUMNS
from checkdata.adapters.sql.listing_fields import SHOWN, cells_from_listed
from checkdata.domain.listing.columns import columns_for, csv_cell
from checkdata.domain.listing.filters import FILTERED_FIELDS
from checkdata.domain.listing.rows import ListingEntry
from checkdata.domain.values import search_key

Cells = tuple[Any, ...]


def own_cells(entry: ListingEntry, kind: int) -> Cells:
    """The cells of ``derived_rows``, with the folded keys, for a participant who has a kind of its own."""
    keys = {"sort_key": search_key(entry.listed.full_name), "email_key": search_key(entry.listed.email)}
    cells = {**_shown(entry), **keys, "kind": kind}
    return (entry.viewer.id, *(cells[name] for name in LISTED_COLUMNS))


@frozen
class CountedKinds:
    """The kinds as which tallies count participants, numbered from 1: those with the same value for every filter."""

    _numbers: dict[Cells, int] = field(factory=dict)

    def number(self, cells: Mapping[str, Any]) -> int:
        """The number of the kind of a row with these cells."""
        return self._numbers.setdefault(tuple(cells[name] for name in FILTERED_FIELDS), len(self._numbers) + 1)


def kind_cells(entry: ListingEntry, kind: int, counted: CountedKinds) -> Cells:
    """The cells of ``kinds_of`` that say the same of all participants of this kind."""
    cells = _shown(entry)
    shows = (int(cells[name] != "") for name in HIDEABLE)
    columns = {column.field: column for column in columns_for(entry.viewer.role)}
    in_csv = (csv_cell(columns[name].cell(entry.listed)) for name in CSV_KIND_FIELDS[type(entry.viewer)])
    return (kind, counted.number(cells), *shows, *(cells[name] for name in KIND_COLUMNS), entry.state.value, *in_csv)


def _shown(entry: ListingEntry) -> dict[str, Any]:
    return dict(zip(SHOWN, cells_from_listed(entry.listed), strict=True))
