"""The history of agreements in SQL; versions are only ever added."""

from collections.abc import Sequence
from typing import Any, Final

from attrs import fields_dict
from sqlalchemy import Row, Select, func, insert, select

from checkdata.adapters.sql.append_only_schema import agreement_versions
from checkdata.adapters.sql.row_mapping import agreement_to_row
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.people.agreement_history import AgreementVersion
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.values import ImportId, UserId

_TERMS: Final = tuple(name for name in fields_dict(Agreement) if name != "id")


class SqlAgreementHistory:
    """The versions of agreements."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, versions: Sequence[AgreementVersion], /) -> None:
        """Add versions, in their order."""
        if versions:
            self._transaction.write(insert(agreement_versions), list(map(_to_row, versions)))

    def newest(self) -> Sequence[AgreementVersion]:
        """The newest version of each agreement, by its id."""
        table = agreement_versions.c
        last = select(func.max(table.number)).group_by(table.agreement_id)
        return self._found(select(agreement_versions).where(table.number.in_(last)).order_by(table.agreement_id))

    def of_agreement(self, agreement_id: str, /) -> Sequence[AgreementVersion]:
        """The versions of one agreement, the oldest first."""
        table = agreement_versions.c
        theirs = select(agreement_versions).where(table.agreement_id == agreement_id)
        return self._found(theirs.order_by(table.number))

    def of_partner(self, delivery_partner_id: str, /) -> Sequence[AgreementVersion]:
        """All versions of each agreement that was ever one of this partner's, the oldest first."""
        table = agreement_versions.c
        ours = select(table.agreement_id).where(table.delivery_partner_id == delivery_partner_id)
        return self._found(select(agreement_versions).where(table.agreement_id.in_(ours)).order_by(table.number))

    def _found(self, wanted: Select[Any]) -> Sequence[AgreementVersion]:
        return list(map(_from_row, self._transaction.execute(wanted)))


def _to_row(version: AgreementVersion) -> dict[str, Any]:
    cells = agreement_to_row(version.agreement)
    return {
        **{name: cells[name] for name in _TERMS},
        "agreement_id": version.agreement.id,
        "removed": version.removed,
        "recorded_at": version.recorded_at,
        "import_id": version.import_id,
        "recorded_by": version.recorded_by,
    }


def _from_row(row: Row[*tuple[Any, ...]]) -> AgreementVersion:
    return AgreementVersion(
        agreement=Agreement(id=row.agreement_id, **{name: getattr(row, name) for name in _TERMS}),
        removed=row.removed,
        recorded_at=row.recorded_at,
        import_id=None if row.import_id is None else ImportId(row.import_id),
        recorded_by=None if row.recorded_by is None else UserId(row.recorded_by),
    )


_conforms: type[ports.AgreementHistory] = SqlAgreementHistory
