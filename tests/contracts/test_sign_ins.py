"""What every adapter of `checkdata.domain.ports.SignIns` must do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta, timezone
from functools import partial

import pytest
from attrs import evolve

from checkdata.domain.access.decision import AccessFacts
from checkdata.domain.feed.contents import References
from checkdata.domain.people.organisations import DeliveryPartner, Organisation, PolicyTeam, SupportTeam
from checkdata.domain.ports import Storage
from checkdata.domain.sign_in.sessions import Session, SignInCode, SignInLink
from checkdata.testing._suites.people import ADA, BEA, BODY, BOTH, NORTH, a_grant, add_grants, an_agreement
from tests.contracts.examples import a_link, a_session, put, with_people
from tests.contracts.units_of_work import read, write
from tests.strategies import NOON, day

RACERS = 16
MINUTE = timedelta(minutes=1)


def add_links(storage: Storage, *links: SignInLink) -> None:
    with storage.writing() as work:
        for link in links:
            work.sign_ins.add_link(link)
        work.commit()


def add_sessions(storage: Storage, *sessions: Session) -> None:
    with storage.writing() as work:
        for session in sessions:
            work.sign_ins.add_session(session)
        work.commit()


@pytest.fixture(autouse=True)
def people(storage: Storage) -> None:
    with_people(storage)


def test_an_unknown_digest_stands_for_no_link_and_no_session(storage: Storage) -> None:
    assert read(storage, lambda work: work.sign_ins.link("l1")) is None
    assert read(storage, lambda work: work.sign_ins.session("s1")) is None
    assert write(storage, lambda work: work.sign_ins.use_link("l1", NOON)) is None


def test_a_link_comes_back_as_it_was_kept(storage: Storage) -> None:
    precise = NOON + timedelta(microseconds=123456)
    code = SignInCode(asked_as="here", digest="c", expires_at=precise)
    links = [a_link(), a_link("l2", user_id=BEA.id, used_at=NOON), a_link("l3", created_at=precise, code=code)]
    add_links(storage, *links)
    with storage.reading() as work:
        assert [work.sign_ins.link(link.digest) for link in links] == links


def test_links_are_found_by_the_browser_for_which_they_have_a_code(storage: Storage) -> None:
    here, there = (SignInCode(asked_as=browser, digest="c", expires_at=NOON) for browser in ("here", "there"))
    links = [a_link("l1", code=here), a_link("l2", code=there), a_link("l3"), a_link("l4", code=here, used_at=NOON)]
    add_links(storage, *links)
    assert {link.digest for link in read(storage, lambda work: work.sign_ins.links_asked_as("here"))} == {"l1", "l4"}


def test_a_link_works_once(storage: Storage) -> None:
    add_links(storage, a_link())
    used = write(storage, lambda work: work.sign_ins.use_link("l1", NOON + MINUTE))
    assert used is not None
    assert (used.user_id, used.used_at) == (a_link().user_id, NOON + MINUTE)
    assert write(storage, lambda work: work.sign_ins.use_link("l1", NOON + 2 * MINUTE)) is None
    assert read(storage, lambda work: work.sign_ins.link("l1")) == used


def test_a_link_works_until_the_moment_at_which_it_expires(storage: Storage) -> None:
    add_links(storage, a_link("l1"), a_link("l2"))
    expires_at = a_link().expires_at
    assert write(storage, lambda work: work.sign_ins.use_link("l1", expires_at)) is None
    assert write(storage, lambda work: work.sign_ins.use_link("l2", expires_at - timedelta(microseconds=1))) is not None
    unused = read(storage, lambda work: work.sign_ins.link("l1"))
    assert unused is not None
    assert unused.used_at is None


def test_a_moment_is_the_same_whatever_its_offset(storage: Storage) -> None:
    add_links(storage, a_link(expires_at=a_link().expires_at.astimezone(timezone(timedelta(hours=9)))))
    far = timezone(timedelta(hours=-8))
    assert read(storage, lambda work: work.sign_ins.link("l1")) == a_link()
    assert write(storage, lambda work: work.sign_ins.use_link("l1", a_link().expires_at.astimezone(far))) is None
    assert write(storage, lambda work: work.sign_ins.use_link("l1", NOON.astimezone(far))) is not None


def test_a_use_that_is_not_committed_leaves_the_link_usable(storage: Storage) -> None:
    add_links(storage, a_link())
    with storage.writing() as work:
        assert work.sign_ins.use_link("l1", NOON) is not None
    assert write(storage, lambda work: work.sign_ins.use_link("l1", NOON)) is not None


def test_of_many_at_once_one_gets_the_link(storage: Storage) -> None:
    add_links(storage, a_link())
    with ThreadPoolExecutor(RACERS) as racers:
        results = list(
            racers.map(lambda _: write(storage, lambda work: work.sign_ins.use_link("l1", NOON)), range(RACERS))
        )
    assert len([link for link in results if link is not None]) == 1


def test_ending_links_ends_all_of_the_users_that_are_unused_and_no_others(storage: Storage) -> None:
    used = a_link("l2", used_at=NOON)
    add_links(storage, a_link(), used, a_link("l3"), a_link("l4", user_id=BEA.id))
    write(storage, lambda work: work.sign_ins.end_links(a_link().user_id, NOON + MINUTE))
    with storage.reading() as work:
        links = [work.sign_ins.link(digest) for digest in ("l1", "l2", "l3", "l4")]
    assert links == [
        a_link(used_at=NOON + MINUTE),
        used,
        a_link("l3", used_at=NOON + MINUTE),
        a_link("l4", user_id=BEA.id),
    ]


@pytest.mark.parametrize("organisation", [None, NORTH, BOTH, BODY, SupportTeam(), PolicyTeam()])
def test_a_session_comes_back_as_it_was_kept_its_organisation_with_its_name(
    storage: Storage, organisation: Organisation | None
) -> None:
    session = a_session(organisation=organisation, seen_at=NOON + MINUTE)
    add_sessions(storage, session)
    found = read(storage, lambda work: work.sign_ins.session("s1"))
    assert found == session
    assert found is not None
    assert found.organisation is None or organisation is None or found.organisation.name == organisation.name


def test_a_session_tells_what_its_organisation_is_called_now(storage: Storage) -> None:
    add_sessions(storage, a_session(organisation=DeliveryPartner("north")))
    put(storage, References(delivery_partners=[DeliveryPartner("north", "Łódź Hub")]))
    found = read(storage, lambda work: work.sign_ins.session("s1"))
    assert found is not None
    assert found.organisation is not None
    assert found.organisation.name == "Łódź Hub"


def test_touching_notes_when_a_session_was_seen_and_nothing_else(storage: Storage) -> None:
    add_sessions(storage, a_session(organisation=NORTH), a_session("s2"))
    write(storage, lambda work: work.sign_ins.touch("s1", NOON + MINUTE))
    touched = a_session(organisation=NORTH, seen_at=NOON + MINUTE)
    assert read(storage, lambda work: work.sign_ins.session("s1")) == touched
    assert read(storage, lambda work: work.sign_ins.session("s2")) == a_session("s2")


def test_touching_or_ending_a_session_that_is_none_changes_nothing(storage: Storage) -> None:
    add_sessions(storage, a_session())
    write(storage, lambda work: work.sign_ins.touch("none", NOON + MINUTE))
    write(storage, lambda work: work.sign_ins.end_session("none"))
    assert write(storage, lambda work: work.sign_ins.end_sessions(BEA.id)) == 0
    assert read(storage, lambda work: work.sign_ins.session("s1")) == a_session()
    assert read(storage, lambda work: work.sign_ins.session("none")) is None


def test_an_ended_session_is_gone_and_no_other(storage: Storage) -> None:
    add_sessions(storage, a_session(), a_session("s2"))
    write(storage, lambda work: work.sign_ins.end_session("s1"))
    assert read(storage, lambda work: work.sign_ins.session("s1")) is None
    assert read(storage, lambda work: work.sign_ins.session("s2")) == a_session("s2")


def test_all_sessions_of_a_user_end_at_once_and_are_counted(storage: Storage) -> None:
    others = evolve(a_session("s3"), user_id=BEA.id)
    add_sessions(storage, a_session(), a_session("s2", organisation=BODY), others)
    assert write(storage, lambda work: work.sign_ins.end_sessions(a_session().user_id)) == 2
    with storage.reading() as work:
        assert [work.sign_ins.session(digest) for digest in ("s1", "s2", "s3")] == [None, None, others]


@pytest.mark.parametrize("organisation", [None, NORTH, BODY, SupportTeam()])
def test_a_visitor_is_the_session_and_the_facts_about_its_user(
    storage: Storage, organisation: Organisation | None
) -> None:
    add_grants(
        storage,
        a_grant("g2", granted_on=day(-1)),
        a_grant("g1", granted_on=day(-2), ended_on=day(-1)),
        a_grant("g0", organisation=BODY, granted_on=day(-1)),
        a_grant("g4", organisation=BOTH),
        a_grant("g3", user_id=BEA.id),
    )
    put(storage, References(agreements=[an_agreement("a3"), an_agreement("a0")]))
    add_sessions(storage, a_session(organisation=organisation), a_session("s2", user_id=BEA.id))
    for digest in ("s1", "s2", "s3"):
        with storage.reading() as work:
            session = work.sign_ins.session(digest)
            expected = None if session is None else (session, work.users.facts(session.user_id))
        with storage.at_once() as work:
            found = work.sign_ins.visitor(digest)
        assert (found and plain(*found)) == (expected and plain(*expected))


def plain(session: Session, facts: AccessFacts) -> tuple[object, ...]:
    return session, facts.user, list(facts.grants), list(facts.agreements)


def test_a_visitor_without_any_access_is_a_visitor_all_the_same(storage: Storage) -> None:
    add_sessions(storage, a_session())
    with storage.at_once() as work:
        found = work.sign_ins.visitor("s1")
    assert found is not None
    assert plain(*found) == (a_session(), ADA, [], [])


def test_touching_or_ending_a_session_tells_whether_there_was_one(storage: Storage) -> None:
    add_sessions(storage, a_session())
    assert write(storage, lambda work: work.sign_ins.touch("s1", NOON + MINUTE))
    assert write(storage, lambda work: work.sign_ins.end_session("s1"))
    assert not write(storage, lambda work: work.sign_ins.touch("s1", NOON + MINUTE))
    assert not write(storage, lambda work: work.sign_ins.end_session("s1"))


def test_a_session_is_ended_by_what_it_began_as_whatever_its_digest_is(storage: Storage) -> None:
    followed = evolve(a_session("s1").acting_for(NORTH, at=NOON), digest="s2")
    others = a_session("s3"), a_session("s4", user_id=BEA.id, began_as="s1")
    add_sessions(storage, followed, *others)
    assert read(storage, lambda work: work.sign_ins.session("s2")) == followed
    assert read(storage, lambda work: work.sign_ins.begun_as("s3")) == others[0]
    assert read(storage, lambda work: work.sign_ins.begun_as("nothing")) is None
    assert write(storage, lambda work: work.sign_ins.end_begun_as(ADA.id, "s1"))
    assert not write(storage, lambda work: work.sign_ins.end_begun_as(ADA.id, "s1"))
    assert read(storage, lambda work: work.sign_ins.session("s2")) is None
    for session in others:
        assert read(storage, partial(lambda digest, work: work.sign_ins.session(digest), session.digest)) == session
