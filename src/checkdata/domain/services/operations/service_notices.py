"""Support and operators set a notice for every page, or close the service for maintenance (service rule 4)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from attrs import frozen

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken
from checkdata.domain.form_digest import FormDigest, check_unchanged, form_digest
from checkdata.domain.notices import LONGEST_NOTICE, Notice, NoticeKind
from checkdata.domain.people.organisations import Role, SupportTeam
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.task_steps.access_changes import AccessChange, check_support
from checkdata.domain.services.task_steps.acting_user import only_once
from checkdata.domain.typed_text import checked_text
from checkdata.domain.values import UserId

_CHANGED: Final = "The notice"


@frozen(kw_only=True)
class ServiceNotices:
    """Shows and changes notices; each change is one event of the audit log, with the text.

    ``by`` is the support user who does it, None for an operator at the command line. A change raises `ChangeRefused`
    with a sentence where it is not allowed, `Overtaken` where the notices are not as a form had *seen* them
    (`digest_of`), `AccessRefused` where *by* is not a support user any more, and then changes nothing.
    """

    storage: Storage
    clock: Clock

    def standing(self) -> Sequence[Notice]:
        """The notices that are shown now or later, by kind."""
        now = self.clock()
        with self.storage.reading() as work:
            return [notice for notice in work.notices.all() if not notice.is_over(now)]

    def set(  # noqa: PLR0913 - what there is to say
        self,
        kind: NoticeKind,
        text: str,
        *,
        starts_at: datetime | None = None,
        ends_at: datetime,
        by: UserId | None = None,
        seen: FormDigest | None = None,
    ) -> Notice:
        """Set the notice of a kind in place of the one before; it starts now unless told."""
        now = self.clock()
        notice = Notice(
            kind=kind,
            text=_checked(text),
            starts_at=starts_at or now,
            ends_at=ends_at,
            set_by=by,
            set_at=now,
        )
        if notice.is_over(now) or notice.starts_at >= ends_at:
            raise ChangeRefused("The end must be in the future, and later than the start.")
        with self.storage.writing() as work:
            _check_support(work, by, now)
            every = work.notices.all()
            check_unchanged(seen, digest_of(every, now), _CHANGED)
            with only_once("Another user changed the notice first. Check it again before you continue."):
                for before in every:
                    if before.kind is kind:
                        work.notices.drop(before)
                work.notices.add(notice)
            work.audit.record(_event(AuditKind.NOTICE_SET, notice, by, now))
            work.commit()
        return notice

    def end(self, kind: NoticeKind, *, by: UserId | None = None, seen: FormDigest | None = None) -> None:
        """End the notice of a kind now."""
        now = self.clock()
        with self.storage.writing() as work:
            _check_support(work, by, now)
            every = work.notices.all()
            check_unchanged(seen, digest_of(every, now), _CHANGED)
            standing = [each for each in every if each.kind is kind and not each.is_over(now)]
            if not standing:
                raise Overtaken("There is no such notice any more.")
            with only_once("Another user changed the notice first. Check it again before you continue."):
                work.notices.drop(standing[0])
            work.audit.record(_event(AuditKind.NOTICE_ENDED, standing[0], by, now))
            work.commit()


def digest_of(notices: Sequence[Notice], now: datetime) -> FormDigest:
    """What a form shows of notices: those that are shown now or later."""
    return form_digest([repr(notice) for notice in notices if not notice.is_over(now)])


def _checked(text: str) -> str:
    if not text.strip():
        raise ChangeRefused("Enter the text of the notice.")
    if len(text) > LONGEST_NOTICE:
        raise ChangeRefused(f"The text must be {LONGEST_NOTICE} characters or fewer.")
    return " ".join(checked_text(text, "Text", lines=True).split())


def _check_support(work: UnitOfWork, by: UserId | None, now: datetime) -> None:
    if by is not None:
        work.users.hold(by)
    check_support(work, AccessChange(at=now, by=by, reason=""))


def _event(kind: AuditKind, notice: Notice, by: UserId | None, now: datetime) -> AuditEvent:
    return AuditEvent(
        kind=kind,
        at=now,
        actor=by,
        role=None if by is None else Role.SUPPORT,
        organisation_id=None if by is None else SupportTeam.id,
        details={
            "notice": notice.kind.value,
            "text": notice.text,
            "from": notice.starts_at.isoformat(),
            "until": notice.ends_at.isoformat(),
        },
    )
