"""The history of agreements in SQL; versions are only ever added."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import fields_dict
from sqlalchemy import Select, bindparam, func, insert, select

from checkdata.adapters.sql.append_only_schema import agreement_versions
from checkdata.adapters.sql.row_mapping import agreement_to_row
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.people.agreement_history import AgreementVersion
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.values import ImportId, UserId

_TERMS: Final = tuple(name for name in fields_dict(Agreement) if name != "id")

_OURS: Final = select(agreement_versions.c.agreement_id).where(
    agreement_versions.c.delivery_partner_id == bindparam("delivery_partner")
)
_OF_PARTNER: Final = (
    select(agreement_versions).where(agreement_versions.c.agreement_id.in_(_OURS)).order_by(agreement_versions.c.number)
)


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
        rows = self._transaction.ask(_OF_PARTNER, {"delivery_partner": delivery_partner_id})
        return [_from_cells(dict(zip(agreement_versions.c.keys(), cells, strict=True))) for cells in rows]

    def _found(self, wanted: Select[Any]) -> Sequence[AgreementVersion]:
        return [_from_cells(dict(row)) for row in self._transaction.execute(wanted).mappings()]


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


def _from_cells(cells: Mapping[str, Any]) -> AgreementVersion:
    return AgreementVersion(
        agreement=Agreement(id=cells["agreement_id"], **{name: cells[name] for name in _TERMS}),
        removed=cells["removed"],
        recorded_at=cells["recorded_at"],
        import_id=None if cells["import_id"] is None else ImportId(cells["import_id"]),
        recorded_by=None if cells["recorded_by"] is None else UserId(cells["recorded_by"]),
    )


_conforms: type[ports.AgreementHistory] = SqlAgreementHistory
