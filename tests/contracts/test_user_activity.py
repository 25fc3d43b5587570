"""What every adapter must tell of mail, sessions, grants and uses afterwards."""

from datetime import datetime, timedelta

import pytest
from attrs import evolve

from checkdata.domain.audit.events import BEGINNINGS, USES, AuditEvent, AuditKind
from checkdata.domain.mail_records import MailRecord, MailState, OutboxEntry
from checkdata.domain.messages import AddressChanged, ColleagueLeft, HowAccessIsGiven, QueuedMessage, SignInRequested
from checkdata.domain.nomination_messages import ConfirmationRequested, NominationDeclined
from checkdata.domain.people.organisations import DeliveryPartner, Role
from checkdata.domain.people.users import LapseReason, LapseWarning
from checkdata.domain.ports import Storage
from checkdata.domain.values import LeadProviderId, NominationId, UserId
from checkdata.testing._suites.people import ADA, BEA, BODY, BOTH, NORTH, a_grant
from tests.contracts.examples import a_session, with_people
from tests.contracts.test_audit import record
from tests.contracts.units_of_work import read, write
from tests.strategies import NOON, day

MINUTE = timedelta(minutes=1)
ASKED = SignInRequested(ADA.id)


def queue(storage: Storage, message: QueuedMessage = ASKED, at: datetime = NOON) -> None:
    write(storage, lambda work: work.outbox.queue(ADA.email, message, at))


def claimed(storage: Storage, message: QueuedMessage = ASKED, at: datetime = NOON) -> OutboxEntry:
    """Queue a message to Ada, to whom nothing else waits, and claim it."""
    queue(storage, message, at)
    [entry] = write(storage, lambda work: work.outbox.claim(at, at + 5 * MINUTE, 10))
    return entry


def mails(storage: Storage, limit: int = 5) -> list[MailRecord]:
    return list(read(storage, lambda work: work.outbox.last_to(ADA.email, limit)))


def test_no_mail_was_sent_to_any_address_at_first(storage: Storage) -> None:
    assert mails(storage) == []


def test_mails_about_nominations_and_addresses_come_back_as_they_were_queued(storage: Storage) -> None:
    messages: list[QueuedMessage] = [
        AddressChanged(name="Zoë O'Neill", is_new=True),
        AddressChanged(name="Zoë O'Neill", is_new=False),
        ConfirmationRequested(nomination_id=NominationId("n1"), lead_provider_id=LeadProviderId("ambition")),
        NominationDeclined(nominee="Łukasz “100%”", role=Role.DELIVERY_PARTNER, organisation="North & West"),
    ]
    for message in messages:
        queue(storage, message)
    assert [mail.entry.message for mail in reversed(mails(storage))] == messages


def test_a_mail_waits_and_then_was_sent(storage: Storage) -> None:
    queue(storage)
    [waiting] = mails(storage)
    assert (waiting.state, waiting.tried_at, waiting.due_at) == (MailState.QUEUED, None, NOON)
    assert (waiting.entry.message, waiting.entry.queued_at) == (ASKED, NOON)
    [entry] = write(storage, lambda work: work.outbox.claim(NOON + MINUTE, NOON + 9 * MINUTE, 1))
    write(storage, lambda work: work.outbox.sent(entry, NOON + 2 * MINUTE))
    [sent] = mails(storage)
    assert (sent.state, sent.tried_at, sent.due_at) == (MailState.SENT, NOON + 2 * MINUTE, None)


def test_a_mail_that_could_not_be_handed_over_waits_for_its_next_try(storage: Storage) -> None:
    entry = claimed(storage)
    write(storage, lambda work: work.outbox.failed(entry, NOON + 3 * MINUTE, "It was busy."))
    [mail] = mails(storage)
    assert (mail.state, mail.tried_at, mail.due_at) == (MailState.QUEUED, NOON, NOON + 3 * MINUTE)
    assert (mail.entry.attempts, mail.failure) == (1, "It was busy.")


def test_what_became_of_an_undelivered_mail_is_told_with_the_reason(storage: Storage) -> None:
    refused = claimed(storage)
    write(storage, lambda work: work.outbox.failed(refused, None, "It refused the recipient."))
    dropped = claimed(storage, HowAccessIsGiven(), NOON + MINUTE)
    write(storage, lambda work: work.outbox.dropped(dropped))
    expired = claimed(storage, at=NOON + 2 * MINUTE)
    write(storage, lambda work: work.outbox.expired(expired))
    assert [(mail.entry.id, mail.state, mail.due_at, mail.failure) for mail in mails(storage)] == [
        (expired.id, MailState.EXPIRED, None, ""),
        (dropped.id, MailState.DROPPED, None, ""),
        (refused.id, MailState.REFUSED, None, "It refused the recipient."),
    ]


def test_a_mail_that_came_back_bounced_when_that_was_told_first(storage: Storage) -> None:
    ours = claimed(storage)
    write(storage, lambda work: work.outbox.sent(ours, NOON + MINUTE))
    other = claimed(storage)
    write(storage, lambda work: work.outbox.sent(other, NOON + MINUTE))
    for minutes in (5, 9):
        assert write(storage, lambda work: work.outbox.bounced(ours.reference, NOON + minutes * MINUTE))  # noqa: B023
    told = {mail.entry.id: (mail.state, mail.tried_at, mail.bounced_at) for mail in mails(storage)}
    assert told[ours.id] == (MailState.BOUNCED, NOON + MINUTE, NOON + 5 * MINUTE)
    assert told[other.id] == (MailState.SENT, NOON + MINUTE, None)
    assert read(storage, lambda work: work.outbox.last_sent(ADA.email, SignInRequested)) == NOON + MINUTE


def test_a_mail_that_comes_back_although_no_server_said_that_it_was_taken_is_not_tried_again(storage: Storage) -> None:
    entry = claimed(storage)
    write(storage, lambda work: work.outbox.failed(entry, NOON + MINUTE, "It closed."))
    assert write(storage, lambda work: work.outbox.bounced(entry.reference, NOON))
    assert [(mail.state, mail.due_at) for mail in mails(storage)] == [(MailState.BOUNCED, None)]


@pytest.mark.parametrize("reference", ["", "theirs", "%"])
def test_a_reference_that_no_mail_has_bounces_none(storage: Storage, reference: str) -> None:
    entry = claimed(storage)
    write(storage, lambda work: work.outbox.sent(entry, NOON))
    queue(storage)
    never_tried = mails(storage)[0].entry.reference
    for each in (reference, entry.reference.upper(), never_tried):
        assert not write(storage, lambda work: work.outbox.bounced(each, NOON))  # noqa: B023
    assert {mail.state for mail in mails(storage)} == {MailState.QUEUED, MailState.SENT}


def test_the_last_mails_to_an_address_are_told_first_and_no_more_than_asked_for(storage: Storage) -> None:
    for minutes in (2, 0, 1):
        queue(storage, at=NOON + minutes * MINUTE)
    write(storage, lambda work: work.outbox.queue(BEA.email, ASKED, NOON + 9 * MINUTE))
    assert [mail.entry.queued_at for mail in mails(storage, 2)] == [NOON + 2 * MINUTE, NOON + MINUTE]


def test_a_users_sessions_are_told_the_newest_first_with_what_they_act_for(storage: Storage) -> None:
    with_people(storage)
    first = a_session("s1", organisation=DeliveryPartner("north"))
    second = a_session("s0", started_at=NOON + MINUTE, seen_at=NOON + MINUTE)
    with storage.writing() as work:
        for session in (first, second, a_session("s2", user_id=BEA.id)):
            work.sign_ins.add_session(session)
        work.commit()
    found = list(read(storage, lambda work: work.sign_ins.sessions_of(ADA.id)))
    assert found == [second, first]
    assert found[1].organisation is not None
    assert found[1].organisation.name == NORTH.name
    assert list(read(storage, lambda work: work.sign_ins.sessions_of(UserId("cat")))) == []


def test_everybodys_grants_of_a_day_are_told_by_user(storage: Storage) -> None:
    with_people(storage)
    grants = [
        a_grant("g1", granted_on=day(-1)),
        a_grant("g2", BODY, granted_on=day(-2)),
        a_grant("g3", user_id=BEA.id, granted_on=day(0)),
        a_grant("ended-today", BOTH, ended_on=day(0)),
        a_grant("ends-tomorrow", BODY, user_id=BEA.id, ended_on=day(1), granted_on=day(-3)),
        a_grant("starts-tomorrow", BOTH, user_id=BEA.id, granted_on=day(1)),
    ]
    with storage.writing() as work:
        for grant in grants:
            work.users.add_grant(grant)
        work.commit()
    found = read(storage, lambda work: work.users.active_grants(day(0)))
    assert [grant.id for grant in found] == ["ends-tomorrow", "g3", "g2", "g1"]
    assert found[1].organisation.name == NORTH.name


def test_a_grant_keeps_who_confirmed_it_when_it_was_reconfirmed_and_when_it_lapses(storage: Storage) -> None:
    with_people(storage)
    grant = a_grant(
        nomination_id=NominationId("n1"),
        confirmed_on=day(3),
        warning=LapseWarning(reason=LapseReason.UNUSED, told_on=day(8), ends_on=day(9)),
    )
    write(storage, lambda work: work.users.add_grant(grant))
    assert list(read(storage, lambda work: work.users.grants_of(ADA.id))) == [grant]
    renewed = evolve(grant, nomination_id=NominationId("n2"), confirmed_on=day(4), warning=None)
    write(storage, lambda work: work.users.replace_grant(renewed))
    assert list(read(storage, lambda work: work.users.grants_of(ADA.id))) == [renewed]


def test_what_was_done_about_a_user_is_told_oldest_first(storage: Storage) -> None:
    about = [
        AuditEvent(kind=AuditKind.GRANT_ADDED, at=NOON + MINUTE, actor=BEA.id, subject=ADA.id),
        AuditEvent(kind=AuditKind.USER_SUSPENDED, at=NOON, subject=ADA.id),
    ]
    record(storage, AuditEvent(kind=AuditKind.SIGNED_IN, at=NOON, actor=ADA.id), *about)
    assert list(read(storage, lambda work: work.audit.about(ADA.id))) == about
    assert list(read(storage, lambda work: work.audit.about(BEA.id))) == []


def test_the_last_sign_in_is_the_newest_of_that_user(storage: Storage) -> None:
    assert read(storage, lambda work: work.audit.last_sign_in(ADA.id)) is None
    for minutes in (3, 5, 1):
        record(storage, AuditEvent(kind=AuditKind.SIGNED_IN, at=NOON + minutes * MINUTE, actor=ADA.id))
    record(storage, AuditEvent(kind=AuditKind.SIGNED_IN, at=NOON + 9 * MINUTE, actor=BEA.id))
    record(storage, AuditEvent(kind=AuditKind.ROLE_CHOSEN, at=NOON + 9 * MINUTE, actor=ADA.id))
    assert read(storage, lambda work: work.audit.last_sign_in(ADA.id)) == NOON + 5 * MINUTE


def test_an_access_is_used_by_any_request_in_its_role_and_a_visit_begins_with_a_session(storage: Storage) -> None:
    def event(kind: AuditKind, minutes: int, actor: UserId = ADA.id, role: Role = Role.DELIVERY_PARTNER) -> AuditEvent:
        return AuditEvent(kind=kind, at=NOON + minutes * MINUTE, actor=actor, role=role, organisation_id="both")

    first = BEGINNINGS[0]
    assert read(storage, lambda work: work.audit.last_used(ADA.id, BOTH)) is None
    record(storage, *(event(kind, number) for number, kind in enumerate(BEGINNINGS)))
    assert read(storage, lambda work: work.audit.last_used(ADA.id, BOTH)) == NOON + MINUTE
    record(storage, event(AuditKind.LIST_VIEWED, 9), event(AuditKind.GRANT_ADDED, 20))
    record(storage, event(first, 21, actor=BEA.id), event(first, 22, role=Role.APPROPRIATE_BODY))
    record(storage, AuditEvent(kind=first, at=NOON + 23 * MINUTE, actor=ADA.id))
    assert read(storage, lambda work: work.audit.last_used(ADA.id, BOTH)) == NOON + 9 * MINUTE
    assert read(storage, lambda work: work.audit.last_visit(ADA.id, BOTH, NOON + 9 * MINUTE)) == NOON + MINUTE
    assert read(storage, lambda work: work.audit.last_visit(ADA.id, BOTH, NOON + MINUTE)) == NOON
    assert read(storage, lambda work: work.audit.last_visit(ADA.id, BOTH, NOON)) is None
    assert read(storage, lambda work: work.audit.last_used(ADA.id, BODY)) == NOON + 22 * MINUTE
    assert read(storage, lambda work: work.audit.last_used(ADA.id, NORTH)) is None


@pytest.mark.parametrize("kind", USES, ids=lambda kind: kind.value)
def test_every_kind_of_use_is_one(storage: Storage, kind: AuditKind) -> None:
    event = AuditEvent(kind=kind, at=NOON, actor=ADA.id, role=Role.DELIVERY_PARTNER, organisation_id="both")
    record(storage, event, evolve(event, kind=AuditKind.SIGNED_OUT, at=NOON + MINUTE))
    assert read(storage, lambda work: work.audit.last_used(ADA.id, BOTH)) == NOON


def test_undelivered_mail_to_a_team_is_told_whatever_follows_because_each_tells_something_of_its_own(
    storage: Storage,
) -> None:
    for minute in range(2):
        left = ColleagueLeft(role=Role.DELIVERY_PARTNER, organisation=f"Hub {minute}", suspended=True)
        entry = claimed(storage, left, NOON + minute * MINUTE)
        write(storage, lambda work, entry=entry: work.outbox.failed(entry, None, "It refused."))  # type: ignore[misc]
    assert len(read(storage, lambda work: work.outbox.dead_letters(9))) == 2


def test_undelivered_mail_is_told_unless_another_one_of_its_kind_followed(storage: Storage) -> None:
    def letters(limit: int = 9) -> list[tuple[str, MailState]]:
        found = read(storage, lambda work: work.outbox.dead_letters(limit))
        return [(mail.entry.id, mail.state) for mail in found]

    refused = claimed(storage)
    write(storage, lambda work: work.outbox.failed(refused, None, "It refused the recipient."))
    expired = claimed(storage, HowAccessIsGiven(), NOON + MINUTE)
    write(storage, lambda work: work.outbox.expired(expired))
    sent = claimed(storage, AddressChanged(name="Ada", is_new=True), NOON + 2 * MINUTE)
    write(storage, lambda work: work.outbox.sent(sent, NOON + 2 * MINUTE))
    assert letters() == [(expired.id, MailState.EXPIRED), (refused.id, MailState.REFUSED)]
    assert letters(1) == [(expired.id, MailState.EXPIRED)]
    write(storage, lambda work: work.outbox.bounced(sent.reference, NOON + 9 * MINUTE))
    assert letters()[0] == (sent.id, MailState.BOUNCED)
    write(storage, lambda work: work.outbox.queue(BEA.email, ASKED, NOON + 9 * MINUTE))
    assert len(letters()) == 3
    queue(storage, ASKED, NOON + 9 * MINUTE)
    assert letters() == [(sent.id, MailState.BOUNCED), (expired.id, MailState.EXPIRED)]
