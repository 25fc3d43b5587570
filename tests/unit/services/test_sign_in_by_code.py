"""The code beside a link: what it does and where, how often it may be wrong, and that no answer tells of an address."""

import pytest

from checkdata.adapters.tokens import SecretTokens
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import AskedTooOften, InvalidValue, SignInRefused
from checkdata.domain.keys import Keys
from checkdata.domain.messages import SignInLinkMessage
from checkdata.domain.services.sign_in.begin_session import NewSession
from checkdata.domain.services.sign_in.sign_in_by_code import CodeTry
from checkdata.domain.sign_in.link_limits import CodeLimits
from checkdata.domain.values import EmailAddress
from tests.unit.services.test_sign_in import suspend_without_ending_sessions
from tests.unit.services.world import ANN, World

BEA = EmailAddress("bea@north.example")
STRANGER = EmailAddress("stranger@else.example")
LIMITS = CodeLimits()


def try_code(world: World, typed: str, address: EmailAddress = ANN, browser: str = "here") -> NewSession:
    return world.sign_in_by_code.sign_in(CodeTry(typed=typed, address=address, browser=browser))


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_code_signs_in_its_user_and_that_is_on_record(world: World) -> None:
    user = world.add()
    visit = world.sign_in.resume(try_code(world, world.code()).token)
    assert visit is not None
    assert visit.user == user
    assert world.audit()[-1].kind is AuditKind.SIGNED_IN


@pytest.mark.parametrize("between", [" ", "-", " - "])
def test_digits_may_be_typed_in_groups(world: World, between: str) -> None:
    world.add()
    code = world.code()
    try_code(world, f" {code[:3]}{between}{code[3:]} ")


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "12.456"])
def test_what_is_no_code_is_told_so_and_is_no_try(world: World, typed: str) -> None:
    world.add()
    code = world.code()
    for _ in range(LIMITS.per_browser + 1):
        with pytest.raises(InvalidValue):
            try_code(world, typed)
    try_code(world, code)


def test_a_code_works_once_and_its_link_no_longer(world: World) -> None:
    world.add()
    code = world.code()
    message = world.mailer.sent[-1][1]
    assert isinstance(message, SignInLinkMessage)
    try_code(world, code)
    with pytest.raises(SignInRefused):
        try_code(world, code)
    assert not world.sign_in.link_works(message.url.rpartition("/")[2])


def test_a_link_that_was_used_takes_its_code_with_it(world: World) -> None:
    world.add()
    code = world.code()
    message = world.mailer.sent[-1][1]
    assert isinstance(message, SignInLinkMessage)
    world.sign_in.sign_in(message.url.rpartition("/")[2])
    with pytest.raises(SignInRefused):
        try_code(world, code)


def test_a_code_works_only_in_the_browser_that_asked_for_it(world: World) -> None:
    world.add()
    code = world.code(browser="here")
    with pytest.raises(SignInRefused):
        try_code(world, code, browser="there")
    try_code(world, code, browser="here")


def test_a_code_lives_ten_minutes_and_its_link_longer(world: World) -> None:
    world.add()
    code = world.code()
    world.pass_time(minutes=9, seconds=59)
    early = world.code(browser="another")
    try_code(world, early, browser="another")
    code = world.code()
    world.pass_time(minutes=10)
    with pytest.raises(SignInRefused):
        try_code(world, code)
    message = world.mailer.sent[-1][1]
    assert isinstance(message, SignInLinkMessage)
    assert world.sign_in.link_works(message.url.rpartition("/")[2])


def test_a_code_is_compared_only_for_the_address_whose_tries_are_counted(world: World) -> None:
    world.add()
    world.add(BEA)
    code = world.code()
    for address in (STRANGER, BEA):
        with pytest.raises(SignInRefused):
            try_code(world, code, address)
    try_code(world, code)


def test_the_code_of_an_earlier_mail_to_the_same_browser_still_works(world: World) -> None:
    world.add()
    first = world.code()
    world.code()
    try_code(world, first)


def test_however_often_mail_is_asked_for_a_try_is_compared_with_two_codes(world: World) -> None:
    world.add()
    codes = []
    for _ in range(4):
        codes.append(world.code())
        world.pass_time(minutes=1)
    for code in codes[:2]:
        with pytest.raises(SignInRefused):
            try_code(world, code)
    try_code(world, codes[2])


def test_five_wrong_codes_in_a_browser_are_all(world: World) -> None:
    world.add()
    code = world.code()
    for _ in range(LIMITS.per_browser):
        with pytest.raises(SignInRefused):
            try_code(world, other_than(code))
    with pytest.raises(AskedTooOften):
        try_code(world, code)


def test_ten_wrong_codes_for_an_address_are_all_for_a_day_in_whatever_browsers(world: World) -> None:
    world.add()
    for number in range(LIMITS.per_address):
        with pytest.raises(SignInRefused):
            try_code(world, "000000", browser=f"browser {number}")
    world.pass_time(hours=23)
    code = world.code()
    with pytest.raises(AskedTooOften):
        try_code(world, code)
    world.pass_time(hours=1)
    try_code(world, world.code())


def test_right_codes_are_not_counted(world: World) -> None:
    world.add()
    for _ in range(LIMITS.per_address + 1):
        try_code(world, world.code())
        world.pass_time(minutes=20)


def test_a_known_and_an_unknown_address_are_told_the_same_however_often_one_tries(world: World) -> None:
    world.add()
    code = world.code()
    told = []
    for address, browser in ((ANN, "here"), (STRANGER, "there")):
        for _ in range(LIMITS.per_browser + 2):
            with pytest.raises((SignInRefused, AskedTooOften)) as refused:
                try_code(world, other_than(code), address, browser)
            told.append(str(refused.value))
    assert told[: len(told) // 2] == told[len(told) // 2 :]
    assert len(set(told)) == 2


@pytest.mark.parametrize("ends_links", [True, False])
def test_a_suspended_users_code_is_told_as_a_wrong_one(world: World, *, ends_links: bool) -> None:
    user = world.add()
    code = world.code()
    if ends_links:
        world.access.suspend(ANN, reason="Left")
    else:
        suspend_without_ending_sessions(world, user)
    with pytest.raises(SignInRefused) as suspended:
        try_code(world, code)
    with pytest.raises(SignInRefused) as wrong:
        try_code(world, "999999")
    assert str(suspended.value) == str(wrong.value)


def test_a_mail_has_no_code_where_no_browser_asked_for_one(world: World) -> None:
    world.add()
    world.link()
    message = world.mailer.sent[-1][1]
    assert isinstance(message, SignInLinkMessage)
    assert message.code == ""


def test_a_code_outlives_a_new_key(world: World) -> None:
    old, new = "the key until now, 32 characters", "the key from now on, 32 chars ..."
    world.tokens = SecretTokens(Keys.of(old))
    world.add()
    code = world.code()
    world.tokens = SecretTokens(Keys.of(new, old))
    try_code(world, code)
