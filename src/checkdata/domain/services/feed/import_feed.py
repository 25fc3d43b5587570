"""An operator loads a feed, or has statuses derived again for another day (feed.md)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from uuid import uuid4

from attrs import evolve, fields_dict, frozen

from checkdata.domain.access.widening import WIDENED_UNASKED_PERCENT, AccessWidened
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.feed.contents import Changes, DueParticipant, ImportOutcome, NamedIds, References
from checkdata.domain.feed.derivation import derive
from checkdata.domain.jobs import Job
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.departures import KEPT_MONTHS
from checkdata.domain.people.organisations import School
from checkdata.domain.ports import Clock, Feed, FeedStore, Rejections, Relisted, Storage, UnitOfWork
from checkdata.domain.services.task_steps.agreement_versions import keep_versions_of_import
from checkdata.domain.services.task_steps.ended_agreements import end_missing_agreements
from checkdata.domain.services.task_steps.teacher_answers import take_in_answers
from checkdata.domain.services.task_steps.training_records import TakingIn, refuse_at_first
from checkdata.domain.services.task_steps.wider_access import (
    refuse_wider_access,
    widened_access,
    widening_events,
)
from checkdata.domain.training.teacher_records import (
    TeacherCheck,
    TeacherClaim,
    check_against_teacher_records,
    person_key,
)
from checkdata.domain.values import ImportId, london_date


@frozen(kw_only=True)
class ImportFeed:
    """Loads feeds; an import is one unit of work: others see all of it or nothing.

    ``kept_months``: for how long a participant who moved away stays in view (statuses.md 3). ``wider_percent``: how
    much more than they see a feed may let users see before that has to be allowed.
    """

    storage: Storage
    clock: Clock
    kept_months: int = KEPT_MONTHS
    wider_percent: int = WIDENED_UNASKED_PERCENT

    def load(  # noqa: PLR0913 - what an operator may ask for
        self,
        feed: Feed,
        rejections: Rejections,
        *,
        today: date,
        strict: bool = False,
        complete: bool = False,
        allow_deletions: bool = False,
        allow_wider_access: bool = False,
    ) -> ImportOutcome:
        """Load a feed, and derive statuses for *today*; refused rows keep their previous versions.

        *strict* refuses the whole feed at the first bad row. *complete* says that what the feed leaves out is gone;
        more than a tenth of the training records needs *allow_deletions* too. A feed that lets users see more than
        ``wider_percent`` above what they see needs *allow_wider_access*. Raises `FeedRefused`, and then nothing was
        written but the record that it was refused.
        """
        began = self.clock()
        with self._recording_refusal(), self.storage.writing() as work:
            store = work.feed_store
            references, taking = _begin(store, feed, rejections, strict=strict, complete=complete)
            taking.stage()
            teachers = store.take_in_teacher_records(taking.judged(feed.teacher_records()))
            records = taking.merge(allow_deletions=allow_deletions)
            named = _as_registered(work, references)
            relisted = self._list(store, named, today)
            # What others wait for on SQLite comes last: all above is made beside what they read and write.
            loaded = ImportOutcome(records=records, teacher_records=teachers, relisted=relisted)
            agreements = work.organisations.agreements()
            loaded = evolve(loaded, references=store.put_references(named))
            if complete:
                loaded = _delete_references(work, references, loaded, london_date(self.clock()))
                loaded = evolve(loaded, warnings=(*loaded.warnings, *_kept(feed, references)))
            loaded = evolve(loaded, widened=widened_access(work, agreements, london_date(self.clock())))
            if not allow_wider_access:
                refuse_wider_access(loaded.widened, self.wider_percent)
            taking.record()
            loaded = evolve(
                loaded, refused_rows=rejections.rows, warnings=(*feed.warnings, *taking.warnings, *loaded.warnings)
            )
            work.job_runs.note(Job.IMPORT, began)
            _note_refreshed(work, began, today)
            return self._finish(work, AuditKind.FEED_IMPORTED, loaded, self.clock(), today)

    def refresh(self, *, today: date) -> ImportOutcome:
        """Derive again, for *today*, what does not hold on that day; the data stay as of their import.

        What a directory of teachers answered since the last time is taken in.
        """
        began = self.clock()
        with self.storage.writing() as work:
            as_of = work.participants.as_of()
            at = self.clock() if as_of is None else as_of.at
            kept = work.teacher_checks.waiting()
            told = take_in_answers(work.feed_store, kept)
            references = _as_registered(work, References())
            relisted = self._list(work.feed_store, references, today)
            outcome = ImportOutcome(relisted=relisted, teacher_records=told)
            work.teacher_checks.taken_in(kept)
            if references.schools:
                outcome = evolve(outcome, references=work.feed_store.put_references(references))
            _note_refreshed(work, began, today)
            return self._finish(work, AuditKind.STATUSES_REFRESHED, outcome, at, today)

    def _finish(
        self, work: UnitOfWork, kind: AuditKind, outcome: ImportOutcome, data_at: datetime, today: date
    ) -> ImportOutcome:
        """Commit; an import is recorded, and its listings shown, only where it changed something.

        What another version of ours listed is replaced once even if no row differs, or it would be at each refresh.
        """
        now = self.clock()
        if outcome.changed or work.feed_store.is_of_another_version():
            done = Import(id=_new_id(now), at=data_at, today=today, made_at=self.clock())
            work.feed_store.show(done)
            work.organisations.change_agreements()  # what rests on one that ends comes before its end in the log
            keep_versions_of_import(work, done.id, self.clock())
            work.audit.record(AuditEvent(kind=kind, at=now, import_id=done.id, details=_counts(outcome)))
            for event in widening_events(AuditKind.ACCESS_WIDENED, outcome.widened, now, done.id):
                work.audit.record(event)
            outcome = evolve(outcome, done=done)
        else:
            work.feed_store.keep_showing()
        work.commit()
        return outcome

    @contextmanager
    def _recording_refusal(self) -> Iterator[None]:
        """Put on record that a feed was refused because it would widen access, in a unit of work of its own."""
        try:
            yield
        except AccessWidened as refused:
            with self.storage.writing() as work:
                for event in widening_events(AuditKind.WIDER_ACCESS_REFUSED, refused.widened, self.clock()):
                    work.audit.record(event)
                work.commit()
            raise

    def _list(self, store: FeedStore, references: References, today: date) -> int:
        names = store.names().including(references.schools or (), references.lead_providers or ())

        def check(claim: TeacherClaim) -> TeacherCheck:
            return _check_teacher(store, claim)

        def derived(participant: DueParticipant) -> Relisted:
            made = derive(participant, names, check, today, kept_months=self.kept_months)
            return participant, made.entries, made.holds_until

        return store.list_participants(derived, names, today, kept_months=self.kept_months)


def _begin(
    store: FeedStore, feed: Feed, rejections: Rejections, *, strict: bool, complete: bool
) -> tuple[References, TakingIn]:
    """Read the references, and get ready to take in what refers to them."""
    known = store.known_ids()
    references = feed.references(known)
    if strict:
        refuse_at_first(rejections)
    return references, TakingIn(
        store=store,
        feed=feed,
        rejections=rejections,
        known=known.including(references),
        strict=strict,
        complete=complete,
    )


def _as_registered(work: UnitOfWork, references: References) -> References:
    """The same, with the names of the department's register for schools, those loaded before too (feed.md)."""
    names = work.school_register.names()
    if not names:
        return references
    told = {school.urn: school for school in references.schools or ()}
    stored = work.feed_store.names().schools
    renamed = {urn: School(urn, names[urn]) for urn in names.keys() & (told.keys() | stored.keys())}
    changed = {urn: school for urn, school in renamed.items() if urn in told or school.name != stored[urn]}
    return evolve(references, schools=[*{**told, **changed}.values()]) if changed else references


def _delete_references(work: UnitOfWork, references: References, loaded: ImportOutcome, today: date) -> ImportOutcome:
    named, ended = end_missing_agreements(work, references.named, today)
    deleted, in_use = work.feed_store.delete_missing_references(named)
    changes = evolve(loaded.references, removed=deleted.removed + ended)
    return evolve(loaded, references=changes, warnings=tuple(in_use))


def _kept(feed: Feed, references: References) -> Iterator[str]:
    """A sentence for each file that is present, but does not tell what it leaves out."""
    untold = [
        name
        for name in fields_dict(NamedIds)
        if getattr(references, name) is not None and getattr(references.named, name) is None
    ]
    if feed.has_unnamed_rows:
        untold.append("training_records")
    for name in untold:
        yield f"Nothing that {name}.csv leaves out was deleted: a row was refused whose id can't be read."


def _check_teacher(store: FeedStore, claim: TeacherClaim) -> TeacherCheck:
    with_that_trn = None if claim.trn is None else store.teacher_record(claim.trn)
    born = claim.date_of_birth
    same_person = () if born is None else store.teacher_records_of(person_key(claim.full_name, born))
    return check_against_teacher_records(claim, with_that_trn, same_person)


def _new_id(now: datetime) -> ImportId:
    """An id that no other import has; ids sort as their imports began."""
    return ImportId(f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{uuid4().hex[:12]}")


def _counts(outcome: ImportOutcome) -> dict[str, int]:
    counted = {
        "training_records": outcome.records,
        "references": outcome.references,
        "teacher_records": outcome.teacher_records,
    }
    return {
        **{f"{what}_{how}": count for what, changes in counted.items() for how, count in _changed(changes).items()},
        "relisted": outcome.relisted,
        "refused_rows": outcome.refused_rows,
    }


def _changed(changes: Changes) -> dict[str, int]:
    return {"added": changes.added, "changed": changes.changed, "removed": changes.removed}


def _note_refreshed(work: UnitOfWork, began: datetime, today: date) -> None:
    """Note that statuses were derived for the day on which the work began: it may end after midnight.

    What an operator had derived for another day does not count.
    """
    if today == london_date(began):
        work.job_runs.note(Job.REFRESH, began)
