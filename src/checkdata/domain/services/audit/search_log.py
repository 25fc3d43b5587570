"""Searches the audit log, and records that it was searched (service rule 15)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.audit.events import AuditEvent, AuditKind, AuditQuery, NumberedEvent
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.listing.queries import checked_page
from checkdata.domain.people.users import NO_USER_HAS_ADDRESS, User
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.task_steps.record_event import record
from checkdata.domain.values import EmailAddress, UserId

MOST_COUNTED: Final = 10_000
"""How many events are counted, and can be paged through, at most; for more, users have to narrow the filters."""
PAGE_SIZE: Final = 50


@frozen(kw_only=True)
class EventsFound:
    """A page of events, newest first, how many were found (`MOST_COUNTED`: so many or more), and who is in them."""

    events: Sequence[NumberedEvent]
    number: int
    found: int
    users: Mapping[UserId, User]

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.found // PAGE_SIZE))


@frozen(kw_only=True)
class SearchLog:
    """Looking at the log, and taking it out."""

    storage: Storage
    clock: Clock

    def page(self, acting: Acting, query: AuditQuery, *, number: int = 1, seen: bool = True) -> EventsFound:
        """A page of the events that match, on record as viewed where it is *seen*; `PageNotFound` past the end."""
        with self.storage.reading() as work:
            found = work.audit.count(query, MOST_COUNTED)
            events = work.audit.find(query, checked_page(number, PAGE_SIZE, found), PAGE_SIZE)
            users = users_in(work, (numbered.event for numbered in events))
        if seen:
            details = {**query.recorded, "page": number, "rows": len(events)}
            record(self.storage, AuditEvent.by(acting, AuditKind.AUDIT_VIEWED, self.clock(), details=details))
        return EventsFound(events=events, number=number, found=found, users=users)

    def user_with(self, email: EmailAddress) -> UserId:
        """The user with this address; `ChangeRefused` if there is none."""
        with self.storage.reading() as work:
            user = work.users.with_email(email)
        if user is None:
            raise ChangeRefused(NO_USER_HAS_ADDRESS)
        return user.id

    def export(self, query: AuditQuery) -> Iterator[NumberedEvent]:
        """All events that match, oldest first, on record as an operator's before the first is given."""
        record(self.storage, AuditEvent(kind=AuditKind.AUDIT_EXPORTED, at=self.clock(), details=query.recorded))
        with self.storage.reading() as work:
            yield from work.audit.matching(query)


def users_in(work: UnitOfWork, events: Iterable[AuditEvent]) -> Mapping[UserId, User]:
    """The users who acted in these events or whom they are about; users who are gone are left out."""
    ids = {user_id for event in events for user_id in (event.actor, event.subject) if user_id is not None}
    users = (work.users.get(user_id) for user_id in ids)
    return {user.id: user for user in users if user is not None}
