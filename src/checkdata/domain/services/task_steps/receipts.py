"""Every file that leaves gets a receipt (service rule 15, security.md 39)."""

from collections.abc import Callable

from checkdata.domain.access.decision import RULES_VERSION, Acting
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.receipts import FileKind, Receipt, packed
from checkdata.domain.listing.as_of import id_of
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.values import UserId

MakeReceipt = Callable[[str, int], Receipt]
"""The receipt of a file, once its SHA-256 and its size are known."""


def receipt_for(
    work: UnitOfWork, query: ParticipantQuery, kind: FileKind, clock: Clock, *, actor: UserId | None
) -> MakeReceipt:
    """What a receipt says that is known before the file is made, from the same snapshot as the file.

    The participants in it are kept if there was a search, because the text of a search is not kept.
    """
    found = packed(work.participants.ids(query)) if query.searched else None
    rows, as_of, organisation = work.participants.count(query), work.participants.as_of(), query.scope.organisation

    def receipt(digest: str, size: int) -> Receipt:
        return Receipt(
            sha256=digest,
            size=size,
            kind=kind,
            at=clock(),
            actor=actor,
            role=organisation.role,
            organisation_id=organisation.id,
            import_id=id_of(as_of),
            rows=rows,
            filters={**query.filters, **query.order.words},
            searched=bool(query.search),
            agreement_ids=query.scope.agreement_ids,
            rules=query.scope.rules,
            rules_version=RULES_VERSION,
            participants=found,
        )

    return receipt


def keep_receipt(storage: Storage, acting: Acting, receipt: Receipt, download_id: str) -> None:
    """Keep a receipt and put it on record, so that the seal of the log is a seal of the receipt too.

    *download_id* is that of the event of what was asked for: only together do they tell that it was not broken off.
    """
    details: dict[str, str | int | bool] = {
        "download": download_id,
        "kind": receipt.kind.value,
        "sha256": receipt.sha256,
        "bytes": receipt.size,
        "rows": receipt.rows,
    }
    sent = AuditEvent.by(acting, AuditKind.FILE_SENT, receipt.at, import_id=receipt.import_id, details=details)
    with storage.writing() as work:
        work.receipts.add(receipt)
        work.audit.record(sent)
        work.commit()
