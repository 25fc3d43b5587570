"""Deletes what is past its retention period (security.md 42, ASVS 14.2.7)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from attrs import field, frozen

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.seals import Anchor, Seal
from checkdata.domain.jobs import Job
from checkdata.domain.keys import Keys
from checkdata.domain.ports import AuditChain, Clock, Storage, UnitOfWork
from checkdata.domain.sign_in.sessions import Lifetimes
from checkdata.domain.values import london_date

SIX_YEARS: Final = timedelta(days=6 * 365 + 2)


ANSWERS_KEPT: Final = timedelta(days=100)
"""How long answers about TRNs are kept that nobody asks for again; an answer is used for 90 days at most."""


@frozen(kw_only=True)
class KeptFor:
    """How long things are kept after they have ended; each is a setting.

    Sessions and links; the text of mail, and the record that it was sent; nominations that gave no access, proposals
    and API keys; the log of what was done with the receipts of files and their recalls, and with what it needs to tell
    who saw whom: past versions of rows, and users without access.
    """

    sessions: timedelta = timedelta(days=30)
    mail_text: timedelta = timedelta(days=30)
    mail: timedelta = timedelta(days=365)
    nominations: timedelta = timedelta(days=365)
    audit: timedelta = SIX_YEARS


@frozen(kw_only=True)
class Purge:
    """Deletes what is past its time, as the owner of the tables."""

    storage: Storage
    clock: Clock
    keys: Keys
    kept_for: KeptFor = field(factory=KeptFor)
    lifetimes: Lifetimes = field(factory=Lifetimes)

    def purge(self, *, dry_run: bool = False) -> Mapping[str, int]:
        """Delete it and return how many of each kind there were; all at once. A dry run deletes nothing.

        Of the log, it deletes the oldest whole segments whose events are all past their time. A signed anchor says
        where the chain then begins. What is not sealed stays.
        """
        now = self.clock()
        with self.storage.writing() as work:
            counts = self._ended(work, now)
            last = work.audit_chain.last_of_segments(now - self.kept_for.audit)
            events = 0 if last is None else self._purge_audit(work.audit_chain, last, now)
            counts |= self._no_longer_told_of(work, now)
            if last is not None or any(counts.values()):
                details: dict[str, str | int | bool] = {**counts, "up_to": 0 if last is None else last.number}
                work.audit.record(AuditEvent(kind=AuditKind.RECORDS_PURGED, at=now, details=details))
            work.job_runs.note(Job.PURGE, now)
            if not dry_run:
                work.commit()
        return {**counts, "audit_events": events}

    def _ended(self, work: UnitOfWork, now: datetime) -> dict[str, int]:
        kept, over = self.kept_for, now - self.kept_for.sessions
        return {
            "sessions": work.retention.sessions(over - self.lifetimes.idle, over - self.lifetimes.whole),
            "links": work.retention.links(over),
            "api_keys": work.retention.api_keys(now - kept.nominations),
            "link_requests": work.retention.link_requests(now),
            "mail_texts": work.retention.mail_texts(now - kept.mail_text),
            "mails": work.retention.mails(now - kept.mail),
            "nominations": work.retention.nominations(now - kept.nominations),
            "proposals": work.retention.proposals(now - kept.nominations),
            "teacher_checks": work.retention.teacher_checks(now - ANSWERS_KEPT),
            "past_counts": work.retention.past_counts(london_date(now)),
        }

    def _no_longer_told_of(self, work: UnitOfWork, now: datetime) -> dict[str, int]:
        """What only the log needed, once that is gone."""
        before = now - self.kept_for.audit
        return {
            "recalls": work.retention.recalls(before),
            "past_rows": work.retention.past_rows(before),
            "users": work.retention.users(before),
        }

    def _purge_audit(self, chain: AuditChain, last: Seal, now: datetime) -> int:
        before = now - self.kept_for.audit
        anchor = Anchor(number=last.number, position=last.position, digest=last.digest, before=before)
        return chain.purge(anchor.signed(self.keys.first))
