"""Deletes what is past its retention period, in SQL."""

from datetime import datetime

from sqlalchemy import Delete, and_, delete, or_, select, update

from checkdata.adapters.sql.nomination_schema import (
    confirmation_links,
    confirmation_visits,
    nomination_steps,
    nominations,
)
from checkdata.adapters.sql.proposal_schema import proposals
from checkdata.adapters.sql.row_mapping import message_from_json, message_to_json
from checkdata.adapters.sql.schema import link_requests, outbox, sessions, sign_in_links
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.messages import without_personal_data
from checkdata.domain.nominations.steps import NominationState


class SqlRetention:
    """Deletes what has ended long enough ago."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def sessions(self, seen_before: datetime, started_before: datetime, /) -> int:
        """Delete sessions that were over by then."""
        over = or_(sessions.c.seen_at < seen_before, sessions.c.started_at < started_before)
        return self._delete(delete(sessions).where(over))

    def links(self, before: datetime, /) -> int:
        """Delete links, and the visits that they opened, that were over by then."""
        return (
            self._delete(delete(sign_in_links).where(sign_in_links.c.expires_at < before))
            + self._delete(delete(confirmation_links).where(confirmation_links.c.expires_at < before))
            + self._delete(delete(confirmation_visits).where(confirmation_visits.c.ends_at < before))
        )

    def link_requests(self, before: datetime, /) -> int:
        """Delete counts of requested links."""
        return self._delete(delete(link_requests).where(link_requests.c.ends_at <= before))

    def mail_texts(self, before: datetime, /) -> int:
        """Delete the text of mail."""
        old = outbox.c.queued_at < before, outbox.c.due_at.is_(None)
        number = 0
        for row in self._transaction.execute(select(outbox.c.id, outbox.c.kind, outbox.c.message).where(*old)).all():
            told = message_to_json(without_personal_data(message_from_json(row.kind, row.message)))
            if told != row.message:
                self._transaction.write(update(outbox).where(outbox.c.id == row.id).values(message=told))
                number += 1
        return number

    def mails(self, before: datetime, /) -> int:
        """Delete the records of mail."""
        old = and_(outbox.c.queued_at < before, outbox.c.due_at.is_(None))
        return self._delete(delete(outbox).where(old))

    def nominations(self, before: datetime, /) -> int:
        """Delete nominations that gave no access, with their links."""
        granted = select(nomination_steps.c.nomination_id).where(
            nomination_steps.c.state == NominationState.GRANTED.value
        )
        over = select(nominations.c.id).where(nominations.c.closed_at < before, nominations.c.id.not_in(granted))
        ids = self._transaction.execute(over).scalars().all()
        for table in (confirmation_visits, confirmation_links, nomination_steps):
            self._transaction.write(delete(table).where(table.c.nomination_id.in_(ids)))
        return self._delete(delete(nominations).where(nominations.c.id.in_(ids)))

    def proposals(self, before: datetime, /) -> int:
        """Delete proposals of support that were over by then."""
        return self._delete(delete(proposals).where(proposals.c.expires_at < before))

    def _delete(self, statement: Delete) -> int:
        return self._transaction.write(statement).rowcount


_conforms: type[ports.Retention] = SqlRetention
