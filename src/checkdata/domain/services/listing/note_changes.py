"""Users choose how often they are mailed how much changed, and are mailed it (rules.md, *Notes of changes*)."""

from datetime import datetime

from attrs import evolve, frozen

from checkdata.domain.access.decision import Acting, Refused, decide, require
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.messages import ChangesCounted
from checkdata.domain.people.change_notes import ChangeNote, NoteFrequency
from checkdata.domain.people.organisations import Organisation, Role
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.task_steps.each_by_itself import each_by_itself
from checkdata.domain.services.task_steps.scope_then import scope_then
from checkdata.domain.training.who_acts import WhoActs
from checkdata.domain.values import UserId, london_date


@frozen(kw_only=True)
class NoteChanges:
    """The notes of changes: counts and a link, nothing about a person; each user's choice is on record."""

    storage: Storage
    clock: Clock

    def chosen(self, acting: Acting) -> NoteFrequency | None:
        """How often the user wants notes for the organisation that they act for; None for never."""
        with self.storage.reading() as work:
            note = work.change_notes.get(acting.user_id, acting.organisation)
            return None if note is None else note.frequency

    def choose(self, acting: Acting, frequency: NoteFrequency | None) -> None:
        """Want notes so often from now on, None for never; `AccessRefused` where the user may not act so any more."""
        with self.storage.writing() as work:
            work.users.hold(acting.user_id)
            now = self.clock()
            require(acting, work.users.facts(acting.user_id), on=london_date(now))
            self._change(work, acting.user_id, acting.organisation, frequency, now)
            work.commit()

    def stop(self, user_id: UserId, organisation: Organisation) -> None:
        """No more notes, whatever access the user has: by the link in the mail, which proves who asks."""
        with self.storage.writing() as work:
            work.users.hold(user_id)
            if work.users.get(user_id) is not None:
                self._change(work, user_id, organisation, None, self.clock())
            work.commit()

    def organisation(self, role: Role, organisation_id: str) -> Organisation | None:
        """The organisation that a link names; None if there is none any more."""
        with self.storage.reading() as work:
            return work.organisations.find(role, organisation_id)

    def queue_due(self) -> int:
        """Queue the mail of each note that is due, each by itself; how many were queued.

        Nobody is mailed who has no access that day, or of whose participants nothing changed.
        """
        with self.storage.reading() as work:
            due = [note for note in work.change_notes.all() if note.is_due(self.clock())]
        return sum(each_by_itself(self._queue, due))

    def _queue(self, found: ChangeNote) -> bool:
        with self.storage.writing() as work:
            work.users.hold(found.user_id)
            now, note = self.clock(), work.change_notes.get(found.user_id, found.organisation)
            if note is None or not note.is_due(now):
                return False
            work.change_notes.put(evolve(note, told_until=now))
            counted = self._counted(work, note, now)
            user = work.users.get(note.user_id)
            queued = counted is not None and user is not None
            if counted is not None and user is not None:
                work.outbox.queue(user.email, counted, now)
            work.commit()
        return queued

    def _counted(self, work: UnitOfWork, note: ChangeNote, now: datetime) -> ChangesCounted | None:
        """What the mail tells; None without access or without changes."""
        acting = Acting(note.user_id, note.organisation)
        decision = decide(acting, work.users.facts(note.user_id), on=london_date(now))
        if isinstance(decision, Refused):
            return None
        query, then = ParticipantQuery(scope=decision.scope), scope_then(work, decision.scope, note.told_until)
        changes = sum(work.participants.count_changes(query, note.told_until, then=then).values())
        if not changes:
            return None
        of_schools = ParticipantQuery.of(decision.scope, next=WhoActs.SCHOOL.value)
        organisation = note.organisation
        return ChangesCounted(
            user_id=note.user_id,
            role=organisation.role,
            organisation_id=organisation.id,
            organisation=organisation.name,
            changes=changes,
            of_schools=sum(work.participants.count_changes(of_schools, note.told_until, then=then).values()),
            since=london_date(note.told_until).isoformat(),
        )

    def _change(
        self,
        work: UnitOfWork,
        user_id: UserId,
        organisation: Organisation,
        frequency: NoteFrequency | None,
        now: datetime,
    ) -> None:
        known = work.change_notes.get(user_id, organisation)
        if frequency is (None if known is None else known.frequency):
            return
        if frequency is None:
            work.change_notes.drop(user_id, organisation)
        else:
            since = now if known is None else known.told_until
            note = ChangeNote(user_id=user_id, organisation=organisation, frequency=frequency, told_until=since)
            work.change_notes.put(note)
        details = {"often": "never" if frequency is None else frequency.value}
        work.audit.record(AuditEvent.by(Acting(user_id, organisation), AuditKind.NOTES_CHOSEN, now, details=details))
