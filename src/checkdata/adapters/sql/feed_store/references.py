"""Reference data in SQL: what an import adds, changes and takes away."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from attrs import asdict, frozen
from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, select, union_all, update

from checkdata.adapters.sql.bulk import fill
from checkdata.adapters.sql.generation_schema import record_kinds, training_records
from checkdata.adapters.sql.schema import (
    agreements,
    appropriate_bodies,
    delivery_partners,
    grants,
    lead_providers,
    schools,
)
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.feed.contents import Changes, KnownIds, NamedIds, References
from checkdata.domain.listing.rows import Names
from checkdata.domain.people.organisations import Role

Stored = Mapping[str, dict[str, Any]]
"""Rows by key."""


@frozen
class Kind:
    """One reference file: its table, how a warning calls one row, and the columns that refer to one.

    ``named_by_records`` are columns of a generation; ``used_in`` are the others.
    """

    table: Table
    called: str
    named_by_records: tuple[ColumnElement[Any], ...] = ()
    used_in: tuple[ColumnElement[Any], ...] = ()
    role: Role | None = None
    by_hand: tuple[str, ...] = ()
    """What no feed tells, and none takes away."""

    @property
    def key(self) -> ColumnElement[str]:
        """The column by which rows are told apart."""
        return next(iter(self.table.primary_key))


# Lead providers and partners before the agreements that refer to them.
_KINDS: Final = (
    Kind(
        lead_providers,
        "lead provider",
        (record_kinds.c.lead_provider_id,),
        (agreements.c.lead_provider_id, grants.c.confirmed_by),
    ),
    Kind(
        delivery_partners,
        "delivery partner",
        (training_records.c.delivery_partner_id,),
        (agreements.c.delivery_partner_id,),
        Role.DELIVERY_PARTNER,
    ),
    Kind(
        appropriate_bodies,
        "appropriate body",
        (training_records.c.appropriate_body_id,),
        role=Role.APPROPRIATE_BODY,
    ),
    Kind(schools, "school", (training_records.c.school_urn,)),
    Kind(agreements, "agreement", by_hand=("ended_on", "added_by_hand")),
)


class ReferenceData:
    """The small files of the feeds so far."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def known_ids(self) -> KnownIds:
        """The ids loaded before."""
        return KnownIds(
            lead_providers=self._ids(lead_providers.c.id),
            delivery_partners=self._ids(delivery_partners.c.id),
            appropriate_bodies=self._ids(appropriate_bodies.c.id),
            schools=self._ids(schools.c.urn),
        )

    def names(self) -> Names:
        """The names of schools and lead providers."""
        return Names(self._names(schools.c.urn, schools), self._names(lead_providers.c.id, lead_providers))

    def put(self, references: References) -> Changes:
        """Add and change; writes only what differs."""
        found = Changes()
        for kind in _KINDS:
            things = getattr(references, kind.table.name)
            if things is not None:
                found = _sum(found, self._put(kind, {row[kind.key.name]: row for row in map(asdict, things)}))
        return found

    def delete_missing(self, named: NamedIds, records: Connection) -> tuple[Changes, Sequence[str]]:
        """Delete what is not named and not in use; agreements first, so that what only they refer to is deleted too.

        *records* is a connection that sees the generation whose training records count.
        """
        removed, warnings = 0, list[str]()
        for kind in reversed(_KINDS):
            ids = getattr(named, kind.table.name)
            missing = frozenset() if ids is None else self._from_feeds(kind) - ids
            if missing:
                kept = missing & (self._used(kind) | _named_by_records(kind, records))
                removed += self._delete(kind, missing - kept)
                warnings += [_warning(kind, key) for key in sorted(kept)]
        return Changes(removed=removed), warnings

    def _put(self, kind: Kind, things: Stored) -> Changes:
        stored = self._stored(kind)
        things = {key: {**row, **_by_hand(kind, stored.get(key, {}))} for key, row in things.items()}
        added = [row for key, row in things.items() if key not in stored]
        changed = [row for key, row in things.items() if key in stored and row != stored[key]]
        if added:
            self._transaction.lock()
            names = [column.name for column in kind.table.columns]
            fill(self._transaction.connection, kind.table, [[row[name] for name in names] for row in added])
        if changed:
            self._replace(kind, changed)
        return Changes(added=len(added), changed=len(changed), unchanged=len(things) - len(added) - len(changed))

    def _replace(self, kind: Kind, rows: Iterable[Mapping[str, Any]]) -> None:
        """What no feed tells is left alone, because a user may have changed it since it was read."""
        cells: dict[str, ColumnElement[Any]] = {
            column.name: bindparam(f"new_{column.name}")
            for column in kind.table.columns
            if column.name not in kind.by_hand
        }
        replacing = update(kind.table).where(kind.key == cells[kind.key.name]).values(cells)
        self._transaction.write(replacing, [{f"new_{name}": row[name] for name in cells} for row in rows])

    def _used(self, kind: Kind) -> frozenset[str]:
        parts = [select(column.label("id")) for column in kind.used_in]
        if kind.role is not None:
            parts.append(select(grants.c.organisation_id.label("id")).where(grants.c.role == kind.role.value))
        return self._ids(union_all(*parts).subquery().c.id) if parts else frozenset()

    def _delete(self, kind: Kind, keys: frozenset[str]) -> int:
        if keys:
            gone = delete(kind.table).where(kind.key == bindparam("gone"))
            self._transaction.write(gone, [{"gone": key} for key in sorted(keys)])
        return len(keys)

    def _stored(self, kind: Kind) -> Stored:
        rows = self._transaction.execute(select(kind.table)).mappings()
        return {row[kind.key.name]: dict(row) for row in rows}

    def _from_feeds(self, kind: Kind) -> frozenset[str]:
        """The ids of what feeds told of; no feed can miss what was added by hand."""
        if kind.table is not agreements:
            return self._ids(kind.key)
        from_feeds = select(agreements.c.id).where(agreements.c.added_by_hand.is_(False))
        return frozenset(self._transaction.execute(from_feeds).scalars())

    def _ids(self, column: ColumnElement[str]) -> frozenset[str]:
        return frozenset(self._transaction.execute(select(column).distinct()).scalars())

    def _names(self, key: ColumnElement[str], table: Table) -> dict[Any, str]:
        return dict(self._transaction.execute(select(key, table.c.name)).all())


def _by_hand(kind: Kind, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in kind.by_hand if name in row}


def _named_by_records(kind: Kind, records: Connection) -> frozenset[str]:
    found = (records.execute(select(column).distinct()).scalars() for column in kind.named_by_records)
    return frozenset(chain.from_iterable(found))


def _warning(kind: Kind, key: str) -> str:
    return f"{kind.table.name}.csv leaves out {kind.called} {key}, which is still in use: it stays."


def _sum(first: Changes, second: Changes) -> Changes:
    return Changes(
        added=first.added + second.added,
        changed=first.changed + second.changed,
        unchanged=first.unchanged + second.unchanged,
    )
