"""What listings showed before, as statements: versions of rows, what changed since, and listings of earlier imports.

`checkdata.domain.listing.history.change_of` is what a change means; `changed_rows` is its translation.
"""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    Table,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)

from checkdata.adapters.sql.conditions import filter_conditions, where
from checkdata.adapters.sql.listing_fields import SHOWN
from checkdata.adapters.sql.listings import Listing, listed_from_row
from checkdata.adapters.sql.prepared_statement import Cells
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.history import ChangeKind, RowChange, left_view
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.training.statuses import StatusGroup
from checkdata.domain.values import ImportId, ParticipantId

Conditions = Callable[[Table], Sequence[ColumnElement[bool]]]
"""Makes the conditions on rows, for each table that keeps them."""

_BEFORE: Final = "before_"
_ORDER: Final = ("sort_key", "full_name", "participant_id")


def import_from_row(row: Row[*tuple[Any, ...]]) -> Import:
    """An import from a row of ``imports``."""
    return import_from_cells((row.id, row.at, row.today, row.made_at))


def import_from_cells(cells: Cells) -> Import:
    """An import from its id, its moment, its day and when it was made."""
    name, at, today, made_at = cells
    return Import(id=ImportId(name), at=at, today=today, made_at=made_at)


def change_from_row(row: Row[*tuple[Any, ...]], organisation: Organisation) -> RowChange:
    """A change from a row of `changed_rows`."""
    kind = ChangeKind(row.kind)
    unseen = kind in (ChangeKind.NEW, ChangeKind.NOW_COVERED)
    return RowChange(
        kind=kind,
        now=listed_from_row(row, organisation),
        before=None if unseen else _before(row, organisation),
    )


def changed_rows(listing: Listing, scopes: tuple[Scope, Scope], number: int, kind: ChangeKind | None) -> Select[Any]:
    """Rows that changed since import *number*, their kind, and their version of that time if the scope covers it.

    *scopes* are today's and that of the time. Where they differ, rows that stand since then are looked at too, because
    users may not have seen them.
    """
    (scope, then), now, before = scopes, listing.rows, listing.history
    stood = and_(
        before.c[listing.organisation] == now.c[listing.organisation],
        before.c.participant_id == now.c.participant_id,
        before.c.shown_from <= number,
        before.c.shown_until > number,
        where(scope.predicate, listing.columns_in(before)),
    )
    stands, looked_at, kind_of = now.c.shown_from <= number, now.c.shown_from > number, _kind(now, before)
    if then != scope:
        looked_at = or_(looked_at, _is_outside(listing, then, now))
        unseen = or_(stands, and_(before.c.participant_id.is_not(None), _is_outside(listing, then, before)))
        kind_of = case((unseen, ChangeKind.NOW_COVERED.value), else_=kind_of)
    return (
        select(
            *(now.c[name] for name in SHOWN),
            *(before.c[name].label(f"{_BEFORE}{name}") for name in SHOWN),
            kind_of.label("kind"),
        )
        .select_from(now.join(before, stood, isouter=True))
        .where(looked_at, kind_of.is_not(None) if kind is None else kind_of == kind.value)
    )


def left_rows(listing: Listing, query: ParticipantQuery, number: int, told_from: int) -> Select[Any]:
    """The last versions, in scope, of rows that had one as of import *number* and are in the listing no more.

    Their versions of that time are beside them where they are in scope too. Only of rows that left after import
    *told_from*.
    """
    last, before, later = listing.history, listing.history.alias("stood"), listing.history.alias("later")
    stood = and_(_is_same_row(before, last, listing), before.c.shown_from <= number, before.c.shown_until > number)
    is_followed = exists().where(_is_same_row(later, last, listing), later.c.shown_from > last.c.shown_from)
    is_listed = exists().where(_is_same_row(listing.rows, last, listing))
    in_scope = where(query.scope.predicate, listing.columns_in(last))
    was_in_scope = where(query.scope.predicate, listing.columns_in(before))
    left = last.c.shown_until > max(number, told_from), ~is_followed, ~is_listed
    return (
        select(
            *(last.c[name] for name in SHOWN),
            *(before.c[name].label(f"{_BEFORE}{name}") for name in SHOWN),
            func.coalesce(was_in_scope, literal(value=False)).label("was_in_scope"),
        )
        .select_from(last.join(before, stood))
        .where(*left, in_scope, *filter_conditions(query, last))
        .order_by(*(last.c[name] for name in _ORDER))
    )


def left_from_row(row: Row[*tuple[Any, ...]], scope: Scope) -> RowChange | None:
    """The change of a row of `left_rows`; *scope* is that of the time before.

    None if it did not cover the row: no user saw it then, so that it left is none of their business.
    """
    before = _before(row, scope.organisation)
    if not scope.covers(before):
        return None
    return left_view(before if row.was_in_scope else None, listed_from_row(row, scope.organisation))


def _before(row: Row[*tuple[Any, ...]], organisation: Organisation) -> ListedParticipant:
    return listed_from_row(SimpleNamespace(**{name: getattr(row, f"{_BEFORE}{name}") for name in SHOWN}), organisation)


def _is_same_row(one: FromClause, other: FromClause, listing: Listing) -> ColumnElement[bool]:
    return and_(*(one.c[name] == other.c[name] for name in (listing.organisation, "participant_id")))


def versions_of(listing: Listing, scope: Scope, participant_id: ParticipantId) -> Select[Any]:
    """All versions of one participant's row that are in scope, the newest first."""

    def theirs(table: Table) -> Sequence[ColumnElement[bool]]:
        return table.c.participant_id == participant_id, where(scope.predicate, listing.columns_in(table))

    versions = _standing(listing, theirs).union_all(_ended(listing, theirs)).subquery()
    return select(versions).order_by(versions.c.shown_from.desc())


def select_rows_as_of(listing: Listing, query: ParticipantQuery, number: int, after: int | None = None) -> Select[Any]:
    """The rows that matched, without a search, as of import *number*, in the order of that time.

    Only those whose version began by an import after *after*, if that is given.
    """

    def matched(table: Table) -> Sequence[ColumnElement[bool]]:
        in_scope = where(query.scope.predicate, listing.columns_in(table))
        began = () if after is None else (table.c.shown_from > after,)
        return table.c.shown_from <= number, *began, in_scope, *filter_conditions(query, table)

    ended = _ended(listing, matched).where(listing.history.c.shown_until > number)
    stood = _standing(listing, matched).union_all(ended).subquery()
    return select(stood).order_by(*(stood.c[name] for name in _ORDER))


def _standing(listing: Listing, conditions: Conditions) -> Select[Any]:
    return _versions(listing.rows).add_columns(null().label("shown_until")).where(*conditions(listing.rows))


def _ended(listing: Listing, conditions: Conditions) -> Select[Any]:
    past = listing.history
    return _versions(past).add_columns(past.c.shown_until).where(*conditions(past))


def _versions(table: Table) -> Select[Any]:
    return select(*(table.c[name] for name in ("sort_key", "shown_from", *SHOWN)))


def _is_outside(listing: Listing, scope: Scope, table: Table) -> ColumnElement[bool]:
    return ~func.coalesce(where(scope.predicate, listing.columns_in(table)), literal(value=False))


def _kind(now: Table, before: Table) -> ColumnElement[str | None]:
    moved_on = StatusGroup.MOVED_ON.value
    return case(
        (before.c.participant_id.is_(None), ChangeKind.NEW.value),
        (and_(now.c.status_group == moved_on, before.c.status_group != moved_on), ChangeKind.MOVED_AWAY.value),
        (now.c.status != before.c.status, ChangeKind.STATUS_CHANGED.value),
        else_=null(),
    )
