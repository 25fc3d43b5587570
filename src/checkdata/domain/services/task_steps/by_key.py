"""A program reads a listing with an API key, page by page, and keeps a copy: each page has a receipt (rule 15)."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from attrs import frozen

from checkdata.domain.access.decision import RULES_VERSION, Acting
from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.receipts import FileKind, Receipt, packed
from checkdata.domain.errors import Overtaken
from checkdata.domain.listing.as_of import Import, id_of
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.ports import Clock, Storage
from checkdata.domain.values import ImportId, ParticipantId, UserId

READ_WITHIN: Final = timedelta(days=1)
"""How long an import may still be read on that another one has replaced."""

Leaves = Callable[[bytes], None]
"""Keeps the receipt of a page with this body and puts it on record; to be called before the body is sent."""


@frozen(kw_only=True)
class ByKey:
    """The key, what it is called, and the import that the pages before showed; None for the first page."""

    key_id: str
    key_name: str
    import_id: ImportId | None = None

    def check(self, shown: Import | None) -> None:
        """Raise `Overtaken` if another import is shown by now: its pages do not fit the ones before."""
        if self.import_id is not None and id_of(shown) != self.import_id:
            raise Overtaken("Data were imported since the first page. Begin again without a cursor.")


@frozen(kw_only=True)
class PagesByKey:
    """Lets pages leave to programs."""

    storage: Storage
    clock: Clock

    def leaving(  # noqa: PLR0913 - what there is to tell
        self,
        acting: Acting,
        query: ParticipantQuery,
        kind: AuditKind,
        by_key: ByKey,
        *,
        as_of: Import | None,
        participants: Iterable[ParticipantId],
        details: Mapping[str, str | int | bool],
    ) -> Leaves:
        """What is called before the page leaves."""
        told = list(participants)

        def leaves(body: bytes) -> None:
            at, digest = self.clock(), sha256(body).hexdigest()
            recorded = {**details, "key": by_key.key_id, "sha256": digest, "bytes": len(body)}
            event = AuditEvent.by(acting, kind, at, import_id=id_of(as_of), details=recorded)
            receipt = receipt_of_page(
                told,
                query.scope,
                FileKind.API,
                actor=acting.user_id,
                at=at,
                import_id=id_of(as_of),
                digest=digest,
                size=len(body),
                key_id=by_key.key_id,
                key_name=by_key.key_name,
                filters={**query.filters, **query.order.words},
                searched=bool(query.search),
            )
            record_pages(self.storage, event, [receipt])

        return leaves


def receipt_of_page(  # noqa: PLR0913 - what a receipt tells
    participants: Iterable[ParticipantId],
    scope: Scope,
    kind: FileKind,
    *,
    actor: UserId | None,
    at: datetime,
    import_id: ImportId | None,
    digest: str,
    size: int,
    key_id: str,
    key_name: str,
    filters: Mapping[str, str] | None = None,
    searched: bool = False,
) -> Receipt:
    """The receipt of a page, which always names who was on it, because a listing has many."""
    told = list(participants)
    return Receipt(
        sha256=digest,
        size=size,
        kind=kind,
        at=at,
        actor=actor,
        role=scope.organisation.role,
        organisation_id=scope.organisation.id,
        import_id=import_id,
        rows=len(told),
        filters=filters or {},
        searched=searched,
        agreement_ids=scope.agreement_ids,
        rules=scope.rules,
        rules_version=RULES_VERSION,
        participants=packed(told),
        key_id=key_id,
        key_name=key_name,
    )


def record_pages(storage: Storage, event: AuditEvent, receipts: Iterable[Receipt]) -> None:
    """Put on record what was read with a key, with the receipts of whom it told of, if it told of anyone."""
    told_of = [receipt for receipt in receipts if receipt.rows]
    with storage.writing() as work:
        work.receipts.add(*told_of)
        work.audit.record(event)
        work.commit()
