"""Whatever happens in whatever order, nobody loses access by lapsing who was not told why for 28 days before."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Final

import pytest
from attrs import frozen
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from checkdata.adapters.memory import MemoryStorage
from checkdata.adapters.sql import SqlStorage
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.messages import AccessLapses
from checkdata.domain.people.organisations import Agreement, Role
from checkdata.domain.ports import Storage
from checkdata.domain.services.access.manage_agreements import NewAgreement
from checkdata.domain.values import EmailAddress, london_date
from tests.access_world import BODY, BOSS, CAT, LEAD, NORTH, AccessWorld
from tests.storages import copied, empty, opened, storage_on

UNUSED: Final = timedelta(days=180)
WARNED: Final = timedelta(days=28)
USERS: Final = st.sampled_from([BOSS, CAT])
"""Bob acts for North Hub, confirmed by Beacon; Cat for a body, whom nobody but an operator confirmed."""


@frozen
class Told:
    """A mail: that access is unused, or has no one to vouch for it, on which day, and when it will end."""

    unused: bool
    on: date
    ends_on: date


class LapseMachine(RuleBasedStateMachine):
    """Notes what happens to each user's access by itself, and judges every lapse by the notes."""

    def __init__(self, storage: Storage, leave: ExitStack) -> None:
        super().__init__()
        self._leave = leave
        self.world = AccessWorld(storage=storage)
        self.world.add(CAT, Role.APPROPRIATE_BODY, BODY.id)
        self.world.mails()
        self.kept = {email: [self.world.today] for email in (BOSS, CAT)}
        self.used: dict[EmailAddress, list[date]] = {BOSS: [], CAT: []}
        self.told: dict[EmailAddress, list[Told]] = {BOSS: [], CAT: []}
        self.agreed = True
        self.agreed_on: list[date] = []

    def teardown(self) -> None:
        self._leave.close()

    @rule(days=st.sampled_from([1, 1, 7, 27, 28, 90, 152, 180]), hours=st.integers(0, 14))
    def pass_time(self, days: int, hours: int) -> None:
        self.agreed_on += [self.world.today] * self.agreed
        self.world.pass_time(days=days, hours=hours)

    @rule(email=USERS, kind=st.sampled_from([AuditKind.SIGNED_IN, AuditKind.LIST_VIEWED, AuditKind.DOWNLOADED]))
    def use(self, email: EmailAddress, kind: AuditKind) -> None:
        for found in self.world.access.search(str(email)):
            for grant in found.active(self.world.today):
                organisation = grant.organisation
                with self.world.storage.writing() as work:
                    work.audit.record(
                        AuditEvent(
                            kind=kind,
                            at=self.world.now,
                            actor=found.user.id,
                            role=organisation.role,
                            organisation_id=organisation.id,
                        )
                    )
                    work.commit()
                self.used[email].append(self.world.today)

    @rule()
    def end_or_begin_the_agreement(self) -> None:
        if self.agreed:
            for agreement in (a for a in self._agreements() if a.in_force(self.world.today)):
                self.world.manage_agreements.end(agreement.id, reason="Over")
        else:
            new = NewAgreement(
                lead_provider_id=LEAD.id,
                delivery_partner_id=NORTH.id,
                starts_on=self.world.today,
                ends_on=None,
                reason="Signed",
            )
            self.world.manage_agreements.add(new)
        self.agreed = not self.agreed

    @rule()
    def keep_and_confirm(self) -> None:
        for grant in self.world.grants(BOSS):
            try:
                nomination = self.world.review_access.keep(grant.id, by=self.world.sue)
                self.world.answer(nomination.id)
            except ChangeRefused:
                return
            self.kept[BOSS].append(self.world.today)

    @rule()
    def ask_and_get_no_answer(self) -> None:
        for grant in self.world.grants(BOSS):
            try:
                self.world.review_access.keep(grant.id, by=self.world.sue)
            except ChangeRefused:
                return

    @rule()
    def withdraw_the_question(self) -> None:
        for queued in self.world.queue.open():
            if not queued.nomination.is_overdue(self.world.now):
                self.world.nominate.withdraw(queued.nomination.id, by=self.world.sue, note="Asked again")

    @rule()
    def look(self) -> None:
        """The service looks, and what it does is judged."""
        before = {email: self.world.grants(email) for email in (BOSS, CAT)}
        self.world.lapse_access.run()
        for to, message in self.world.mails():
            if isinstance(message, AccessLapses):
                self.told[to].append(Told(message.unused, self.world.today, date.fromisoformat(message.ends_on)))
        for email, grants in before.items():
            if grants and not self.world.grants(email):
                self._judge(email)
            elif grants and self._is_unused(email):
                assert self.told[email][-1].ends_on >= self.world.today or self._is_asked(email)

    @invariant()
    def support_and_policy_keep_theirs(self) -> None:
        active = [g for found in self.world.access.search() for g in found.active(self.world.today)]
        assert [g.organisation.role for g in active].count(Role.SUPPORT) == 2
        assert [g.organisation.role for g in active].count(Role.POLICY) == 1

    def _judge(self, email: EmailAddress) -> None:
        """The last mail told of it 28 days before, and what it told of has been true since."""
        told = self.told[email][-1]
        assert told.ends_on == told.on + WARNED
        assert told.ends_on <= self.world.today
        assert not [day for day in self.kept[email] if day > told.on]
        if told.unused:
            assert self._is_unused(email)
            assert not [day for day in self.used[email] if day >= told.on - UNUSED + timedelta(days=1)]
        else:
            assert email == BOSS
            assert not [day for day in self.agreed_on if day >= told.on]
            assert not self.agreed

    def _is_unused(self, email: EmailAddress) -> bool:
        return self.world.today - max(*self.kept[email], *self.used[email], date.min) >= UNUSED

    def _is_asked(self, email: EmailAddress) -> bool:
        """Whether a question about the user is open that was asked by the day that the last mail named."""
        asked = [queued.nomination for queued in self.world.queue.open() if queued.nomination.nominee.email == email]
        by = self.told[email][-1].ends_on
        return any(london_date(each.received_at) <= by and not each.is_overdue(self.world.now) for each in asked)

    def _agreements(self) -> list[Agreement]:
        with self.world.storage.reading() as work:
            return [a for a in work.organisations.agreements_of(NORTH.id) if a.lead_provider_id == LEAD.id]


NewStorage = Callable[[], AbstractContextManager[Storage]]


@pytest.fixture
def memory() -> NewStorage:
    return lambda: nullcontext(MemoryStorage())


@pytest.fixture
def sqlite(migrated_sqlite: Path, tmp_path: Path) -> NewStorage:
    numbers = count()

    @contextmanager
    def begin() -> Iterator[Storage]:
        with copied(migrated_sqlite, tmp_path / f"{next(numbers)}.sqlite") as engine:
            yield SqlStorage(engine)

    return begin


@pytest.fixture
def postgresql(migrated_postgresql_url: str) -> Iterator[NewStorage]:
    with opened(migrated_postgresql_url) as engine:

        @contextmanager
        def begin() -> Iterator[Storage]:
            with storage_on(engine) as storage:
                yield storage
            empty(engine)

        yield begin


@pytest.mark.parametrize(("over", "examples", "steps"), [("memory", 200, 30), ("sqlite", 8, 20), ("postgresql", 8, 20)])
def test_nobody_lapses_who_was_not_told_in_any_order(
    request: pytest.FixtureRequest, over: str, examples: int, steps: int
) -> None:
    new_storage: NewStorage = request.getfixturevalue(over)

    def begin() -> LapseMachine:
        leave = ExitStack()
        return LapseMachine(leave.enter_context(new_storage()), leave)

    run_state_machine_as_test(begin, settings=settings(max_examples=examples, stateful_step_count=steps))  # type: ignore[arg-type]  # makes one too
