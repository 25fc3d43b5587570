"""What every adapter of `checkdata.domain.ports.ApiKeys` must do, and issuing and using keys over each of them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

import pytest
from attrs import evolve

from checkdata.domain.access.decision import AccessRefused, Acting, Granted, Reason, Refused
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken, StorageConflict
from checkdata.domain.form_digest import FormDigest
from checkdata.domain.messages import AccessRemoved, KeyChanged
from checkdata.domain.people.organisations import Role, SupportTeam
from checkdata.domain.people.users import SecondAddress
from checkdata.domain.ports import Storage
from checkdata.domain.services.access.issue_keys import LONGEST_NAME, CollectedKey, NewKey
from checkdata.domain.services.task_steps.bound_tokens import with_token
from checkdata.domain.sign_in.api_keys import (
    COLLECTED_WITHIN,
    LONGEST_LIFE,
    ApiKey,
    CallingService,
    KeyState,
    Question,
    Revocation,
    UnderGrant,
)
from checkdata.domain.values import EmailAddress, UserId
from checkdata.testing._suites.people import ADA, BEA
from checkdata.testing._suites.people import NORTH as ADAS
from tests.access_world import BODY, BOSS, CAT, NORTH, AccessWorld
from tests.contracts.examples import with_people
from tests.contracts.units_of_work import read, write
from tests.strategies import NOON

SERVICE: Final = CallingService("Register trainees", [Question.EVALUATION])
REVOCATION: Final = Revocation(at=NOON + timedelta(hours=1), by=UserId("sue"), reason="Lost")


def a_key(key_id: str = "k1", **changes: Any) -> ApiKey:  # noqa: ANN401 - any field
    key = ApiKey(
        id=key_id,
        name="Nightly",
        given_to=UnderGrant(ADA.id, ADAS),
        issued_by=UserId("sue"),
        issued_at=NOON,
        reason="Ticket 12",
        expires_on=date(2025, 3, 1),
    )
    return evolve(key, **changes)


def keep(storage: Storage, *keys: ApiKey) -> None:
    for key in keys:
        write(storage, lambda work, key=key: work.api_keys.add(key))  # type: ignore[misc]


def test_keys_are_kept_as_they_are_and_found_the_newest_first(storage: Storage) -> None:
    with_people(storage)
    later = a_key("k2", given_to=SERVICE, issued_by=None, issued_at=NOON + timedelta(hours=1))
    beas = a_key("k3", given_to=UnderGrant(BEA.id, ADAS))
    keep(storage, a_key(), later, beas)
    assert read(storage, lambda work: work.api_keys.all()) == [later, beas, a_key()]
    assert read(storage, lambda work: work.api_keys.of_user(ADA.id)) == [a_key()]
    assert read(storage, lambda work: work.api_keys.get("k2")) == later
    assert read(storage, lambda work: work.api_keys.get("k4")) is None
    found = read(storage, lambda work: work.api_keys.get("k1"))
    assert found is not None
    assert isinstance(found.given_to, UnderGrant)
    assert found.given_to.organisation.name == ADAS.name
    with pytest.raises(StorageConflict):
        keep(storage, a_key(name="Another"))


def test_a_key_gets_one_secret_for_good_and_no_two_the_same(storage: Storage) -> None:
    with_people(storage)
    keep(storage, a_key(), a_key("k2"))
    write(storage, lambda work: work.api_keys.give_secret("k1", "digest", NOON))
    for key_id, digest in (("k1", "another"), ("k2", "digest")):
        with pytest.raises(StorageConflict):
            write(storage, lambda work, given=(key_id, digest): work.api_keys.give_secret(*given, NOON))  # type: ignore[misc]
    found = read(storage, lambda work: work.api_keys.with_digest("digest"))
    assert found == a_key(digest="digest", collected_at=NOON)
    for unknown in ("another", ""):
        assert read(storage, lambda work, it=unknown: work.api_keys.with_digest(it)) is None  # type: ignore[misc]


def test_a_key_is_revoked_once_and_stays_so(storage: Storage) -> None:
    with_people(storage)
    keep(storage, a_key())
    write(storage, lambda work: work.api_keys.revoke("k1", REVOCATION))
    with pytest.raises(StorageConflict):
        write(storage, lambda work: work.api_keys.revoke("k1", evolve(REVOCATION, reason="Other")))
    assert read(storage, lambda work: work.api_keys.get("k1")) == a_key(revoked=REVOCATION)


def test_the_day_of_the_last_use_never_goes_back(storage: Storage) -> None:
    with_people(storage)
    keep(storage, a_key())
    for day in (date(2024, 6, 4), date(2024, 6, 3)):
        with storage.at_once() as work:
            work.api_keys.note_use("k1", day)
    assert read(storage, lambda work: work.api_keys.get("k1")) == a_key(last_used_on=date(2024, 6, 4))


@pytest.fixture
def world(storage: Storage) -> AccessWorld:
    return AccessWorld(storage=storage)


def new_key(world: AccessWorld, **changes: Any) -> NewKey:  # noqa: ANN401 - any field
    return evolve(NewKey(name="Nightly  sync", expires_on=world.today + LONGEST_LIFE, reason=" Ticket 12 "), **changes)


def issued(world: AccessWorld) -> ApiKey:
    return world.issue_keys.issue(world.bob.user_id, NORTH, new_key(world), by=world.sue.user_id)


def collected(world: AccessWorld) -> CollectedKey:
    return world.issue_keys.collect(issued(world).id, by=world.bob)


def works(world: AccessWorld, secret: str) -> bool:
    visit = world.use_keys.visit(secret)
    return visit is not None and isinstance(visit.decision, Granted)


def test_support_issues_and_only_its_user_gets_the_secret_once(world: AccessWorld) -> None:
    world.mails()
    key = issued(world)
    assert (key.name, key.state(world.now)) == ("Nightly sync", KeyState.WAITS)
    mails = world.mails()
    assert [(to, type(message)) for to, message in mails] == [(BOSS, KeyChanged)]
    cat = Acting(world.add(CAT, Role.DELIVERY_PARTNER, NORTH.id).id, NORTH)
    for other in (cat, world.sue, Acting(world.sue.user_id, NORTH), Acting(world.bob.user_id, BODY)):
        with pytest.raises((ChangeRefused, AccessRefused)):
            world.issue_keys.collect(key.id, by=other)
    got = world.issue_keys.collect(key.id, by=world.bob)
    assert got.secret.startswith(key.prefix)
    assert got.secret not in str(got)
    assert works(world, got.secret)
    assert [(to, message.event) for to, message in world.mails() if isinstance(message, KeyChanged)] == [
        (BOSS, "collected")
    ]
    with pytest.raises(Overtaken):
        world.issue_keys.collect(key.id, by=world.bob)
    told = [event for event in world.audit() if event.details.get("key") == key.id]
    assert [(event.kind, event.actor) for event in told] == [
        (AuditKind.KEY_ISSUED, world.sue.user_id),
        (AuditKind.KEY_COLLECTED, world.bob.user_id),
    ]
    assert got.secret not in str(world.audit())


def test_a_secret_waits_for_its_user_for_a_week(world: AccessWorld) -> None:
    key = issued(world)
    world.now += COLLECTED_WITHIN
    with pytest.raises(Overtaken):
        world.issue_keys.collect(key.id, by=world.bob)
    assert key.state(world.now) is KeyState.EXPIRED


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "Enter the name of the key"),
        ({"name": "x" * (LONGEST_NAME + 1)}, "100 characters"),
        ({"name": "a\u202eb"}, "cannot be seen"),
        ({"reason": " "}, "Enter a reason"),
        ({"expires_on": date(2024, 6, 3)}, "must expire after today"),
        ({"expires_on": date(2025, 6, 4)}, "by 3 June 2025"),
    ],
)
def test_a_key_has_a_name_a_reason_and_a_day_within_a_year(
    world: AccessWorld, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ChangeRefused, match=sentence):
        world.issue_keys.issue(world.bob.user_id, NORTH, new_key(world, **changes), by=world.sue.user_id)
    with pytest.raises(ChangeRefused, match=sentence):
        world.issue_keys.issue_to_service(SERVICE, new_key(world, **changes))
    assert world.issue_keys.listed() == ([], {})


def test_a_key_is_issued_only_by_support_and_only_under_access_that_its_user_has(world: AccessWorld) -> None:
    issue, new = world.issue_keys.issue, new_key(world)
    with pytest.raises(AccessRefused):
        issue(world.bob.user_id, NORTH, new, by=world.bob.user_id)
    with pytest.raises(Overtaken):
        issue(world.bob.user_id, BODY, new, by=world.sue.user_id)
    with pytest.raises(ChangeRefused):
        issue(world.ben.user_id, SupportTeam(), new, by=world.sue.user_id)
    with pytest.raises(Overtaken):
        issue(world.bob.user_id, NORTH, new, by=world.sue.user_id, seen=FormDigest("what another page showed"))
    sues = world.add(EmailAddress("sue@dfe.example"), Role.DELIVERY_PARTNER, NORTH.id).id
    with pytest.raises(ChangeRefused, match="your own access"):
        issue(sues, NORTH, new, by=world.sue.user_id)
    world.access.suspend(BOSS, reason="Away")
    with pytest.raises(Overtaken):
        issue(world.bob.user_id, NORTH, new, by=world.sue.user_id)
    assert world.issue_keys.listed() == ([], {})


def test_a_key_works_only_while_its_user_may_on_each_request(world: AccessWorld) -> None:
    secret = collected(world).secret
    visit = world.use_keys.visit(secret)
    assert visit is not None
    assert visit.acting == world.bob
    world.access.suspend(BOSS, reason="Away")
    visit = world.use_keys.visit(secret)
    assert visit is not None
    assert isinstance(visit.decision, Refused)
    assert visit.decision.reason is Reason.SUSPENDED
    world.access.reinstate(BOSS, reason="Back")
    assert works(world, secret)
    for agreement in ("ag-1", "ag-2"):
        world.manage_agreements.end(agreement, reason="Over")
    visit = world.use_keys.visit(secret)
    assert visit is not None
    assert isinstance(visit.decision, Refused)
    assert visit.decision.reason is Reason.NO_AGREEMENT


def test_access_that_ends_takes_its_keys_with_it_for_good(world: AccessWorld) -> None:
    world.add(BOSS, Role.APPROPRIATE_BODY, BODY.id)
    of_body = world.issue_keys.issue(world.bob.user_id, BODY, new_key(world), by=world.sue.user_id)
    bodys = world.issue_keys.collect(of_body.id, by=Acting(world.bob.user_id, BODY)).secret
    secret = collected(world).secret
    world.mails()
    world.access.remove(BOSS, role=Role.DELIVERY_PARTNER, reason="Left")
    assert {type(message) for _, message in world.mails()} == {AccessRemoved, KeyChanged}
    world.add(BOSS, Role.DELIVERY_PARTNER, NORTH.id)
    assert world.use_keys.visit(secret) is None
    assert works(world, bodys)


def change_address(world: AccessWorld) -> None:
    world.help_users.change_address(BOSS, EmailAddress("other@north.example"), reason="Another reads the old mailbox")


def remove_second_address(world: AccessWorld) -> None:
    with world.storage.writing() as work:
        bob = work.users.get(world.bob.user_id)
        assert bob is not None
        second = SecondAddress(email=EmailAddress("second@north.example"), confirmed_at=world.now)
        work.users.replace(evolve(bob, second=second))
        work.commit()
    world.help_users.remove_address(BOSS, reason="Left")


def sign_out_everywhere(world: AccessWorld) -> None:
    world.help_users.end_sessions(BOSS, reason="Stolen", by=world.sue.user_id)


def say_that_they_left(world: AccessWorld) -> None:
    cat = Acting(world.add(CAT, Role.DELIVERY_PARTNER, NORTH.id).id, NORTH)
    world.keep_team.has_left(world.bob.user_id, by=cat)
    world.access.reinstate(BOSS, reason="A mistake")


@pytest.mark.parametrize("end", [change_address, remove_second_address, sign_out_everywhere, say_that_they_left])
def test_what_ends_the_sessions_of_a_user_ends_their_keys_and_those_that_wait(
    world: AccessWorld, end: Callable[[AccessWorld], None]
) -> None:
    secret, waiting = collected(world).secret, issued(world)
    world.mails()
    end(world)
    assert world.use_keys.visit(secret) is None
    with pytest.raises(Overtaken):
        world.issue_keys.collect(waiting.id, by=world.bob)
    told = [message.event for _, message in world.mails() if isinstance(message, KeyChanged)]
    assert told == ["revoked"] * 2
    ended = [event for event in world.audit() if event.kind is AuditKind.KEY_REVOKED]
    assert len(ended) == len(told)
    assert all(event.details["reason"] for event in ended)


def test_access_that_ends_tells_nothing_of_a_key_that_has_expired(world: AccessWorld) -> None:
    issued(world)
    world.now += COLLECTED_WITHIN
    world.mails()
    world.access.remove(BOSS, role=Role.DELIVERY_PARTNER, reason="Left")
    assert {type(message) for _, message in world.mails()} == {AccessRemoved}


def test_a_key_does_not_work_from_the_day_on_which_it_expires_in_london(world: AccessWorld) -> None:
    key = world.issue_keys.issue(
        world.bob.user_id, NORTH, new_key(world, expires_on=date(2024, 6, 10)), by=world.sue.user_id
    )
    secret = world.issue_keys.collect(key.id, by=world.bob).secret
    world.now = world.now.replace(day=9, hour=22, minute=59)
    assert works(world, secret)
    world.pass_time(minutes=1)
    assert world.use_keys.visit(secret) is None


def test_who_revokes_a_key_is_on_record_and_its_user_is_told(world: AccessWorld) -> None:
    secret, key = (got := collected(world)).secret, got.key
    world.mails()
    with pytest.raises(AccessRefused):
        world.issue_keys.revoke(key.id, reason="Lost", by=world.bob.user_id)
    world.issue_keys.revoke(key.id, reason=" Lost ", by=world.ben.user_id)
    assert world.use_keys.visit(secret) is None
    [(to, message)] = world.mails()
    assert (to, isinstance(message, KeyChanged) and message.event) == (BOSS, "revoked")
    event = world.audit()[-1]
    told = event.kind, event.actor, event.subject, event.details["reason"]
    assert told == (AuditKind.KEY_REVOKED, world.ben.user_id, world.bob.user_id, "Lost")
    with pytest.raises(Overtaken):
        world.issue_keys.revoke(key.id, reason="Again")
    with pytest.raises(Overtaken):
        world.issue_keys.revoke_own(key.id, reason="Again", by=world.bob)
    with pytest.raises(ChangeRefused, match="no such key"):
        world.issue_keys.revoke("unknown", reason="Lost")


def test_its_user_revokes_a_key_and_no_other_user_of_the_organisation(world: AccessWorld) -> None:
    cat = Acting(world.add(CAT, Role.DELIVERY_PARTNER, NORTH.id).id, NORTH)
    got = collected(world)
    assert [key.id for key in world.issue_keys.of(world.bob)] == [got.key.id]
    assert world.issue_keys.of(cat) == []
    with pytest.raises(ChangeRefused, match="no such key"):
        world.issue_keys.revoke_own(got.key.id, reason="Lost", by=cat)
    world.issue_keys.revoke_own(got.key.id, reason="Lost", by=world.bob)
    assert world.use_keys.visit(got.secret) is None


def test_a_calling_service_may_ask_what_its_key_says_and_sees_no_participant(world: AccessWorld) -> None:
    got = world.issue_keys.issue_to_service(SERVICE, new_key(world))
    asking = world.use_keys.calling_service(got.secret)
    assert asking is not None
    assert asking[1] == SERVICE
    assert world.use_keys.visit(got.secret) is None
    assert world.use_keys.calling_service(collected(world).secret) is None
    with pytest.raises(ChangeRefused):
        world.issue_keys.issue_to_service(CallingService("Register", []), new_key(world))
    world.issue_keys.revoke(got.key.id, reason="Lost")
    assert world.use_keys.calling_service(got.secret) is None


def test_a_key_that_a_question_found_is_that_of_the_secret_or_is_looked_up(world: AccessWorld) -> None:
    got, other = (world.issue_keys.issue_to_service(SERVICE, new_key(world)) for _ in range(2))
    expected = world.use_keys.calling_service(got.secret)
    for each in (got, other):
        assert world.use_keys.calling_service(got.secret, world.issue_keys.one(each.key.id)) == expected
    world.issue_keys.revoke(got.key.id, reason="Lost")
    for each in (got, other):
        assert world.use_keys.calling_service(got.secret, world.issue_keys.one(each.key.id)) is None


def test_nothing_but_a_secret_is_looked_up(world: AccessWorld) -> None:
    secret = collected(world).secret
    for other in ("", secret[:-1], secret + "0", secret.upper(), f" {secret}", secret[:-1] + "\n", "checkdata-" * 9999):
        assert world.use_keys.visit(other) is None


def test_a_use_is_noted_by_day(world: AccessWorld) -> None:
    got = collected(world)
    key = world.issue_keys.one(got.key.id)
    assert key is not None
    assert key.last_used_on is None
    for _ in range(2):
        assert works(world, got.secret)
    world.pass_time(days=1)
    assert works(world, got.secret)
    key = world.issue_keys.one(got.key.id)
    assert key is not None
    assert key.last_used_on == world.today


FORGED: Final[tuple[Callable[[AccessWorld, ApiKey], ApiKey], ...]] = (
    lambda world, key: evolve(key, id="mine", given_to=UnderGrant(world.sue.user_id, NORTH)),
    lambda _, key: evolve(key, id="mine", given_to=SERVICE),
    lambda _, key: evolve(key, id="mine"),
    lambda _, key: evolve(key, expires_on=key.expires_on + timedelta(days=1)),
)


def test_a_row_with_the_digest_of_a_secret_that_was_made_for_it_is_a_key(world: AccessWorld) -> None:
    key = a_key("0" * 32, given_to=UnderGrant(world.bob.user_id, NORTH))
    secret, known = with_token(world.tokens, key, key.prefix)
    keep(world.storage, key)
    write(world.storage, lambda work: work.api_keys.give_secret(key.id, known.digest, world.now))
    assert works(world, secret)


@pytest.mark.parametrize("forged", FORGED, ids=["another user", "a service", "another key", "longer"])
def test_a_row_with_the_digest_of_a_known_secret_lets_nobody_else_in(
    world: AccessWorld, forged: Callable[[AccessWorld, ApiKey], ApiKey]
) -> None:
    """Who can add rows has a secret of their own, and writes its digest beside another's id (security.md 56)."""
    key = a_key("0" * 32, given_to=UnderGrant(world.bob.user_id, NORTH))
    secret, known = with_token(world.tokens, key, key.prefix)
    row = forged(world, known)
    keep(world.storage, row)
    write(world.storage, lambda work: work.api_keys.give_secret(row.id, known.digest, world.now))
    assert world.use_keys.visit(secret) is None
    assert world.use_keys.calling_service(secret) is None
