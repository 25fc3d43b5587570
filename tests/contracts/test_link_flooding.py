"""A user who asks for a sign-in link has one that works, whatever others do in their name (security.md 13, ASVS
6.1.1)."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count
from threading import Barrier
from typing import Final

from attrs import define, field
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkdata.adapters.memory import MemoryMailer, MemoryTokens
from checkdata.domain.messages import SignInLinkMessage
from checkdata.domain.people.users import User
from checkdata.domain.ports import Storage
from checkdata.domain.services.mail.send_mail import SendMail
from checkdata.domain.services.sign_in.sign_in import SignIn
from checkdata.domain.sign_in.link_limits import LinkLimits
from checkdata.domain.values import EmailAddress, UserId
from tests.contracts.units_of_work import write
from tests.strategies import NOON

LIMITS: Final = LinkLimits(window=timedelta(minutes=15), per_address=2, per_client=10_000, overall=10_000)
USERS: Final = count()
TOKENS: Final = MemoryTokens()
"""No two examples mint the same token."""
RACERS: Final = 8


@define
class Inbox:
    """A user, who reads all mail at once, and a sender that is never late; a day of their own each."""

    storage: Storage
    number: int = field(factory=lambda: next(USERS))
    mailer: MemoryMailer = field(factory=MemoryMailer)
    tokens: MemoryTokens = TOKENS
    now: datetime = field(init=False)
    used: int = 0

    def __attrs_post_init__(self) -> None:
        self.now = NOON + self.number * timedelta(days=1)
        user = User(id=UserId(f"user{self.number}"), email=self.address, name="Ann Lee", suspended=False)
        write(self.storage, lambda work: work.users.add(user))

    @property
    def address(self) -> EmailAddress:
        return EmailAddress(f"user{self.number}@hub.example")

    @property
    def sign_in(self) -> SignIn:
        return SignIn(storage=self.storage, tokens=self.tokens, clock=lambda: self.now, limits=LIMITS)

    def send(self) -> None:
        SendMail(
            storage=self.storage,
            mailer=self.mailer,
            tokens=self.tokens,
            clock=lambda: self.now,
            link_url=lambda token: token,
            confirmation_url=lambda token: token,
            changes_url=lambda _: "https://check.example/changes",
            stop_url=lambda counted: f"https://check.example/stop/{counted.user_id}",
        ).send_due()

    def ask(self, client: str) -> None:
        self.sign_in.request_link(str(self.address), client)

    @property
    def links(self) -> Sequence[str]:
        return [message.url for _, message in self.mailer.sent if isinstance(message, SignInLinkMessage)]

    @property
    def working(self) -> Sequence[str]:
        return [token for token in self.links if self.sign_in.link_works(token)]

    def use(self) -> None:
        for token in self.working[-1:]:
            self.sign_in.sign_in(token)
            self.used += 1


ACTS: Final = st.sampled_from(["others ask", "they ask", "they use one", "a minute", "ten minutes", "an hour"])


@given(st.lists(ACTS, max_size=25))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_user_who_asks_has_a_link_that_works_and_no_address_is_flooded(storage: Storage, acts: list[str]) -> None:
    inbox, mails_at = Inbox(storage), list[datetime]()
    for act in acts:
        match act:
            case "others ask":
                inbox.ask("203.0.113.9")
            case "they ask":
                inbox.ask("192.0.2.1")
            case "they use one":
                inbox.use()
            case _:
                inbox.now += {"a minute": 1, "ten minutes": 10, "an hour": 60}[act] * timedelta(minutes=1)
        inbox.send()
        mails_at += [inbox.now] * (len(inbox.links) - len(mails_at))
        assert inbox.working or act != "they ask"
    most = 2 * LIMITS.per_address + inbox.used
    assert all(sum(begin <= at < begin + LIMITS.window for at in mails_at) <= most for begin in mails_at)


def test_a_user_whose_link_was_used_after_a_flood_by_others_gets_another_one(storage: Storage) -> None:
    inbox = Inbox(storage)
    for _ in range(5):
        inbox.ask("203.0.113.9")
        inbox.send()
    inbox.use()
    assert not inbox.working
    inbox.ask("192.0.2.1")
    inbox.send()
    assert len(inbox.working) == 1
    inbox.ask("203.0.113.9")
    inbox.send()
    assert len(inbox.working) == 1


def test_of_many_requests_at_once_for_a_user_without_a_link_one_is_mailed_beyond_the_limit(storage: Storage) -> None:
    inbox = Inbox(storage)
    for _ in range(2):
        inbox.ask("203.0.113.9")
        inbox.send()
    inbox.use()
    start = Barrier(RACERS)

    def ask(_: int) -> None:
        start.wait()
        inbox.ask("192.0.2.1")

    with ThreadPoolExecutor(RACERS) as racers:
        list(racers.map(ask, range(RACERS)))
    inbox.send()
    assert len(inbox.links) == 3


def test_an_address_without_a_user_is_sent_no_more_than_the_limit(storage: Storage) -> None:
    inbox = Inbox(storage)
    for _ in range(9):
        inbox.sign_in.request_link("stranger@hub.example", "203.0.113.9")
    with storage.reading() as work:
        assert len(work.outbox.last_to(EmailAddress("stranger@hub.example"), 99)) == LIMITS.per_address
