"""Derives many participants at once: the quick path of a first import; `due` and `relist` are the plain one.

What is said of a participant with a single record, whom no teacher record decides, depends on the cells that it shares
with many others. One example of each kind is derived by the domain, and the database makes the others' rows like it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    true,
)

from checkdata.adapters.sql.bulk import fill
from checkdata.adapters.sql.feed_schema import listing_columns, teacher_records
from checkdata.adapters.sql.feed_store.temporary_tables import (
    kinds,
    several_records,
    staged_leads,
    staged_rows,
    staged_schools,
    staged_shared,
)
from checkdata.adapters.sql.listings import LISTINGS, Listing
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.feed.contents import DueParticipant
from checkdata.domain.feed.record_words import OWN_FIELDS, record_of
from checkdata.domain.listing.rows import ListingEntry, Names
from checkdata.domain.people.organisations import DeliveryPartner
from checkdata.domain.ports import Derive
from checkdata.domain.values import search_key

Cells = tuple[Any, ...]

_EXAMPLE: Final = {
    "record_id": "example",
    "participant_id": "example",
    "full_name": "Example",
    "email": "",
    "trn": "0000000",
    "delivery_partner_id": "example",
    "appropriate_body_id": "example",
    "induction_tutor_email": "",
    "updated_at": "2000-01-01 00:00:00.000000+00:00",
}
"""What is said of a participant does not depend on these; an organisation sees it where it is named at all."""

_OWN_CELLS: Final = ("participant_id", "sort_key", "full_name", "school_urn", "updated_at")
_SHARED_CELLS: Final = ("role", "academic_year", "programme")
_KIND_CELLS: Final = ("status", "status_group", "since", "since_at_least", "completed_on", "state")

_ROW: Final = staged_rows.c
_SHARED: Final = staged_shared.c
_ALONE: Final = and_(_ROW.refused.is_(False), ~exists().where(several_records.c.participant_id == _ROW.participant_id))


class Alike:
    """The participants that are derived as an example of their kind is."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._derived = False
        self._decided: ColumnElement[bool] = true()

    @property
    def derived(self) -> bool:
        """Whether they were derived; before that no participant was listed."""
        return self._derived

    def derive(self, derive: Derive, names: Names) -> None:
        """Derive an example of each kind."""
        for table in (staged_schools, staged_leads, several_records, *kinds.values()):
            self._transaction.make_temporary(table)
            self._transaction.execute(delete(table))
        if self._transaction.execute(select(exists(select(teacher_records)))).scalar_one():
            self._decided = _SHARED.trn_validated.is_not(None)
        self._note_names(names)
        self._note_several()
        self._derive_examples(derive, next(iter(names.schools), ""))
        self._derived = True

    def others(self) -> Iterator[Select[Any]]:
        """Participants who have to be derived by themselves: with several records, or decided by a teacher record."""
        yield select(several_records.c.participant_id)
        checked = select(_ROW.participant_id).join(staged_shared, _SHARED.number == _ROW.shared)
        yield checked.where(_ROW.refused.is_(False), ~self._decided)

    def rows(self, listing: Listing) -> Select[Any]:
        """Their rows in a listing, with the columns of `listing_columns`."""
        cells = self._cells(listing)
        return (
            select(*(cells[column.name].label(column.name) for column in listing_columns(listing.organisation)))
            .select_from(staged_rows)
            .join(staged_shared, _SHARED.number == _ROW.shared)
            .join(kinds[listing.rows.name], kinds[listing.rows.name].c.shared == _ROW.shared)
            .join(staged_schools, staged_schools.c.urn == _ROW.school_urn)
            .join(staged_leads, staged_leads.c.id == _SHARED.lead_provider_id, isouter=True)
            .where(_ALONE, _ROW[listing.organisation].is_not(None))
        )

    def derivations(self, today: date) -> Select[Any]:
        """Their rows in `participants`."""
        holds_until = [
            case((_ROW[listing.organisation].is_not(None), kinds[listing.rows.name].c.holds_until))
            for listing in LISTINGS
        ]
        found = (
            select(_ROW.participant_id, literal(today), func.coalesce(*holds_until))
            .select_from(staged_rows)
            .join(staged_shared, _SHARED.number == _ROW.shared)
        )
        for kind in kinds.values():
            found = found.join(kind, kind.c.shared == _ROW.shared, isouter=True)
        return found.where(_ALONE, self._decided).order_by(_ROW.participant_id)

    def _cells(self, listing: Listing) -> Mapping[str, ColumnElement[Any]]:
        kind = kinds[listing.rows.name].c
        trn = case((kind.shows_trn, _ROW.trn), else_="")
        school, lead = staged_schools.c, staged_leads.c
        for_partner = listing.viewer is DeliveryPartner
        return {
            **{name: _ROW[name] for name in (listing.organisation, *_OWN_CELLS)},
            **{name: _SHARED[name] for name in _SHARED_CELLS},
            **{name: kind[name] for name in _KIND_CELLS},
            "search": _ROW.sort_key + literal("\n") + school.folded + literal("\n") + trn,
            "trn": trn,
            "school": school.name,
            "email": _ROW.email if for_partner else literal(""),
            "email_key": _ROW.email_key if for_partner else literal(""),
            "lead_provider_id": _SHARED.lead_provider_id if for_partner else null(),
            "lead_provider": func.coalesce(lead.name, "") if for_partner else literal(""),
            "induction_tutor_email": literal("") if for_partner else _ROW.induction_tutor_email,
        }

    def _note_names(self, names: Names) -> None:
        connection = self._transaction.connection
        schools = [(urn, name, search_key(name)) for urn, name in names.schools.items()]
        fill(connection, staged_schools, schools)
        fill(connection, staged_leads, list(names.lead_providers.items()))

    def _note_several(self) -> None:
        several = (
            select(_ROW.participant_id)
            .where(_ROW.refused.is_(False))
            .group_by(_ROW.participant_id)
            .having(func.count() > 1)
        )
        self._transaction.execute(insert(several_records).from_select(["participant_id"], several))

    def _derive_examples(self, derive: Derive, school_urn: str) -> None:
        shared = self._transaction.execute(select(staged_shared).where(self._decided, _SHARED.programme.is_not(None)))
        rows: dict[str, list[Cells]] = {listing.rows.name: [] for listing in LISTINGS}
        for number, has_trn, *cells in shared.all():
            _, entries, holds_until = derive(_example(cells, school_urn, has_trn=has_trn))
            for entry in entries:
                listing = next(listing for listing in LISTINGS if isinstance(entry.viewer, listing.viewer))
                rows[listing.rows.name].append((number, *_said(entry, holds_until)))
        for name, made in rows.items():
            fill(self._transaction.connection, kinds[name], made)
            self._transaction.analyze(kinds[name].c.shared)


def _example(cells: Sequence[Any], school_urn: str, *, has_trn: bool) -> DueParticipant:
    own = {**_EXAMPLE, "school_urn": school_urn, "trn": _EXAMPLE["trn"] if has_trn else None}
    words = (cell.isoformat() if isinstance(cell, date) else cell for cell in cells)
    record = record_of(tuple(own.get(name) for name in OWN_FIELDS), tuple(words))
    return DueParticipant(participant_id=record.participant_id, records=(record,), before={})


def _said(entry: ListingEntry, holds_until: date | None) -> Cells:
    listed = entry.listed
    return (
        listed.trn != "",
        entry.state.value,
        listed.status.value,
        listed.group.value,
        listed.since,
        listed.since_at_least,
        listed.completed_on,
        holds_until,
    )
