"""Deletes what is past its retention period, in SQL."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Delete, Select, and_, delete, exists, func, not_, or_, select, update

from checkdata.adapters.sql.api_key_schema import api_key_revocations, api_key_secrets, api_keys
from checkdata.adapters.sql.append_only_schema import receipts
from checkdata.adapters.sql.feed_schema import imports
from checkdata.adapters.sql.listings import LISTINGS
from checkdata.adapters.sql.nomination_schema import (
    confirmation_links,
    confirmation_visits,
    nomination_steps,
    nominations,
)
from checkdata.adapters.sql.proposal_schema import proposals
from checkdata.adapters.sql.recall_schema import recalled_files, recalls
from checkdata.adapters.sql.row_mapping import message_from_json, message_to_json
from checkdata.adapters.sql.schema import (
    audit_events,
    bound_accounts,
    change_notes,
    grants,
    link_requests,
    outbox,
    sessions,
    sign_in_links,
    taken_addresses,
    users,
)
from checkdata.adapters.sql.teacher_check_schema import teacher_answers, teacher_messages
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.access.proposals import ProposalState
from checkdata.domain.listing.counts import days_to_forget
from checkdata.domain.messages import without_personal_data
from checkdata.domain.nominations.steps import NominationState
from checkdata.domain.values import london_date


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

    def api_keys(self, before: datetime, /) -> int:
        """Delete keys that had ended by then."""
        ended = api_keys.outerjoin(api_key_revocations, api_key_revocations.c.key_id == api_keys.c.id)
        over = or_(api_keys.c.expires_on < london_date(before), api_key_revocations.c.revoked_at < before)
        return self._delete_keys(select(api_keys.c.id).select_from(ended).where(over))

    def _delete_keys(self, which: Select[tuple[str]]) -> int:
        ids = self._transaction.execute(which).scalars().all()
        for table in (api_key_secrets, api_key_revocations):
            self._transaction.write(delete(table).where(table.c.key_id.in_(ids)))
        return self._delete(delete(api_keys).where(api_keys.c.id.in_(ids)))

    def teacher_checks(self, before: datetime, /) -> int:
        """Delete answers and messages about TRNs."""
        answers = self._delete(delete(teacher_answers).where(teacher_answers.c.at < before))
        return answers + self._delete(delete(teacher_messages).where(teacher_messages.c.at < before))

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
        return self._delete_nominations(self._transaction.execute(over).scalars().all())

    def past_rows(self, before: datetime, /) -> int:
        """Delete versions of rows that were replaced long ago."""
        oldest = self._transaction.execute(select(func.min(audit_events.c.at))).scalar_one()
        until = before if oldest is None else min(before, oldest)
        made = select(func.max(imports.c.number)).where(imports.c.made_at < until).scalar_subquery()
        histories = (listing.history for listing in LISTINGS)
        return sum(self._delete(delete(history).where(history.c.shown_until <= made)) for history in histories)

    def past_counts(self, today: date, /) -> int:
        """Delete the counts of days that are not kept any more."""
        number = 0
        for table in (listing.past_counts for listing in LISTINGS):
            days = self._transaction.execute(select(table.c.day).distinct()).scalars()
            number += self._delete(delete(table).where(table.c.day.in_(days_to_forget(days, today))))
        return number

    def users(self, before: datetime, /) -> int:
        """Delete users whose last access ended long ago, with their grants and nominations."""
        told = select(audit_events.c.id).where(
            or_(audit_events.c.actor == users.c.id, audit_events.c.subject == users.c.id)
        )
        theirs = grants.c.user_id == users.c.id
        kept = or_(grants.c.ended_on.is_(None), grants.c.ended_on >= london_date(before))
        gone = exists().where(theirs), ~exists().where(theirs, kept), ~told.exists()
        ids = self._transaction.execute(select(users.c.id).where(*gone)).scalars().all()
        confirmed = select(grants.c.nomination_id).where(grants.c.user_id.in_(ids))
        of_them = or_(nominations.c.user_id.in_(ids), nominations.c.id.in_(confirmed))
        self._delete_nominations(self._transaction.execute(select(nominations.c.id).where(of_them)).scalars().all())
        self._delete_keys(select(api_keys.c.id).where(api_keys.c.user_id.in_(ids)))
        for table in (sessions, sign_in_links, bound_accounts, change_notes, grants, taken_addresses):
            self._transaction.write(delete(table).where(table.c.user_id.in_(ids)))
        return self._delete(delete(users).where(users.c.id.in_(ids)))

    def _delete_nominations(self, ids: Sequence[str]) -> int:
        for table in (confirmation_visits, confirmation_links, nomination_steps):
            self._transaction.write(delete(table).where(table.c.nomination_id.in_(ids)))
        return self._delete(delete(nominations).where(nominations.c.id.in_(ids)))

    def proposals(self, before: datetime, /) -> int:
        """Delete proposals of support, but not the confirmed addresses of those who are still users."""
        is_user = exists().where(users.c.id == proposals.c.user_id)
        taken = and_(proposals.c.state == ProposalState.CONFIRMED.value, is_user)
        return self._delete(delete(proposals).where(proposals.c.expires_at < before, not_(taken)))

    def recalls(self, before: datetime, /) -> int:
        """Delete recalls, with their files, of which no receipt is left."""
        oldest = self._transaction.execute(select(func.min(receipts.c.at))).scalar_one()
        until = before if oldest is None else min(before, oldest)
        of_recall = recalled_files.c.recall_id == recalls.c.id
        late = exists().where(of_recall, recalled_files.c.left_at >= until)
        ids = self._transaction.execute(select(recalls.c.id).where(recalls.c.opened_at < until, ~late)).scalars().all()
        self._transaction.write(delete(recalled_files).where(recalled_files.c.recall_id.in_(ids)))
        return self._delete(delete(recalls).where(recalls.c.id.in_(ids)))

    def _delete(self, statement: Delete) -> int:
        return self._transaction.write(statement).rowcount


_conforms: type[ports.Retention] = SqlRetention
