"""Recalls the files that left under an agreement, once it is over: who holds one is asked to delete it (rule 15)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from attrs import evolve, frozen

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.recalls import Recall, RecalledFile
from checkdata.domain.audit.receipts import Receipt
from checkdata.domain.messages import FilesRecalled
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.task_steps.each_by_itself import each_by_itself
from checkdata.domain.services.task_steps.leaving_files import files_that_left_scope
from checkdata.domain.services.task_steps.recall_events import recall_event
from checkdata.domain.values import UserId, london_date

REMIND_EVERY: Final = timedelta(days=7)

_LATE: Final = timedelta(days=1)
"""For how long after a recall was opened files are looked for whose download was on its way then."""

_NOT_SEEN_YET: Final = timedelta(minutes=10)
"""How long before a recall was opened a receipt may have been made that was stored after it."""


@frozen(kw_only=True)
class RecallRound:
    """What one round did: recalls with files that it opened, those that it withdrew, and how many users it mailed."""

    opened: int = 0
    withdrawn: int = 0
    mailed: int = 0


@frozen(kw_only=True)
class RecallFiles:
    """Opens recalls and asks holders, whichever way an agreement ended: its own day, a feed, a page or a command.

    Rounds may run in several processes at once, and one that was killed is continued by the next: each agreement, and
    each holder, is one unit of work under a lock. ``remind_every`` is how long a holder is given until they are asked
    again.
    """

    storage: Storage
    clock: Clock
    remind_every: timedelta = REMIND_EVERY

    def do_due(self) -> RecallRound:
        """Open and withdraw the recalls that are due, and mail each holder who is to be asked or reminded.

        What fails for one agreement or holder is raised only after all others are done.
        """
        opened, asked = each_by_itself(lambda step: step(), (self.open_due, self._ask_due))
        return evolve(opened, mailed=asked.mailed)

    def open_due(self) -> RecallRound:
        """Only open and withdraw, for those who wait for the answer; a round then mails the holders."""
        now = self.clock()
        today = london_date(now)
        with self.storage.reading() as work:
            recalls = {recall.agreement_id: recall for recall in work.recalls.open_recalls()}
            agreements = work.organisations.agreements()
            removed = _removed_once_begun(work)
        over = [*(agreement for agreement in agreements if not agreement.lasts_beyond(today)), *removed]
        again = [a.id for a in agreements if a.id in recalls and a.lasts_beyond(today)]
        due = [look for of_partner in _by_partner(over) for look in _looks(of_partner, recalls, now)]

        def open_recalls() -> int:
            return sum(each_by_itself(lambda look: self._bring_up_to_date(*look, now), due))

        def withdraw() -> int:
            return sum(each_by_itself(lambda agreement_id: self._withdraw(agreement_id, now), again))

        opened, withdrawn = each_by_itself(lambda step: step(), (open_recalls, withdraw))
        return RecallRound(opened=opened, withdrawn=withdrawn)

    def _bring_up_to_date(self, agreement: Agreement, whole: bool, now: datetime) -> bool:  # noqa: FBT001 - of `_looks`
        """Open the recall of an agreement's files, or add what left since, or all that is not in it.

        Whether a file was recalled.
        """
        with self.storage.reading() as work:
            recall = _open_recall(work, agreement.id)
            since = None if recall is None or whole else recall.opened_at - _NOT_SEEN_YET
            left = files_that_left_scope(work, agreement, london_date(now), since)
        with self.storage.writing() as work:
            work.organisations.hold_agreement(agreement.id)
            if work.organisations.agreement(agreement.id) not in (agreement, None):
                return False  # it was changed at this moment: the next round looks again
            recall = _open_recall(work, agreement.id)
            of_recall = () if recall is None else work.recalls.files_of(recall.id)
            deleted = work.recalls.deleted_of(agreement.delivery_partner_id)
            known = {file.left_as for file in (*of_recall, *(file for file in deleted if not file.key_id))}
            if recall is None:
                recall = _recall(agreement, now)
                work.recalls.add(recall)
            elif whole:
                work.recalls.note_looked_at(recall.id, now)
            found = (_recalled(recall, receipt) for receipt in left)
            files = [file for file in found if file.left_as not in known]
            if files:
                work.recalls.add_files(files)
                work.audit.record(_opened(recall, files, now))
            work.commit()
        return bool(files)

    def _withdraw(self, agreement_id: str, now: datetime) -> bool:
        """Withdraw the recall of an agreement that is in force again; whether there was one."""
        with self.storage.writing() as work:
            work.organisations.hold_agreement(agreement_id)
            agreement, recall = work.organisations.agreement(agreement_id), _open_recall(work, agreement_id)
            if recall is None or agreement is None or not agreement.lasts_beyond(london_date(now)):
                return False
            work.recalls.withdraw(recall.id, now)
            if work.recalls.files_of(recall.id):
                work.audit.record(recall_event(AuditKind.RECALL_WITHDRAWN, recall, now))
            work.commit()
        return True

    def _ask_due(self) -> RecallRound:
        now = self.clock()
        asked_before = now - self.remind_every
        with self.storage.reading() as work:
            holders = work.recalls.holders_to_ask(asked_before)
        mailed = each_by_itself(lambda holder: self._ask_holder(holder, asked_before, now), holders)
        return RecallRound(mailed=sum(mailed))

    def _ask_holder(self, holder: UserId, asked_before: datetime, now: datetime) -> bool:
        """Mail a holder about all files that they hold, if one is due; a suspended user can't sign in to answer."""
        with self.storage.writing() as work:
            work.users.hold(holder)
            user, held = work.users.get(holder), work.recalls.held_by(holder)
            if user is None or user.suspended or not any(file.is_due(asked_before) for file in held):
                return False
            each = {file.left_as: file for file in held}.values()  # one may have left under several agreements
            copies = sum(bool(file.key_id) for file in each)
            reminds = all(file.asked for file in held)
            message = FilesRecalled(name=user.name, files=len(each) - copies, copies=copies, reminds=reminds)
            work.outbox.queue(user.email, message, now)
            work.recalls.note_asked([file.id for file in held], now)
            work.commit()
        return True


def _removed_once_begun(work: UnitOfWork) -> Sequence[Agreement]:
    """The agreements that a complete feed removed on the day on which they began, so that files may have left."""
    return [
        version.agreement
        for version in work.agreement_history.newest()
        if version.removed and version.agreement.starts_on <= london_date(version.recorded_at)
    ]


def _by_partner(agreements: Iterable[Agreement]) -> Iterable[Sequence[Agreement]]:
    found: dict[str, list[Agreement]] = {}
    for agreement in agreements:
        found.setdefault(agreement.delivery_partner_id, []).append(agreement)
    return found.values()


def _looks(over: Sequence[Agreement], recalls: Mapping[str, Recall], now: datetime) -> Iterator[tuple[Agreement, bool]]:
    """A partner's agreements whose files are to be looked at, and whether at all of them.

    One that is newly over may have covered until then what left under another. So each is looked at whole until that
    was done after the last other recall of the partner was opened, whatever failed meanwhile.
    """
    opened = {agreement.id: _opened_at(recalls.get(agreement.id), now) for agreement in over}
    for agreement in over:
        recall = recalls.get(agreement.id)
        others = (at for agreement_id, at in opened.items() if agreement_id != agreement.id)
        whole = recall is None or any(recall.looked_at <= at for at in others)
        if recall is None or whole or now - recall.opened_at < _LATE:
            yield agreement, whole


def _opened_at(recall: Recall | None, now: datetime) -> datetime:
    return now if recall is None else recall.opened_at


def _open_recall(work: UnitOfWork, agreement_id: str) -> Recall | None:
    last = work.recalls.last_of(agreement_id)
    return last if last is not None and last.withdrawn_at is None else None


def _recall(agreement: Agreement, now: datetime) -> Recall:
    return Recall(
        id=uuid4().hex,
        agreement_id=agreement.id,
        delivery_partner_id=agreement.delivery_partner_id,
        opened_at=now,
        looked_at=now,
    )


def _recalled(recall: Recall, receipt: Receipt) -> RecalledFile:
    return RecalledFile(
        id=uuid4().hex,
        recall_id=recall.id,
        agreement_id=recall.agreement_id,
        delivery_partner_id=recall.delivery_partner_id,
        holder=receipt.actor,
        sha256=receipt.sha256,
        kind=receipt.kind,
        left_at=receipt.at,
        rows=receipt.rows,
        key_id=receipt.key_id,
        key_name=receipt.key_name,
    )


def _opened(recall: Recall, files: Sequence[RecalledFile], now: datetime) -> AuditEvent:
    details: dict[str, str | int | bool] = {"files": len(files), "holders": len({file.holder for file in files})}
    return recall_event(AuditKind.FILES_RECALLED, recall, now, details=details)
