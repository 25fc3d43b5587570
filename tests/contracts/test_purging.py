"""What is past its time is deleted, and nothing else (security.md 42), over every storage."""

from datetime import date, timedelta

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.keys import Keys
from checkdata.domain.mail_records import MailState
from checkdata.domain.messages import AccessGranted, HowAccessIsGiven, SignInRequested
from checkdata.domain.nominations.steps import NominationState
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import Storage
from checkdata.domain.services.audit.purge import KeptFor, Purge
from checkdata.domain.services.audit.seal_log import SealLog
from checkdata.domain.sign_in.api_keys import Revocation
from checkdata.domain.sign_in.link_limits import LinkLimits, LinkRequester
from checkdata.domain.training.teacher_answers import AskedTeacher, TeacherAnswer, TeacherMessage, TeacherStanding
from checkdata.domain.values import EmailAddress, NominationId, ParticipantId, UserId, london_date
from checkdata.testing._suites.people import ADA
from tests.access_world import BEN, BOSS, CAT, OTHER_LEAD, PAM, SUE, AccessWorld, a_record
from tests.contracts.examples import a_link, a_session, with_people
from tests.contracts.nominations import a_link as a_confirmation_link
from tests.contracts.nominations import a_nomination, a_visit, keep
from tests.contracts.test_api_keys import a_key
from tests.contracts.test_proposals import ADDRESS, DRAFT, a_proposal
from tests.contracts.test_receipts import a_receipt
from tests.contracts.units_of_work import read, write
from tests.recent_events import recent
from tests.strategies import NOON

KEYS = Keys.of("a key that only the tests know, 32 characters")
KEPT = KeptFor()
KINDS = (
    "sessions",
    "links",
    "api_keys",
    "link_requests",
    "mail_texts",
    "mails",
    "nominations",
    "proposals",
    "past_counts",
    "teacher_checks",
    "recalls",
)
NOTHING = dict.fromkeys((*KINDS, "past_rows", "users", "audit_events"), 0)
GRANTED = AccessGranted(name="Ada", role=Role.DELIVERY_PARTNER, organisation="North")


def purging(storage: Storage, after: timedelta) -> Purge:
    return Purge(storage=storage, clock=lambda: NOON + after, keys=KEYS)


def seal(storage: Storage) -> None:
    assert SealLog(storage=storage, keys=KEYS).seal_due()


def record(storage: Storage, *after: timedelta) -> None:
    with storage.writing() as work:
        for each in after:
            work.audit.record(AuditEvent(kind=AuditKind.SIGNED_IN, at=NOON + each))
        work.commit()


def test_of_an_empty_storage_nothing_is_deleted_and_nothing_recorded(storage: Storage) -> None:
    assert purging(storage, timedelta(days=9999)).purge() == NOTHING
    assert list(read(storage, lambda work: recent(work, 9))) == []


def test_sessions_and_links_go_once_they_are_over_for_long_enough(storage: Storage) -> None:
    with_people(storage)
    idle = a_session("idle", started_at=NOON, seen_at=NOON)
    seen = a_session("seen", started_at=NOON, seen_at=NOON + timedelta(hours=2))
    busy = a_session("busy", started_at=NOON, seen_at=NOON + timedelta(hours=7, minutes=59))
    with storage.writing() as work:
        for session in (idle, seen, busy):
            work.sign_ins.add_session(session)
        work.sign_ins.add_link(a_link())
        work.commit()
    assert purging(storage, KEPT.sessions + timedelta(minutes=30)).purge() == NOTHING
    counts = purging(storage, KEPT.sessions + timedelta(minutes=61)).purge()
    assert counts == NOTHING | {"sessions": 1, "links": 1}
    assert [s.digest for s in read(storage, lambda work: work.sign_ins.sessions_of(ADA.id))] == ["seen", "busy"]
    assert read(storage, lambda work: work.sign_ins.link("l1")) is None
    assert purging(storage, KEPT.sessions + timedelta(hours=8)).purge()["sessions"] == 1
    assert purging(storage, KEPT.sessions + timedelta(hours=8, seconds=1)).purge()["sessions"] == 1


def test_links_to_contacts_and_visits_behind_them_go_once_they_are_over_for_long_enough(storage: Storage) -> None:
    with_people(storage)
    write(storage, lambda work: work.nominations.add(a_nomination()))
    keep(storage, a_confirmation_link(expires_at=NOON), a_visit(ends_at=NOON))
    assert purging(storage, KEPT.sessions).purge() == NOTHING
    assert purging(storage, KEPT.sessions + timedelta(seconds=1)).purge() == NOTHING | {"links": 2}


def test_an_api_key_goes_a_year_after_it_expired_or_was_revoked(storage: Storage) -> None:
    with_people(storage)
    expiring = a_key("expiring", expires_on=london_date(NOON + timedelta(days=9)))
    ended = a_key("ended", expires_on=london_date(NOON + timedelta(days=99)))
    with storage.writing() as work:
        for key in (expiring, ended):
            work.api_keys.add(key)
            work.api_keys.give_secret(key.id, f"digest of {key.id}", NOON)
        work.api_keys.revoke("ended", Revocation(at=NOON, by=None, reason="Lost"))
        work.commit()
    assert purging(storage, KEPT.nominations).purge() == NOTHING
    assert purging(storage, KEPT.nominations + timedelta(seconds=1)).purge() == NOTHING | {"api_keys": 1}
    assert [key.id for key in read(storage, lambda work: work.api_keys.all())] == ["expiring"]
    assert purging(storage, KEPT.nominations + timedelta(days=9)).purge() == NOTHING
    assert purging(storage, KEPT.nominations + timedelta(days=10)).purge() == NOTHING | {"api_keys": 1}


def test_what_support_proposed_goes_a_year_after_it_expired(storage: Storage) -> None:
    proposal = a_proposal()
    write(storage, lambda work: work.proposals.add(proposal))
    past = proposal.expires_at - NOON + KEPT.nominations
    assert purging(storage, past).purge() == NOTHING
    assert purging(storage, past + timedelta(seconds=1)).purge() == NOTHING | {"proposals": 1}
    assert read(storage, lambda work: work.proposals.get(proposal.id)) is None


def test_a_confirmed_address_is_known_as_long_as_its_user_because_the_next_is_compared_with_it(
    storage: Storage,
) -> None:
    with_people(storage)
    of_ada = evolve(ADDRESS, user_id=ADA.id)
    taken = a_proposal(change=of_ada).confirmed(UserId("ben"), NOON, "")
    gone = a_proposal("p2").confirmed(UserId("ben"), NOON, "")
    refused = a_proposal("p3", change=of_ada).refused(UserId("ben"), NOON, "Not theirs")
    draft = a_proposal("p4", change=DRAFT).confirmed(UserId("ben"), NOON, "")
    for proposal in (taken, evolve(gone, change=evolve(ADDRESS, user_id=UserId("nobody"))), refused, draft):
        write(storage, lambda work, each=proposal: work.proposals.add(each))  # type: ignore[misc]
    past = taken.expires_at - NOON + KEPT.nominations + timedelta(seconds=1)
    assert purging(storage, past).purge()["proposals"] == 3
    assert read(storage, lambda work: work.proposals.of_user(ADA.id)) == [taken]


def test_a_client_that_requested_links_is_forgotten_once_nothing_is_counted_for_it_any_more(storage: Storage) -> None:
    limits = LinkLimits()
    with storage.writing() as work:
        work.link_requests.count(LinkRequester(address="a", client="c"), limits, NOON)
        work.commit()
    assert purging(storage, limits.window - timedelta(seconds=1)).purge() == NOTHING
    assert purging(storage, limits.window).purge() == NOTHING | {"link_requests": 3}
    assert purging(storage, limits.window).purge() == NOTHING


def test_what_mail_said_is_forgotten_first_and_later_that_it_was_sent(storage: Storage) -> None:
    with storage.writing() as work:
        for message in (GRANTED, HowAccessIsGiven(), SignInRequested(ADA.id), GRANTED):
            work.outbox.queue(ADA.email, message, NOON)
        for _ in range(2):
            [entry] = work.outbox.claim(NOON, NOON + timedelta(minutes=5), 2)
            work.outbox.dropped(entry)
        [_being_sent] = work.outbox.claim(NOON, NOON + timedelta(minutes=5), 2)
        work.commit()
    assert purging(storage, KEPT.mail_text).purge() == NOTHING
    assert purging(storage, KEPT.mail_text + timedelta(minutes=1)).purge() == NOTHING | {"mail_texts": 1}
    assert purging(storage, KEPT.mail_text + timedelta(minutes=1)).purge() == NOTHING
    told = {type(m.entry.message): m for m in read(storage, lambda work: work.outbox.last_to(ADA.email, 9))}
    assert told[AccessGranted].entry.message == evolve(GRANTED, name="", organisation="")
    assert purging(storage, KEPT.mail + timedelta(minutes=1)).purge() == NOTHING | {"mails": 2}
    left = read(storage, lambda work: work.outbox.last_to(ADA.email, 9))
    waiting = [(mail.state, mail.entry.message) for mail in left]
    assert waiting == [(MailState.QUEUED, GRANTED), (MailState.QUEUED, SignInRequested(ADA.id))]


@pytest.mark.parametrize("state", [NominationState.DECLINED, NominationState.WITHDRAWN, NominationState.GRANTED])
def test_a_nomination_that_gave_no_access_goes_after_its_time(storage: Storage, state: NominationState) -> None:
    with_people(storage)
    nomination = a_nomination()
    closed = evolve(nomination, steps=(*nomination.steps, evolve(nomination.steps[-1], state=state)))
    write(storage, lambda work: work.nominations.add(closed))
    far = closed.closed_at + timedelta(days=9999) if closed.closed_at else NOON
    keep(storage, a_confirmation_link(nomination_id=closed.id, expires_at=far), a_visit(ends_at=far))
    assert closed.closed_at is not None
    after = closed.closed_at - NOON + KEPT.nominations
    assert purging(storage, after).purge() == NOTHING
    gone = state is not NominationState.GRANTED
    assert purging(storage, after + timedelta(seconds=1)).purge() == NOTHING | {"nominations": int(gone)}
    assert (read(storage, lambda work: work.nominations.get(NominationId(closed.id))) is None) == gone


def test_of_the_log_only_whole_old_segments_go_and_an_anchor_says_where_it_begins(storage: Storage) -> None:
    record(storage, timedelta(0), timedelta(1))
    seal(storage)
    record(storage, timedelta(2), timedelta(4))
    seal(storage)
    write(storage, lambda work: work.receipts.add(a_receipt()))
    counts = purging(storage, KEPT.audit + timedelta(3)).purge()
    assert counts == NOTHING | {"audit_events": 2}
    kinds = [event.kind for event in read(storage, lambda work: recent(work, 9))]
    assert kinds == [AuditKind.RECORDS_PURGED, AuditKind.SIGNED_IN, AuditKind.SIGNED_IN]
    assert read(storage, lambda work: list(work.receipts.between(None, None))) == []
    seal(storage)
    found = SealLog(storage=storage, keys=KEYS).verify()
    assert (found.sealed, found.faults) == (3, ())
    later = SealLog(storage=storage, keys=Keys.of("another key that only the tests know"))
    assert [missing.key_id for missing in later.verify().not_given] == [KEYS.first.id]


def test_what_is_not_sealed_stays_however_old(storage: Storage) -> None:
    record(storage, timedelta(0))
    assert purging(storage, KEPT.audit * 2).purge() == NOTHING
    assert len(read(storage, lambda work: recent(work, 9))) == 1


def test_a_dry_run_tells_the_same_and_deletes_nothing(storage: Storage) -> None:
    with_people(storage)
    record(storage, timedelta(0))
    seal(storage)
    write(storage, lambda work: work.sign_ins.add_session(a_session()))
    service = purging(storage, KEPT.audit * 2)
    told = service.purge(dry_run=True)
    assert told == NOTHING | {"sessions": 1, "audit_events": 1}
    assert service.purge(dry_run=True) == told
    assert service.purge() == told
    assert service.purge() == NOTHING


def a_later_life(storage: Storage) -> AccessWorld:
    """A row that was replaced, and users whose access ended; all of it on one day, and sealed."""
    world = AccessWorld(storage=storage)
    world.load()
    world.load(a_record("beacons", OTHER_LEAD))
    world.nominate.grant(world.confirmed(), by=world.ben)
    for email in (CAT, BOSS):
        world.access.remove(email, reason="Left")
    seal(storage)
    return world


def rows_of(storage: Storage, name: str) -> int:
    """How many versions of rows of a participant there are."""
    return len(read(storage, lambda work: work.trails.trail(ParticipantId(name)).stood))


def emails(world: AccessWorld) -> set[EmailAddress]:
    return {found.user.email for found in world.access.search()}


def test_past_rows_and_users_without_access_stay_as_long_as_the_log_tells_of_them(storage: Storage) -> None:
    world = a_later_life(storage)
    rows, [nomination] = rows_of(storage, "beacons"), world.queue.closed()
    world.pass_time(days=KEPT.audit.days)
    service = Purge(storage=storage, clock=world.clock, keys=KEYS)
    kept = service.purge()
    assert (kept["past_rows"], kept["users"], kept["audit_events"]) == (0, 0, 0)
    assert {CAT, BOSS} <= emails(world)
    world.pass_time(days=1)
    gone = service.purge()
    assert gone["past_rows"] > 0
    assert gone["users"] == 2
    assert rows_of(storage, "beacons") == rows - gone["past_rows"]
    assert rows_of(storage, "harbours") > 0
    assert emails(world) == {SUE, BEN, PAM}
    assert read(storage, lambda work: work.nominations.get(nomination.nomination.id)) is None
    assert service.purge() == NOTHING


def test_what_an_unsealed_log_tells_of_stays(storage: Storage) -> None:
    world = a_later_life(storage)
    world.access.suspend(BOSS, reason="Asked for")
    world.pass_time(days=KEPT.audit.days + 1)
    done = Purge(storage=storage, clock=world.clock, keys=KEYS).purge()
    assert done["users"] == 1
    assert BOSS in emails(world)
    assert CAT not in emails(world)


def test_a_user_with_access_stays_however_long(storage: Storage) -> None:
    world = AccessWorld(storage=storage)
    seal(storage)
    world.pass_time(days=2 * KEPT.audit.days)
    assert Purge(storage=storage, clock=world.clock, keys=KEYS).purge()["audit_events"] > 0
    assert BOSS in emails(world)


def test_answers_and_messages_about_trns_go_after_a_hundred_days(storage: Storage) -> None:
    asked = AskedTeacher(trn="1234567", date_of_birth=date(1990, 1, 2))
    with storage.writing() as work:
        work.teacher_checks.keep([TeacherAnswer(asked=asked, standing=TeacherStanding.UNKNOWN)], NOON)
        work.teacher_checks.hear(TeacherMessage(signed="s", trn="1234567", at=NOON))
        work.commit()
    assert purging(storage, timedelta(days=100)).purge() == NOTHING
    assert purging(storage, timedelta(days=100, seconds=1)).purge() == NOTHING | {"teacher_checks": 2}
