"""Holders of recalled files say that they are deleted, and support sees who has and who has not (service rule 15)."""

from collections.abc import Sequence

from attrs import frozen

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.recalls import Recall, RecalledFile
from checkdata.domain.errors import ChangeRefused, Overtaken
from checkdata.domain.form_digest import FormDigest, check_unchanged, form_digest
from checkdata.domain.mail_records import MailRecord
from checkdata.domain.messages import FilesRecalled
from checkdata.domain.people.organisations import DeliveryPartner, Organisation, Role
from checkdata.domain.people.users import User
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.task_steps.access_changes import change_of_access, check_support
from checkdata.domain.services.task_steps.recall_events import recall_event
from checkdata.domain.values import UserId

_MAILS_LOOKED_AT = 50


@frozen(kw_only=True)
class FileToDelete:
    """A recalled file that a user holds, and the organisation for which they took it."""

    file: RecalledFile
    organisation: Organisation


@frozen(kw_only=True)
class RecalledFrom:
    """A recalled file, who holds it, and the last mail that asked them to delete files; None where there is none."""

    file: RecalledFile
    holder: User | None
    mail: MailRecord | None = None


@frozen(kw_only=True)
class RecallInDetail:
    """A recall with its files: those that nobody said are deleted first, each in the order in which they left."""

    recall: Recall
    files: Sequence[RecalledFrom]

    @property
    def waiting(self) -> int:
        """How many files nobody said are deleted."""
        return sum(each.file.deleted_at is None for each in self.files)


@frozen(kw_only=True)
class ConfirmDeletion:
    """What a recall asks, and the answers; each answer is an event of the audit log for each file."""

    storage: Storage
    clock: Clock

    def held_by(self, user_id: UserId) -> Sequence[FileToDelete]:
        """The files that a user has to delete, whatever access they have now."""
        with self.storage.reading() as work:
            return [
                FileToDelete(file=file, organisation=_partner(work, file)) for file in work.recalls.held_by(user_id)
            ]

    def confirm(self, user_id: UserId, *, seen: FormDigest) -> int:
        """All files that a user was shown are deleted, says the user; how many those were.

        *seen* is `digest_of` the files as the page showed them: `Overtaken` where it is another list now.
        """
        now = self.clock()
        with self.storage.writing() as work:
            work.users.hold(user_id)
            user, held = work.users.get(user_id), work.recalls.held_by(user_id)
            check_unchanged(seen, digest_of(held), "The list of files")
            if user is None or user.suspended:
                raise ChangeRefused(
                    "Your access to this service is suspended. Tell support that the files are deleted."
                )
            if not held:
                raise ChangeRefused("There are no files for you to delete.")
            work.recalls.note_deleted([file.id for file in held], now, user_id)
            for file in held:
                details = _recorded(file)
                event = recall_event(AuditKind.FILE_DELETED, file, now, actor=user_id, subject=user_id, details=details)
                work.audit.record(event)
            work.commit()
        return len(held)

    def state_of(self, agreement_id: str) -> RecallInDetail | None:
        """The open recall of an agreement's files, None where there is none."""
        with self.storage.reading() as work:
            recall = work.recalls.last_of(agreement_id)
            return None if recall is None or recall.withdrawn_at is not None else _with_files(work, recall)

    def open_recalls(self) -> Sequence[RecallInDetail]:
        """Every open recall, the oldest first."""
        with self.storage.reading() as work:
            return [_with_files(work, recall) for recall in work.recalls.open_recalls()]

    def file(self, file_id: str) -> RecalledFrom | None:
        """One recalled file."""
        with self.storage.reading() as work:
            file = work.recalls.file(file_id)
            return None if file is None else next(iter(_in_detail(work, [file])))

    def record(self, file_id: str, *, reason: str, by: UserId | None = None, seen: FormDigest | None = None) -> None:
        """Support was told that a file is deleted, by somebody who can't say so here.

        *seen* is `digest_of` the file as a form showed it. Raises `Overtaken` where another was faster.
        """
        change = change_of_access(self.clock(), by, reason)
        with self.storage.writing() as work:
            file = work.recalls.file(file_id)
            if file is None:
                raise ChangeRefused("This file does not have to be deleted.")
            held = {user_id for user_id in (file.holder, by) if user_id is not None}
            if held:
                work.users.hold(*held)
            check_support(work, change)
            check_unchanged(seen, digest_of([file]), "This file")
            if file.deleted_at is not None or not work.recalls.note_deleted([file.id], change.at, by):
                raise Overtaken("It has been recorded already that this file is deleted.")
            details = {**_recorded(file), "reason": change.reason.strip()}
            work.audit.record(
                recall_event(AuditKind.FILE_DELETED, file, change.at, actor=by, subject=file.holder, details=details)
            )
            work.commit()


def digest_of(files: Sequence[RecalledFile]) -> FormDigest:
    """What a form shows of files: which they are, and whether they are deleted; not how often holders were asked."""
    return form_digest([(file.id, file.deleted_at is None) for file in files])


def _recorded(file: RecalledFile) -> dict[str, str | int | bool]:
    return {"sha256": file.sha256, **({"key": file.key_id} if file.key_id else {})}


def _partner(work: UnitOfWork, file: RecalledFile) -> Organisation:
    found = work.organisations.find(Role.DELIVERY_PARTNER, file.delivery_partner_id)
    return DeliveryPartner(file.delivery_partner_id) if found is None else found


def _with_files(work: UnitOfWork, recall: Recall) -> RecallInDetail:
    files = _in_detail(work, work.recalls.files_of(recall.id))
    return RecallInDetail(recall=recall, files=sorted(files, key=lambda each: each.file.deleted_at is not None))


def _in_detail(work: UnitOfWork, files: Sequence[RecalledFile]) -> Sequence[RecalledFrom]:
    """The files with who holds them, of whom each is looked up once."""
    holders = {file.holder for file in files}
    users = {each: None if each is None else work.users.get(each) for each in holders}
    mails = {each: None if user is None else _last_asked(work, user) for each, user in users.items()}
    return [RecalledFrom(file=file, holder=users[file.holder], mail=mails[file.holder]) for file in files]


def _last_asked(work: UnitOfWork, holder: User) -> MailRecord | None:
    mails = work.outbox.last_to(holder.email, _MAILS_LOOKED_AT)
    return next((mail for mail in mails if isinstance(mail.entry.message, FilesRecalled)), None)
