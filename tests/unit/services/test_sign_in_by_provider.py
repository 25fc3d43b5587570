"""An identity provider says who a person is; whom it lets in, and what they see, is decided here."""

from collections.abc import Mapping

import pytest
from attrs import define, evolve

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import AskedTooOften, IdentityRefused, SignInRefused
from checkdata.domain.people.users import SecondAddress, User
from checkdata.domain.services.access.help_users import HelpUsers
from checkdata.domain.services.sign_in.begin_session import NewSession
from checkdata.domain.services.sign_in.sign_in_by_provider import SignInByProvider
from checkdata.domain.sign_in.identities import Departure, Identity
from checkdata.domain.sign_in.link_limits import LinkLimits
from checkdata.domain.values import EmailAddress
from tests.unit.services.test_sign_in import suspend_without_ending_sessions
from tests.unit.services.world import ANN, World

BEA = EmailAddress("bea@north.example")
SECOND = EmailAddress("ann@second.example")
STRANGER = EmailAddress("stranger@else.example")


@define
class ProviderInMemory:
    """A provider at which one person is signed in."""

    who: Identity
    left: int = 0

    def depart(self) -> Departure:
        self.left += 1
        return Departure(address=f"https://id.example/{self.left}", kept=f"kept {self.left}")

    def identify(self, kept: str, answer: Mapping[str, str], /) -> Identity:
        if kept != answer.get("to"):
            raise IdentityRefused
        return self.who

    def sign_out_at(self, proof: str, /) -> str | None:
        return f"https://id.example/end/{proof}"


def account(email: EmailAddress | None = ANN, subject: str = "one", issuer: str = "https://id.example") -> Identity:
    return Identity(issuer=issuer, subject=subject, email=email)


def by_provider(world: World, who: Identity | None = None) -> SignInByProvider:
    provider = ProviderInMemory(who or account())
    return SignInByProvider(storage=world.storage, tokens=world.tokens, clock=world.clock, provider=provider)


def sign_in(world: World, who: Identity) -> NewSession:
    return by_provider(world).sign_in(who)


def refused(world: World, who: Identity) -> str:
    with pytest.raises(SignInRefused) as error:
        sign_in(world, who)
    return str(error.value)


def reasons(world: World) -> list[object]:
    return [event.details["reason"] for event in world.audit() if event.kind is AuditKind.ACCOUNT_REFUSED]


def with_second(world: World, user: User) -> None:
    with world.storage.writing() as work:
        work.users.replace(evolve(user, second=SecondAddress(email=SECOND, confirmed_at=world.now)))
        work.commit()


def test_a_known_user_is_signed_in_and_bound_to_the_account_on_record(world: World) -> None:
    user = world.add()
    visit = world.sign_in.resume(sign_in(world, account()).token)
    assert visit is not None
    assert visit.user == user
    assert [event.kind for event in world.audit()[-2:]] == [AuditKind.ACCOUNT_BOUND, AuditKind.SIGNED_IN]
    sign_in(world, account())
    assert [event.kind for event in world.audit()].count(AuditKind.ACCOUNT_BOUND) == 1


def test_everyone_who_gets_no_access_is_told_the_same_and_no_user_is_made(world: World) -> None:
    told = {refused(world, account(STRANGER))}
    user = world.add()
    told.add(refused(world, account(email=None)))
    suspend_without_ending_sessions(world, user)
    told.add(refused(world, account()))
    assert len(told) == 1
    assert reasons(world) == ["suspended"]
    with world.storage.reading() as work:
        assert list(work.users.search("")) == [evolve(user, suspended=True)]


def test_an_address_is_used_with_the_account_with_which_it_was_first_used(world: World) -> None:
    world.add()
    sign_in(world, account())
    refused(world, account(subject="another"))
    assert reasons(world) == ["another_account"]
    sign_in(world, account())


def test_an_account_of_another_provider_is_another_account(world: World) -> None:
    world.add()
    sign_in(world, account())
    sign_in(world, account(issuer="https://other.example"))
    assert [event.kind for event in world.audit()].count(AuditKind.ACCOUNT_BOUND) == 2


def test_an_account_whose_address_changed_to_that_of_another_user_is_neither(world: World) -> None:
    world.add()
    world.add(BEA)
    sign_in(world, account())
    refused(world, account(BEA))
    assert reasons(world) == ["account_of_another_address"]


def test_an_account_whose_address_is_no_longer_the_users_is_refused(world: World) -> None:
    world.add()
    sign_in(world, account())
    refused(world, account(STRANGER))


def test_a_second_address_has_an_account_of_its_own_and_counts_once_it_was_confirmed(world: World) -> None:
    user = world.add()
    with world.storage.writing() as work:
        work.users.replace(evolve(user, second=SecondAddress(email=SECOND)))
        work.commit()
    refused(world, account(SECOND, "two"))
    with_second(world, user)
    sign_in(world, account())
    visit = world.sign_in.resume(sign_in(world, account(SECOND, "two")).token)
    assert visit is not None
    assert visit.session.at_second


def help_users(world: World) -> HelpUsers:
    return HelpUsers(storage=world.storage, clock=world.clock)


def test_signing_a_user_out_everywhere_frees_their_address_for_another_account(world: World) -> None:
    world.add()
    cookie = sign_in(world, account()).token
    world.sign_in.sign_out(world.sign_in.resume(cookie))
    help_users(world).end_sessions(ANN, reason="They have a new account")
    sign_in(world, account(subject="another"))
    refused(world, account())


def test_a_new_address_frees_the_account(world: World) -> None:
    world.add()
    sign_in(world, account())
    help_users(world).change_address(ANN, BEA, reason="Married")
    refused(world, account())
    sign_in(world, account(BEA, "another"))


def test_a_second_address_that_is_removed_frees_its_account_only(world: World) -> None:
    user = world.add()
    with_second(world, user)
    sign_in(world, account())
    sign_in(world, account(SECOND, "two"))
    help_users(world).remove_address(ANN, reason="Left that job")
    refused(world, account(SECOND, "two"))
    with world.storage.reading() as work:
        assert work.bound_accounts.of_subject("https://id.example", "two") is None
        assert work.bound_accounts.of_subject("https://id.example", "one") is not None


def test_a_sign_in_ends_links_and_the_session_that_the_browser_had(world: World) -> None:
    world.add()
    link = world.link()
    before = world.sign_in.resume(sign_in(world, account()).token)
    assert before is not None
    assert not world.sign_in.link_works(link)
    by_provider(world).sign_in(account(), instead_of=before)
    with world.storage.reading() as work:
        assert len(work.sign_ins.sessions_of(before.user.id)) == 1


def test_who_comes_back_late_or_with_nothing_is_refused(world: World) -> None:
    by = by_provider(world)
    departure = by.depart("192.0.2.1")
    answer = {"to": departure.kept.partition(" ")[2]}
    world.pass_time(minutes=29, seconds=59)
    assert by.identify(departure.kept, answer) == account()
    world.pass_time(seconds=1)
    for kept in (departure.kept, "", "2024-06-03T09:00:00+00:00"):
        with pytest.raises(IdentityRefused):
            by.identify(kept, answer)


def test_a_client_leaves_as_often_as_it_may_ask_for_links(world: World) -> None:
    by = evolve(by_provider(world), limits=LinkLimits(per_client=2, per_address=1))
    for _ in range(2):
        by.depart("192.0.2.1")
    with pytest.raises(AskedTooOften):
        by.depart("192.0.2.1")
    by.depart("192.0.2.2")


def test_however_many_clients_leave_another_one_may(world: World) -> None:
    by = evolve(by_provider(world), limits=LinkLimits(overall=2))
    for number in range(4):
        by.depart(f"192.0.2.{number}")


def test_a_client_leaves_again_in_the_next_window(world: World) -> None:
    by = evolve(by_provider(world), limits=LinkLimits(per_client=1))
    by.depart("192.0.2.1")
    world.pass_time(minutes=14, seconds=59)
    with pytest.raises(AskedTooOften):
        by.depart("192.0.2.1")
    world.pass_time(seconds=1)
    by.depart("192.0.2.1")


def test_a_link_that_confirms_a_second_address_does_only_that_where_links_sign_no_one_in(world: World) -> None:
    world.add()
    token = world.link()
    with pytest.raises(SignInRefused):
        world.sign_in.confirm_second(token)
    with pytest.raises(SignInRefused):
        world.sign_in.confirm_second("no such token")
    assert world.sign_in.link_works(token)
