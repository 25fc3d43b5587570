"""Deletes what is past its retention period, in memory."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from attrs import evolve

from checkdata.adapters.memory.state import Draft, QueuedMail
from checkdata.domain import ports
from checkdata.domain.access.proposals import NewAddress, Proposal, ProposalState
from checkdata.domain.listing.counts import days_to_forget
from checkdata.domain.mail_records import MailState
from checkdata.domain.messages import without_personal_data
from checkdata.domain.nominations.steps import NominationState
from checkdata.domain.sign_in.api_keys import UnderGrant
from checkdata.domain.values import london_date


class MemoryRetention:
    """Deletes what has ended long enough ago from a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def sessions(self, seen_before: datetime, started_before: datetime, /) -> int:
        """Delete sessions that were over by then."""
        return self._keep("sessions", lambda s: s.seen_at >= seen_before and s.started_at >= started_before)

    def links(self, before: datetime, /) -> int:
        """Delete links, and the visits that they opened, that were over by then."""
        return (
            self._keep("links", lambda link: link.expires_at >= before)
            + self._keep("confirmation_links", lambda link: link.expires_at >= before)
            + self._keep("confirmation_visits", lambda visit: visit.ends_at >= before)
        )

    def api_keys(self, before: datetime, /) -> int:
        """Delete keys that had ended by then."""
        day = london_date(before)
        return self._keep(
            "api_keys",
            lambda key: key.expires_on >= day and (key.revoked is None or key.revoked.at >= before),
        )

    def teacher_checks(self, before: datetime, /) -> int:
        """Delete answers and messages about TRNs."""
        return self._keep("teacher_answers", lambda answer: answer.kept.at >= before) + self._keep(
            "teacher_messages", lambda message: message.at >= before
        )

    def link_requests(self, before: datetime, /) -> int:
        """Delete counts of requested links."""
        return self._keep("link_requests", lambda requests: requests.ends_at > before)

    def mail_texts(self, before: datetime, /) -> int:
        """Delete the text of mail."""
        state, number = self._draft.state, 0
        for waiting in state.outbox.values():
            blank = evolve(waiting, entry=evolve(waiting.entry, message=without_personal_data(waiting.entry.message)))
            if _is_over(waiting, before) and blank != waiting:
                state = evolve(state, outbox={**state.outbox, waiting.entry.id: blank})
                number += 1
        self._draft.state = state
        return number

    def mails(self, before: datetime, /) -> int:
        """Delete the records of mail."""
        return self._keep("outbox", lambda waiting: not _is_over(waiting, before))

    def nominations(self, before: datetime, /) -> int:
        """Delete nominations that gave no access, with their links."""
        number = self._keep(
            "nominations",
            lambda n: (
                n.closed_at is None
                or n.closed_at >= before
                or any(step.state is NominationState.GRANTED for step in n.steps)
            ),
        )
        self._keep_links_of_nominations()
        return number

    def past_rows(self, before: datetime, /) -> int:
        """Delete versions of rows that were replaced long ago."""
        state = self._draft.state
        before = min([before, *(event.at for event in state.audit)])
        made = dict(enumerate((each.made_at for each in state.imports), start=1))
        kept = tuple(row for row in state.past_rows if made[row.shown_until] >= before)
        self._draft.state = evolve(state, past_rows=kept)
        return len(state.past_rows) - len(kept)

    def past_counts(self, today: date, /) -> int:
        """Delete the counts of days that are not kept any more."""
        state = self._draft.state
        forgotten = days_to_forget({count.day for count in state.past_counts}, today)
        kept = tuple(count for count in state.past_counts if count.day not in forgotten)
        self._draft.state = evolve(state, past_counts=kept)
        return len(state.past_counts) - len(kept)

    def users(self, before: datetime, /) -> int:
        """Delete users whose last access ended long ago, with their grants and nominations."""
        state, day = self._draft.state, london_date(before)
        told = {user_id for event in state.audit for user_id in (event.actor, event.subject)}
        having = {g.user_id for g in state.grants.values() if g.ended_on is None or g.ended_on >= day}
        gone = {grant.user_id for grant in state.grants.values()} - told - having
        theirs = {grant.nomination_id for grant in state.grants.values() if grant.user_id in gone}
        for name in ("sessions", "links", "change_notes", "grants"):
            self._keep(name, lambda each: each.user_id not in gone)
        self._keep(
            "api_keys",
            lambda key: not isinstance(key.given_to, UnderGrant) or key.given_to.user_id not in gone,
        )
        state = self._draft.state
        left = tuple(account for account in state.bound_accounts if account.user_id not in gone)
        self._draft.state = evolve(state, bound_accounts=left)
        self._keep("nominations", lambda each: each.id not in theirs and each.nominee.user_id not in gone)
        self._keep_links_of_nominations()
        return self._keep("users", lambda user: user.id not in gone)

    def _keep_links_of_nominations(self) -> None:
        left = self._draft.state.nominations
        self._keep("confirmation_links", lambda link: link.nomination_id in left)
        self._keep("confirmation_visits", lambda visit: visit.nomination_id in left)

    def proposals(self, before: datetime, /) -> int:
        """Delete proposals of support, but not the confirmed addresses of those who are still users."""
        there = self._draft.state.users

        def is_taken(proposal: Proposal) -> bool:
            change = proposal.change
            confirmed = proposal.state is ProposalState.CONFIRMED
            return confirmed and isinstance(change, NewAddress) and change.user_id in there

        return self._keep("proposals", lambda proposal: proposal.expires_at >= before or is_taken(proposal))

    def recalls(self, before: datetime, /) -> int:
        """Delete recalls, with their files, of which no receipt is left."""
        state = self._draft.state
        until = min([before, *(receipt.at for receipt in state.receipts)])
        late = {file.recall_id for file in state.recalled_files.values() if file.left_at >= until}
        number = self._keep("recalls", lambda recall: recall.opened_at >= until or recall.id in late)
        left = self._draft.state.recalls
        self._keep("recalled_files", lambda file: file.recall_id in left)
        return number

    def _keep(self, name: str, is_kept: Callable[[Any], bool]) -> int:
        before: Mapping[Any, Any] = getattr(self._draft.state, name)
        kept = {key: thing for key, thing in before.items() if is_kept(thing)}
        changes: dict[str, Any] = {name: kept}
        self._draft.state = evolve(self._draft.state, **changes)
        return len(before) - len(kept)


def _is_over(waiting: QueuedMail, before: datetime) -> bool:
    return waiting.entry.queued_at < before and waiting.state is not MailState.QUEUED


_conforms: type[ports.Retention] = MemoryRetention
