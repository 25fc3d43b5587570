"""Access that is not used, or that nobody vouches for, ends by itself, and never without a warning (rules.md)."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import uuid4

import pytest
from attrs import evolve

from checkdata.domain.access.lapsing import LapseLimits
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import StorageUnavailable
from checkdata.domain.messages import AccessLapses, AccessRemoved, Message
from checkdata.domain.people.organisations import Role
from checkdata.domain.people.users import Grant, LapseReason, LapseWarning
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.domain.services.access.lapse_access import LapseResult
from checkdata.domain.services.access.manage_agreements import NewAgreement
from checkdata.domain.services.access.review_access import ReviewReason
from checkdata.domain.values import EmailAddress, LeadProviderId
from tests.access_world import BODY, BOSS, CAT, LEAD, NORTH, OTHER_LEAD, AccessWorld
from tests.contracts.interleaving import Outcomes, Refused, SteppingStorage, interleavings
from tests.contracts.test_access_races import at_once

WARNED: Final = LapseResult(warned=1)
LAPSED: Final = LapseResult(lapsed=1)
NOTHING: Final = LapseResult()


@pytest.fixture
def world(storage: Storage) -> AccessWorld:
    """Bob's access for North Hub was confirmed by Beacon at noon of 3 June 2024."""
    return AccessWorld(storage=storage)


def use(world: AccessWorld, kind: AuditKind = AuditKind.LIST_VIEWED) -> None:
    """Bob asks for a page."""
    with world.storage.writing() as work:
        work.audit.record(AuditEvent.by(world.bob, kind, world.now))
        work.commit()


def warning(world: AccessWorld, email: EmailAddress = BOSS) -> LapseWarning | None:
    [grant] = world.grants(email)
    return grant.warning


def lapses(world: AccessWorld) -> list[tuple[EmailAddress, Message]]:
    return [(to, message) for to, message in world.mails() if isinstance(message, AccessLapses)]


def warned(world: AccessWorld) -> None:
    world.pass_time(days=180)
    assert world.lapse_access.run() == WARNED


def test_access_not_used_for_180_days_is_warned_about_once_and_ends_28_days_later(world: AccessWorld) -> None:
    world.pass_time(days=179)
    assert world.lapse_access.run() == NOTHING
    world.pass_time(days=1)
    world.mails()
    assert world.lapse_access.run() == WARNED
    ends_on = world.today + timedelta(days=28)
    assert warning(world) == LapseWarning(reason=LapseReason.UNUSED, told_on=world.today, ends_on=ends_on)
    told = AccessLapses(
        name="Boss", role=Role.DELIVERY_PARTNER, organisation="North Hub", unused=True, ends_on=ends_on.isoformat()
    )
    assert world.mails() == [(BOSS, told)]
    for days in (0, 1, 26):
        world.pass_time(days=days)
        assert world.lapse_access.run() == NOTHING
    world.pass_time(days=1)
    assert world.seen(world.bob) == set()
    assert world.lapse_access.run() == LAPSED
    assert list(world.grants(BOSS)) == []
    assert world.mails() == [(BOSS, AccessRemoved(name="Boss", role=Role.DELIVERY_PARTNER, organisation="North Hub"))]
    assert world.lapse_access.run() == NOTHING


def test_a_warning_and_an_end_are_one_event_each_of_the_service_itself(world: AccessWorld) -> None:
    before = len(world.audit())
    warned(world)
    world.pass_time(days=28)
    world.lapse_access.run()
    told, ended = world.audit()[before:]
    assert (told.kind, told.actor, told.subject) == (AuditKind.LAPSE_WARNED, None, world.bob.user_id)
    assert told.details == {"reason": "unused", "ends_on": warning_day(28).isoformat()}
    assert (ended.kind, ended.actor, ended.details["reason"]) == (
        AuditKind.GRANT_ENDED,
        None,
        "Lapsed: it was not used",
    )


def warning_day(days: int) -> date:
    return date(2024, 6, 3) + timedelta(days=180 + days)


@pytest.mark.parametrize("kind", [AuditKind.SIGNED_IN, AuditKind.LIST_VIEWED, AuditKind.DOWNLOADED])
def test_any_use_in_that_role_stops_it_and_begins_the_time_again(world: AccessWorld, kind: AuditKind) -> None:
    warned(world)
    world.pass_time(days=27)
    use(world, kind)
    world.pass_time(days=1)
    assert world.lapse_access.run() == NOTHING
    assert warning(world) is None
    world.pass_time(days=178)
    assert world.lapse_access.run() == NOTHING
    world.pass_time(days=1)
    assert world.lapse_access.run() == WARNED


def test_a_use_or_an_agreement_while_nobody_looked_stops_it_too(world: AccessWorld) -> None:
    warned(world)
    use(world)
    world.pass_time(days=180)
    assert world.lapse_access.run() == WARNED
    use(world)
    end(world)
    assert world.lapse_access.run() == WARNED
    begin(world)
    world.pass_time(days=10)
    for agreement in world.manage_agreements.all("Beacon"):
        if agreement.in_force:
            world.manage_agreements.end(agreement.agreement.id, reason="Over again")
    world.pass_time(days=18)
    assert world.lapse_access.run() == WARNED


def test_use_of_other_access_is_no_use_of_this(world: AccessWorld) -> None:
    world.add(BOSS, Role.APPROPRIATE_BODY, BODY.id)
    world.pass_time(days=180)
    use(evolve_bob(world))
    assert world.lapse_access.run() == WARNED
    assert {grant.organisation: grant.warning is None for grant in world.grants(BOSS)} == {NORTH: False, BODY: True}


def evolve_bob(world: AccessWorld) -> AccessWorld:
    """The same world in which Bob acts for the body."""
    world.bob = evolve(world.bob, organisation=BODY)
    return world


def end(world: AccessWorld) -> None:
    world.manage_agreements.end("ag-1", reason="Over")


def begin(world: AccessWorld) -> None:
    new = NewAgreement(
        lead_provider_id=LEAD.id, delivery_partner_id=NORTH.id, starts_on=world.today, ends_on=None, reason="Signed"
    )
    world.manage_agreements.add(new)


def test_access_whose_lead_provider_has_no_agreement_any_more_ends_however_often_it_is_used(world: AccessWorld) -> None:
    end(world)
    assert world.lapse_access.run() == WARNED
    assert [message.unused for _, message in lapses(world) if isinstance(message, AccessLapses)] == [False]
    world.pass_time(days=27)
    use(world)
    assert world.lapse_access.run() == NOTHING
    world.pass_time(days=1)
    assert world.lapse_access.run() == LAPSED
    assert world.audit()[-1].details["reason"].endswith("has no agreement in force")  # type: ignore[union-attr]


def test_a_new_agreement_of_the_lead_provider_stops_it(world: AccessWorld) -> None:
    end(world)
    world.lapse_access.run()
    begin(world)
    world.pass_time(days=28)
    assert world.lapse_access.run() == NOTHING
    assert warning(world) is None


def test_another_reason_is_warned_about_anew_for_its_whole_time(world: AccessWorld) -> None:
    warned(world)
    world.pass_time(days=27)
    use(world)
    end(world)
    world.pass_time(days=1)
    assert world.lapse_access.run() == WARNED
    ends_on = world.today + timedelta(days=28)
    assert warning(world) == LapseWarning(reason=LapseReason.NO_AGREEMENT, told_on=world.today, ends_on=ends_on)


def confirm_again(world: AccessWorld, lead: LeadProviderId | None = None) -> None:
    [grant] = world.grants(BOSS)
    nomination = world.review_access.keep(grant.id, by=world.sue)
    if lead is not None:
        world.nominate.ask(nomination.id, lead, by=world.pam, by_link=False)
    world.answer(nomination.id)


def test_access_that_is_reconfirmed_does_not_lapse(world: AccessWorld) -> None:
    warned(world)
    confirm_again(world)
    assert warning(world) is None
    world.pass_time(days=179)
    assert world.lapse_access.run() == NOTHING


def test_another_lead_provider_that_confirms_keeps_access_without_an_agreement(world: AccessWorld) -> None:
    end(world)
    world.lapse_access.run()
    confirm_again(world, OTHER_LEAD.id)
    world.pass_time(days=28)
    assert world.lapse_access.run() == NOTHING
    assert [grant.confirmed_by for grant in world.grants(BOSS)] == [OTHER_LEAD.id]


def test_what_is_asked_to_be_reconfirmed_does_not_lapse_before_the_answer_or_its_end(world: AccessWorld) -> None:
    warned(world)
    world.pass_time(days=27)
    [grant] = world.grants(BOSS)
    world.review_access.keep(grant.id, by=world.sue)
    world.pass_time(days=27)
    assert world.lapse_access.run() == NOTHING
    world.pass_time(days=1)
    assert world.lapse_access.run() == LAPSED
    assert list(world.queue.open()) == []


def test_a_question_asked_after_the_day_that_the_mail_named_keeps_nothing(world: AccessWorld) -> None:
    warned(world)
    world.pass_time(days=27)
    [grant] = world.grants(BOSS)
    asked = world.review_access.keep(grant.id, by=world.sue)
    world.pass_time(days=27)
    assert world.lapse_access.run() == NOTHING
    world.nominate.withdraw(asked.id, by=world.sue, note="Asked again")
    world.review_access.keep(grant.id, by=world.sue)
    assert world.lapse_access.run() == LAPSED
    assert list(world.queue.open()) == []


def test_the_departments_own_access_never_lapses(world: AccessWorld) -> None:
    world.pass_time(days=5000)
    world.lapse_access.run()
    world.pass_time(days=5000)
    world.lapse_access.run()
    active = {grant.organisation.role for found in world.access.search() for grant in found.active(world.today)}
    assert active == {Role.SUPPORT, Role.POLICY}


@pytest.mark.parametrize(
    ("limits", "reasons"),
    [
        ({}, {LapseReason.UNUSED, LapseReason.NO_AGREEMENT}),
        ({"unused": timedelta()}, {LapseReason.NO_AGREEMENT}),
        ({"unvouched": timedelta()}, {LapseReason.UNUSED}),
        ({"warned": timedelta()}, set()),
    ],
    ids=["both", "agreements", "use", "none"],
)
def test_zero_turns_a_reason_off_and_without_a_warning_nothing_lapses(
    world: AccessWorld, limits: dict[str, timedelta], reasons: set[LapseReason]
) -> None:
    world.add(CAT, Role.APPROPRIATE_BODY, BODY.id)
    world.pass_time(days=180)
    use(world)
    end(world)
    evolve(world.lapse_access, limits=LapseLimits(**limits)).run()
    found = [grant.warning for email in (BOSS, CAT) for grant in world.grants(email)]
    assert {each.reason for each in found if each is not None} == reasons


def test_a_gap_between_two_agreements_that_is_shorter_than_the_limit_is_no_reason(world: AccessWorld) -> None:
    lapsing = evolve(world.lapse_access, limits=LapseLimits(unvouched=timedelta(days=10)))
    end(world)
    world.pass_time(days=8)
    assert lapsing.run() == NOTHING
    world.pass_time(days=1)
    assert lapsing.run() == WARNED


def test_a_warning_that_was_mailed_holds_whatever_the_setting_is_later(world: AccessWorld) -> None:
    warned(world)
    sooner = evolve(world.lapse_access, limits=LapseLimits(warned=timedelta(days=1)))
    world.pass_time(days=27)
    assert sooner.run() == NOTHING
    world.pass_time(days=1)
    assert sooner.run() == LAPSED


def test_days_are_londons(world: AccessWorld) -> None:
    world.now = datetime(2024, 6, 10, 22, 59, tzinfo=UTC)
    use(world)
    for moment, done in (
        (datetime(2024, 12, 6, 23, 59, tzinfo=UTC), NOTHING),
        (datetime(2024, 12, 7, 0, 0, tzinfo=UTC), WARNED),
        (datetime(2025, 1, 3, 23, 59, tzinfo=UTC), NOTHING),
        (datetime(2025, 1, 4, 0, 0, tzinfo=UTC), LAPSED),
    ):
        world.now = moment
        assert world.lapse_access.run() == done


def test_a_use_after_midnight_in_london_is_of_the_new_day(world: AccessWorld) -> None:
    world.now = datetime(2024, 6, 10, 23, 0, tzinfo=UTC)
    use(world)
    world.now = datetime(2024, 12, 7, 0, 0, tzinfo=UTC)
    assert world.lapse_access.run() == NOTHING
    world.pass_time(days=1)
    assert world.lapse_access.run() == WARNED


def test_of_many_who_look_at_once_one_warns_and_one_ends(world: AccessWorld) -> None:
    world.pass_time(days=180)
    world.mails()
    assert sum(filter(None, at_once(*[world.lapse_access.run] * 8)), start=NOTHING) == WARNED
    assert len(lapses(world)) == 1
    world.pass_time(days=28)
    assert sum(filter(None, at_once(*[world.lapse_access.run] * 8)), start=NOTHING) == LAPSED


class Unfinished:
    """A storage whose units of work break off at the commit, as if the process was killed there."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def reading(self) -> UnitOfWork:
        return self._storage.reading()

    def at_once(self) -> UnitOfWork:
        return self._storage.at_once()

    def writing(self) -> UnitOfWork:
        work = self._storage.writing()

        def broken() -> None:
            raise StorageUnavailable("Killed.")

        work.commit = broken  # type: ignore[method-assign]
        return work


@pytest.mark.parametrize("days", [180, 208])
def test_who_is_killed_before_the_end_has_mailed_and_recorded_nothing(world: AccessWorld, days: int) -> None:
    if days > 180:
        warned(world)
    world.pass_time(days=days if days == 180 else 28)
    world.mails()
    before = world.audit(), world.grants(BOSS)
    with pytest.raises(StorageUnavailable):
        evolve(world.lapse_access, storage=Unfinished(world.storage)).run()
    assert (world.audit(), world.grants(BOSS)) == before
    assert world.mails() == []
    assert world.lapse_access.run() == (WARNED if days == 180 else LAPSED)
    assert len(world.mails()) == 1


def test_what_is_to_lapse_is_in_the_access_review_with_its_reason(world: AccessWorld) -> None:
    end(world)
    world.lapse_access.run()
    [reviewed] = [found for found in world.review_access.due() if found.user.email == BOSS]
    assert reviewed.reasons == (ReviewReason.NO_AGREEMENT,)
    assert reviewed.grant.warning is not None
    slow = evolve(world.review_access.limits, unused=timedelta(days=1000))
    world.pass_time(days=180)
    [reviewed] = [r for r in evolve(world.review_access, limits=slow).due() if r.user.email == BOSS]
    assert reviewed.reasons == (ReviewReason.UNUSED, ReviewReason.NO_AGREEMENT)


def due_to_lapse(world: AccessWorld) -> Grant:
    """The access of a user of its own, whose time has come."""
    user = world.add(EmailAddress(f"user-{uuid4().hex}@north.example"), Role.DELIVERY_PARTNER, NORTH.id)
    world.pass_time(days=180)
    world.lapse_access.run()
    world.pass_time(days=28)
    [grant] = world.grants(user.email)
    assert grant.warning is not None
    return grant


def test_of_a_lapse_and_a_question_whether_to_keep_it_one_comes_first_in_every_interleaving(storage: Storage) -> None:
    world = AccessWorld(storage=SteppingStorage(storage))

    def holds(grant: Grant, outcomes: Outcomes) -> None:
        with world.storage.reading() as work:
            after = work.users.grant(grant.id)
        assert after is not None
        kept = next(each for each in (outcomes.first, outcomes.second) if not isinstance(each, LapseResult))
        assert isinstance(kept, Refused) == (not after.active(world.today))

    def lapse(_: Grant) -> LapseResult:
        return world.lapse_access.run()

    def keep(grant: Grant) -> object:
        return world.review_access.keep(grant.id, by=world.sue)

    for acts in ((lapse, keep), (keep, lapse)):
        interleavings(lambda: due_to_lapse(world), acts, holds)
