"""rules.md, rule 7; security.md 3, 4, 15 and 18: what starts, holds and ends a link and a session."""

from datetime import datetime, timedelta
from typing import Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.sign_in.link_limits import LinkAnswer, LinkLimits
from checkdata.domain.sign_in.sessions import Lifetimes, Session, SignInLink
from checkdata.domain.values import UserId
from tests.strategies import NOON

TICK: Final = timedelta(microseconds=1)
LINK: Final = SignInLink(
    digest="d1gest", user_id=UserId("ada"), created_at=NOON, expires_at=NOON + timedelta(minutes=60)
)
SESSION: Final = Session(digest="d1gest", user_id=UserId("ada"), started_at=NOON, seen_at=NOON)
LIFETIMES: Final = Lifetimes()

minutes = st.integers(0, 900).map(lambda number: timedelta(minutes=number))


def at(**length: float) -> datetime:
    return NOON + timedelta(**length)


@pytest.mark.parametrize(
    ("over", "allowed"),
    [
        ({}, LinkAnswer.YES),
        ({"address": 6}, LinkAnswer.NOT_FOR_ADDRESS),
        ({"client": 51}, LinkAnswer.NO),
        ({"overall": 1001}, LinkAnswer.NO),
        ({"address": 6, "client": 51}, LinkAnswer.NO),
    ],
)
def test_each_limit_of_links_holds_by_itself(over: dict[str, int], allowed: LinkAnswer) -> None:
    assert LinkLimits().allow(**{"address": 5, "client": 50, "overall": 1000} | over) is allowed


def test_a_link_lives_60_minutes_a_session_30_idle_and_8_hours_in_all_unless_told() -> None:
    assert Lifetimes() == Lifetimes(link=timedelta(minutes=60), idle=timedelta(minutes=30), whole=timedelta(hours=8))


def test_a_link_is_usable_until_the_moment_at_which_it_expires() -> None:
    assert LINK.usable(NOON)
    assert LINK.usable(LINK.expires_at - TICK)
    assert not LINK.usable(LINK.expires_at)
    assert not LINK.usable(LINK.expires_at + timedelta(days=1))


@given(minutes, minutes)
def test_a_used_link_is_never_usable(used: timedelta, asked: timedelta) -> None:
    assert not evolve(LINK, used_at=NOON + used).usable(NOON + asked)


def test_a_session_holds_until_it_was_idle_too_long() -> None:
    assert SESSION.holds(at(minutes=30) - TICK, LIFETIMES)
    assert not SESSION.holds(at(minutes=30), LIFETIMES)
    touched = SESSION.touched(at(minutes=29))
    assert touched.holds(at(minutes=59) - TICK, LIFETIMES)
    assert not touched.holds(at(minutes=59), LIFETIMES)


def test_a_session_ends_after_its_whole_life_however_busy_it_is() -> None:
    busy = SESSION.touched(at(hours=8) - TICK)
    assert busy.holds(at(hours=8) - TICK, LIFETIMES)
    assert not busy.holds(at(hours=8), LIFETIMES)
    assert busy.ends_at(LIFETIMES) == at(hours=8)


@given(minutes, minutes)
def test_a_session_holds_exactly_until_it_ends(seen: timedelta, asked: timedelta) -> None:
    session = SESSION.touched(NOON + seen)
    ends_at = session.ends_at(LIFETIMES)
    assert session.holds(NOON + asked, LIFETIMES) is (NOON + asked < ends_at)
    assert ends_at == min(NOON + seen + LIFETIMES.idle, NOON + LIFETIMES.whole)


@given(minutes, minutes, minutes, minutes)
def test_the_lifetimes_are_settings(idle: timedelta, whole: timedelta, seen: timedelta, asked: timedelta) -> None:
    session = SESSION.touched(NOON + seen)
    holds = asked < seen + idle and asked < whole
    assert session.holds(NOON + asked, Lifetimes(idle=idle, whole=whole)) is holds


@given(st.lists(minutes, max_size=5), minutes)
def test_touching_never_makes_a_session_older_than_its_whole_life(touches: list[timedelta], asked: timedelta) -> None:
    session = SESSION
    for touch in touches:
        session = session.touched(NOON + touch)
    assert not session.holds(NOON + LIFETIMES.whole + asked, LIFETIMES)
    assert session.started_at == NOON


@pytest.mark.parametrize("organisation", [DeliveryPartner("north"), AppropriateBody("both")])
def test_a_choice_of_role_gives_a_session_of_the_same_age_without_the_id_of_the_old_one(
    organisation: DeliveryPartner | AppropriateBody,
) -> None:
    chosen = SESSION.acting_for(organisation, at=at(minutes=5))
    assert (chosen.digest, chosen.organisation, chosen.seen_at) == ("", organisation, at(minutes=5))
    assert (chosen.user_id, chosen.started_at) == (SESSION.user_id, SESSION.started_at)
    assert SESSION.organisation is None
    assert not chosen.touched(at(hours=8)).holds(at(hours=8), LIFETIMES)


def test_no_text_of_a_link_or_a_session_tells_its_digest() -> None:
    assert "d1gest" not in f"{LINK} {LINK!r} {SESSION} {SESSION!r}"
