"""Receipts in SQL; they are only ever added."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, insert, select

from checkdata.adapters.sql.append_only_schema import receipts
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.access.scope import ScopeRule
from checkdata.domain.audit.receipts import FileKind, Receipt
from checkdata.domain.people.organisations import Organisation, Role
from checkdata.domain.values import ImportId, UserId

_STREAMED_ROWS: Final = 100
_INSERT: Final = insert(receipts).inline()


class SqlReceipts:
    """The receipts of files that left."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, *receipts: Receipt) -> None:
        """Keep receipts."""
        self._transaction.add(_INSERT, *map(_to_row, receipts))

    def of_file(self, sha256: str, /) -> Sequence[Receipt]:
        """The receipts of these bytes, the newest first."""
        found = select(receipts).where(receipts.c.sha256 == sha256).order_by(receipts.c.id.desc())
        return list(map(_from_row, self._transaction.execute(found)))

    def of_organisation(
        self, organisation: Organisation, start: datetime | None = None, end: datetime | None = None, /
    ) -> Iterator[Receipt]:
        """The receipts of an organisation's files, streamed."""
        ours = receipts.c.organisation_id == organisation.id, receipts.c.role == organisation.role.value
        return self._found(*ours, *_time(start, end))

    def between(self, start: datetime | None, end: datetime | None, /) -> Iterator[Receipt]:
        """The receipts of a time, streamed."""
        return self._found(*_time(start, end))

    def _found(self, *conditions: ColumnElement[bool]) -> Iterator[Receipt]:
        found = select(receipts).where(*conditions).order_by(receipts.c.id)
        return map(_from_row, self._transaction.execute(found.execution_options(yield_per=_STREAMED_ROWS)))


def _time(start: datetime | None, end: datetime | None) -> Iterator[ColumnElement[bool]]:
    if start is not None:
        yield receipts.c.at >= start
    if end is not None:
        yield receipts.c.at < end


def _to_row(receipt: Receipt) -> dict[str, Any]:
    return {
        "sha256": receipt.sha256,
        "size": receipt.size,
        "kind": receipt.kind.value,
        "at": receipt.at,
        "actor": receipt.actor,
        "role": receipt.role.value,
        "organisation_id": receipt.organisation_id,
        "import_id": receipt.import_id,
        "rows": receipt.rows,
        "asked": {"filters": dict(receipt.filters), "searched": receipt.searched, **_key(receipt)},
        "scope": {
            "agreements": receipt.agreement_ids,
            "rules": [[r.lead_provider_id, r.first_academic_year, r.last_academic_year] for r in receipt.rules],
            "version": receipt.rules_version,
        },
        "participants": receipt.participants,
    }


def _from_row(row: Row[*tuple[Any, ...]]) -> Receipt:
    return Receipt(
        sha256=row.sha256,
        size=row.size,
        kind=FileKind(row.kind),
        at=row.at,
        actor=None if row.actor is None else UserId(row.actor),
        role=Role(row.role),
        organisation_id=row.organisation_id,
        import_id=None if row.import_id is None else ImportId(row.import_id),
        rows=row.rows,
        filters=row.asked["filters"],
        searched=row.asked["searched"],
        agreement_ids=tuple(row.scope["agreements"]),
        rules=_rules(tuple(map(tuple, row.scope["rules"]))),
        rules_version=row.scope["version"],
        participants=row.participants,
        **row.asked.get("key", {}),
    )


def _key(receipt: Receipt) -> dict[str, Any]:
    return {"key": {"key_id": receipt.key_id, "key_name": receipt.key_name}} if receipt.key_id else {}


@lru_cache(maxsize=256)
def _rules(stored: tuple[tuple[Any, Any, Any], ...]) -> tuple[ScopeRule, ...]:
    """The rules of a scope; a partner has few scopes and thousands of receipts."""
    return tuple(
        ScopeRule(lead_provider_id=lead_provider_id, first_academic_year=first, last_academic_year=last)
        for lead_provider_id, first, last in stored
    )


_conforms: type[ports.Receipts] = SqlReceipts
