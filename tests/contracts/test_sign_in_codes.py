"""The code beside a link, over every storage: what is kept of it, and what becomes of sixteen tries at once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Final

import pytest
from attrs import evolve

from checkdata.domain.errors import AskedTooOften, SignInRefused
from checkdata.domain.messages import SignInLinkMessage
from checkdata.domain.people.users import SecondAddress
from checkdata.domain.ports import Storage
from checkdata.domain.services.sign_in.make_link import asked_text
from checkdata.domain.services.sign_in.sign_in_by_code import CodeTry, SignInByCode
from checkdata.domain.services.task_steps.bound_tokens import mark_of
from checkdata.domain.sign_in.link_limits import CodeLimits
from checkdata.domain.sign_in.sessions import Session, SignInLink
from checkdata.domain.values import EmailAddress
from tests.access_world import BOSS, AccessWorld

RACERS: Final = 16
STRANGER: Final = EmailAddress("stranger@else.example")


@pytest.fixture
def world(storage: Storage) -> AccessWorld:
    return AccessWorld(storage=storage)


def code_for(world: AccessWorld, browser: str = "here") -> str:
    """The code that Bob is sent now."""
    world.sign_in.request_link(str(BOSS), "192.0.2.1", browser=browser)
    world.send_mail.send_due()
    message = world.mailer.sent[-1][1]
    assert isinstance(message, SignInLinkMessage)
    return message.code


def outcomes(world: AccessWorld, tried: Callable[[int], CodeTry]) -> Counter[str]:
    """What becomes of sixteen tries at once."""
    by_code = SignInByCode(storage=world.storage, tokens=world.tokens, clock=world.clock)
    start = Barrier(RACERS)

    def run(number: int) -> str:
        start.wait()
        try:
            by_code.sign_in(tried(number))
        except (SignInRefused, AskedTooOften) as refused:
            return type(refused).__name__
        return "signed in"

    with ThreadPoolExecutor(RACERS) as racers:
        return Counter(racers.map(run, range(RACERS)))


def test_of_sixteen_who_enter_a_code_at_once_one_gets_a_session(world: AccessWorld) -> None:
    code = code_for(world)
    assert outcomes(world, lambda _: CodeTry(typed=code, address=BOSS, browser="here"))["signed in"] == 1


@pytest.mark.parametrize("address", [BOSS, STRANGER])
def test_of_sixteen_wrong_codes_at_once_in_a_browser_five_are_compared(
    world: AccessWorld, address: EmailAddress
) -> None:
    code_for(world)
    told = outcomes(world, lambda number: CodeTry(typed=f"99{number:04d}", address=address, browser="here"))
    assert told == {"SignInRefused": CodeLimits().per_browser, "AskedTooOften": RACERS - CodeLimits().per_browser}


@pytest.mark.parametrize("address", [BOSS, STRANGER])
def test_of_sixteen_wrong_codes_at_once_for_an_address_ten_are_compared(
    world: AccessWorld, address: EmailAddress
) -> None:
    told = outcomes(world, lambda number: CodeTry(typed="999999", address=address, browser=f"browser {number}"))
    assert told == {"SignInRefused": CodeLimits().per_address, "AskedTooOften": RACERS - CodeLimits().per_address}


def test_both_addresses_of_a_user_count_as_one(world: AccessWorld) -> None:
    second = EmailAddress("boss@second.example")
    with world.storage.writing() as work:
        (bob,) = [user for user in work.users.search("boss") if user.email == BOSS]
        work.users.replace(evolve(bob, second=SecondAddress(email=second, confirmed_at=world.now)))
        work.commit()
    told = outcomes(
        world,
        lambda number: CodeTry(typed="999999", address=(BOSS, second)[number % 2], browser=f"browser {number}"),
    )
    assert told["SignInRefused"] == CodeLimits().per_address


def test_neither_a_code_nor_what_its_browser_keeps_is_stored(world: AccessWorld) -> None:
    browser = "what only the browser keeps, 43 characters"
    code = code_for(world, browser)
    link = stored(world, browser)
    assert link.code is not None
    assert code not in link.code.digest
    assert browser not in link.code.asked_as


def stored(world: AccessWorld, browser: str = "here") -> SignInLink:
    """The link that was mailed for this browser, as it is stored."""
    with world.storage.reading() as work:
        (link,) = work.sign_ins.links_asked_as(world.tokens.digest(asked_text(browser)))
    return link


@pytest.mark.parametrize("moved_to", ["another user", "another browser"])
def test_a_code_that_was_made_anothers_by_hand_opens_nothing(world: AccessWorld, moved_to: str) -> None:
    code, link = code_for(world), stored(world)
    assert link.code is not None
    changed = (
        evolve(link, digest="another", user_id=world.sue.user_id)
        if moved_to == "another user"
        else evolve(
            link,
            digest="another",
            code=evolve(link.code, asked_as=world.tokens.digest(asked_text("there"))),
        )
    )
    with world.storage.writing() as work:
        work.sign_ins.end_links(world.bob.user_id, world.now)
        work.sign_ins.add_link(changed)
        work.commit()
    by_code = SignInByCode(storage=world.storage, tokens=world.tokens, clock=world.clock)
    for browser in ("here", "there"):
        with pytest.raises(SignInRefused):
            by_code.sign_in(CodeTry(typed=code, address=BOSS, browser=browser))


def test_what_is_hashed_of_what_a_browser_sends_as_its_token_signs_no_user_in(world: AccessWorld) -> None:
    mark = mark_of(Session(user_id=world.sue.user_id, started_at=world.now, seen_at=world.now))
    code_for(world, f"chosen by a client {mark}")
    link = stored(world, f"chosen by a client {mark}")
    assert link.code is not None
    with world.storage.writing() as work:
        work.sign_ins.add_session(
            Session(digest=link.code.asked_as, user_id=world.sue.user_id, started_at=world.now, seen_at=world.now)
        )
        work.commit()
    assert world.sign_in.resume(f"chosen by a client {mark}") is None
