"""Confirmation links and visits in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from checkdata.adapters.sql.nomination_rows import (
    confirmation_link_from_row,
    confirmation_link_to_row,
    visit_from_row,
    visit_to_row,
)
from checkdata.adapters.sql.nomination_schema import confirmation_links, confirmation_visits
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.nominations.confirmation_links import ConfirmationLink, ConfirmationVisit
from checkdata.domain.values import NominationId


class SqlConfirmations:
    """The links by which lead providers answer, and the browsers in which one was opened."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add_link(self, link: ConfirmationLink, /) -> None:
        """Keep a link."""
        self._transaction.write(insert(confirmation_links), confirmation_link_to_row(link))

    def link(self, digest: str, /) -> ConfirmationLink | None:
        """The link with this digest."""
        found = select(confirmation_links).where(confirmation_links.c.digest == digest)
        row = self._transaction.execute(found).one_or_none()
        return None if row is None else confirmation_link_from_row(row)

    def use_link(self, digest: str, at: datetime, /) -> ConfirmationLink | None:
        """Mark a usable link used and return it; the database lets one do it (security.md 5)."""
        using = (
            update(confirmation_links)
            .where(
                confirmation_links.c.digest == digest,
                confirmation_links.c.used_at.is_(None),
                confirmation_links.c.expires_at > at,
            )
            .values(used_at=at)
            .returning(confirmation_links)
        )
        row = self._transaction.write(using).one_or_none()
        return None if row is None else confirmation_link_from_row(row)

    def links_of(self, nomination_id: NominationId, /) -> Sequence[ConfirmationLink]:
        """The links sent for a nomination, the newest first."""
        newest = confirmation_links.c.created_at.desc(), confirmation_links.c.digest.desc()
        found = select(confirmation_links).where(confirmation_links.c.nomination_id == nomination_id).order_by(*newest)
        return list(map(confirmation_link_from_row, self._transaction.execute(found)))

    def add_visit(self, visit: ConfirmationVisit, /) -> None:
        """Keep a visit."""
        self._transaction.write(insert(confirmation_visits), visit_to_row(visit))

    def visit(self, digest: str, /) -> ConfirmationVisit | None:
        """The visit with this digest."""
        found = select(confirmation_visits).where(confirmation_visits.c.digest == digest)
        row = self._transaction.execute(found).one_or_none()
        return None if row is None else visit_from_row(row)

    def end(self, nomination_id: NominationId, at: datetime, /) -> None:
        """Mark every link of the nomination used that is not, and delete its visits."""
        links = confirmation_links.c.nomination_id == nomination_id, confirmation_links.c.used_at.is_(None)
        self._transaction.write(update(confirmation_links).where(*links).values(used_at=at))
        self._transaction.write(delete(confirmation_visits).where(confirmation_visits.c.nomination_id == nomination_id))


_conforms: type[ports.Confirmations] = SqlConfirmations
