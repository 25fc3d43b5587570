"""Users choose how often they are mailed how much changed, and are mailed it (rules.md, *Notes of changes*)."""

from datetime import datetime

from attrs import evolve, frozen

from checkdata.domain.access.decision import Acting, Refused, decide, require
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.listing.history import ChangeKind
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
            require(acting, work.users.facts(acting.user_id), on=london_date(self.clock()))
            self._change(work, acting, frequency, by="page")
            work.commit()

    def stop(self, user_id: UserId, organisation: Organisation) -> None:
        """No more notes, whatever access the user has: by the link in the mail, which proves who asks."""
        with self.storage.writing() as work:
            work.users.hold(user_id)
            if work.users.get(user_id) is not None:
                self._change(work, Acting(user_id, organisation), None, by="link")
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
        """Queue one note; whether there was a mail. Counting comes first, so that on SQLite others write meanwhile."""
        counted, told_until = self._counted(found)
        with self.storage.writing() as work:
            work.users.hold(found.user_id)
            now, note = self.clock(), work.change_notes.get(found.user_id, found.organisation)
            if note is None or not note.is_due(now):
                return False
            work.change_notes.put(evolve(note, told_until=told_until, looked_at=now))
            user = work.users.get(note.user_id)
            has_access = bool(decide(_acting(note), work.users.facts(note.user_id), on=london_date(now)))
            if counted is not None and user is not None and has_access:
                work.outbox.queue(user.email, counted, now)
            work.commit()
        return counted is not None and has_access

    def _counted(self, note: ChangeNote) -> tuple[ChangesCounted | None, datetime]:
        """What the mail tells, None without access or without changes; and when the import was made that it tells of.

        Who left view is counted as a change, and not by the state that the user no longer sees.
        """
        with self.storage.reading() as work:
            shown, today = work.participants.as_of(), london_date(self.clock())
            told_until = note.told_until if shown is None else max(shown.made_at, note.told_until)
            decision = decide(_acting(note), work.users.facts(note.user_id), on=today)
            if isinstance(decision, Refused):
                return None, told_until
            then, organisation = scope_then(work, decision.scope, note.told_until), note.organisation
            query = ParticipantQuery(scope=decision.scope)
            of_schools = ParticipantQuery.of(decision.scope, next=WhoActs.SCHOOL.value)
            every = work.participants.count_changes(query, note.told_until, then=then)
            waiting = work.participants.count_changes(of_schools, note.told_until, then=then)
        counted = ChangesCounted(
            user_id=note.user_id,
            role=organisation.role,
            organisation_id=organisation.id,
            organisation=organisation.name,
            changes=sum(every.values()),
            of_schools=sum(number for kind, number in waiting.items() if kind is not ChangeKind.LEFT_VIEW),
            since=note.told_until.isoformat(),
        )
        return (counted if counted.changes else None), told_until

    def _change(self, work: UnitOfWork, acting: Acting, frequency: NoteFrequency | None, *, by: str) -> None:
        """Put a choice in place of the one before, on record with whether it was made on a page or by the link."""
        now, known = self.clock(), work.change_notes.get(acting.user_id, acting.organisation)
        if frequency is (None if known is None else known.frequency):
            return
        if frequency is None:
            work.change_notes.drop(acting.user_id, acting.organisation)
        else:
            work.change_notes.put(
                _begun(work, acting, frequency, now) if known is None else evolve(known, frequency=frequency)
            )
        details = {"often": "never" if frequency is None else frequency.value, "by": by}
        work.audit.record(AuditEvent.by(acting, AuditKind.NOTES_CHOSEN, now, details=details))


def _begun(work: UnitOfWork, acting: Acting, frequency: NoteFrequency, now: datetime) -> ChangeNote:
    """Notes of what comes after the import that is shown now."""
    shown = work.participants.as_of()
    return ChangeNote(
        user_id=acting.user_id,
        organisation=acting.organisation,
        frequency=frequency,
        told_until=now if shown is None else shown.made_at,
        looked_at=now,
    )


def _acting(note: ChangeNote) -> Acting:
    return Acting(note.user_id, note.organisation)
