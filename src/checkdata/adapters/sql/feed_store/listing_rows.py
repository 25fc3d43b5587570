"""Entries of a listing as rows, with the folded keys that are written here and nowhere else."""

from functools import lru_cache
from typing import Any

from checkdata.domain.listing.rows import ListingEntry
from checkdata.domain.values import search_key

_folded_school = lru_cache(maxsize=30_000)(search_key)


def entry_to_row(entry: ListingEntry) -> tuple[Any, ...]:
    """An entry as cells of its listing, in the order of `checkdata.adapters.sql.feed_schema.listing_columns`."""
    listed, sort_key = entry.listed, search_key(entry.listed.full_name)
    return (
        entry.viewer.id,
        listed.participant_id,
        sort_key,
        f"{sort_key}\n{_folded_school(listed.school)}\n{listed.trn}",
        search_key(listed.email),
        listed.full_name,
        listed.email,
        listed.trn,
        listed.role.value,
        listed.lead_provider_id,
        listed.lead_provider,
        listed.school,
        listed.school_urn,
        listed.academic_year,
        listed.status.value,
        listed.group.value,
        listed.since,
        listed.since_at_least,
        listed.programme.value,
        listed.induction_tutor_email,
        listed.updated_at,
        listed.completed_on,
        entry.state.value,
    )
