"""Memory, SQLite and PostgreSQL side by side: whatever is done, no two of them disagree, and no user sees too much.

Memory answers by `query.matches`, `scope.covers` and `listed.order`: it is what the others are held against
(0014-access-looks-nothing-up.md; security.md 27).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final

from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from hypothesis.strategies import DataObject
from sqlalchemy import Engine

from checkdata.adapters.memory import MemoryFeed, MemoryRejections, MemoryStorage
from checkdata.adapters.sql.unit_of_work import SqlStorage
from checkdata.domain.access.decision import Acting, Granted, decide
from checkdata.domain.access.scope import Scope, ScopeRule
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.feed.contents import ImportOutcome, RowFault
from checkdata.domain.listing.columns import (
    Column,
    columns_for,
    contact_columns_for,
    neutralised,
    raw,
    workbook_columns_for,
)
from checkdata.domain.listing.history import Version
from checkdata.domain.listing.queries import ParticipantQuery, Tally
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, Organisation, Role
from checkdata.domain.people.users import Grant, User
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.domain.reconciliation.result_rows import Outcome
from checkdata.domain.services.feed.import_feed import ImportFeed
from checkdata.domain.training.statuses import ACTIVE
from checkdata.domain.values import ImportId, ParticipantId, UserId
from tests.contracts.listings import kind_of
from tests.contracts.units_of_work import read_store
from tests.integration.files_side_by_side import downloaded, seen_by_reconciling, stripped
from tests.integration.side_by_side import SideBySide
from tests.integration.small_feeds import ALL_REFERENCES, PARTICIPANTS, first_feeds, small_feeds
from tests.recent_events import recent
from tests.storages import copied, empty, opened, storage_on
from tests.strategies import (
    LEAD_PROVIDERS,
    NOON,
    TODAY,
    USER_IDS,
    VIEWERS,
    day,
    grants,
    organisations,
    queries,
    scopes,
    searches,
    users,
)

RULES: Final = tuple(ScopeRule(lead_provider_id=lead) for lead in (None, *(lead.id for lead in LEAD_PROVIDERS)))
WHOLE: Final = [Scope(organisation=viewer, rules=RULES) for viewer in VIEWERS]
"""For each organisation, all that it may see at most."""

ALL: Final = [ParticipantQuery(scope=scope) for scope in WHOLE]
IDS: Final = [ParticipantId(participant) for participant in (*PARTICIPANTS, "nobody")]
IMPORTING: Final = (AuditKind.FEED_IMPORTED, AuditKind.STATUSES_REFRESHED)
TAKEN: Final = (FileKind.CSV, FileKind.EXCEL, FileKind.CONTACTS, FileKind.ALL_CONTACTS)
STEPS: Final = settings(max_examples=25, stateful_step_count=20)
OFFSETS: Final = st.tuples(st.integers(0, 3), st.integers(0, 3))
DAYS: Final = st.sampled_from([TODAY, TODAY, day(1), day(2), day(-1), day(7), day(365), day(400)])
USERS: Final = st.sampled_from(USER_IDS)


class Everything(RuleBasedStateMachine):
    """Support adds and removes people, an operator imports feeds, and all users ask."""

    def __init__(self, sides: SideBySide, leave: ExitStack) -> None:
        super().__init__()
        self.sides = sides
        self._leave = leave
        self._now = NOON

    def teardown(self) -> None:
        self._leave.close()

    @initialize(
        some_users=st.lists(users(), min_size=2, max_size=4, unique_by=(lambda user: user.id, lambda user: user.email)),
        some_grants=st.lists(grants(), min_size=4, max_size=8),
        feed=first_feeds(),
    )
    def begin(self, some_users: list[User], some_grants: list[Grant], feed: MemoryFeed) -> None:
        self.sides.write(lambda work: work.feed_store.put_references(ALL_REFERENCES))
        for user in some_users:
            self.sides.write(lambda work, user=user: work.users.add(user))  # type: ignore[misc]
        for grant in some_grants:
            self.sides.write(lambda work, grant=grant: work.users.add_grant(grant))  # type: ignore[misc]
        self._load(feed, TODAY, allow_wider_access=True)

    @rule(user=users(), is_new=st.booleans())
    def add_change_or_suspend_a_user(self, user: User, *, is_new: bool) -> None:
        self.sides.write(lambda work: work.users.add(user) if is_new else work.users.replace(user))

    @rule(grant=grants())
    def give_access(self, grant: Grant) -> None:
        self.sides.write(lambda work: work.users.add_grant(grant))

    @rule(data=st.data(), user_id=USERS, ended_on=DAYS)
    def end_or_reopen_a_grant(self, data: DataObject, user_id: UserId, ended_on: date) -> None:
        held = self.sides.read(lambda work: list(work.users.grants_of(user_id)))
        if held:
            grant = data.draw(st.sampled_from(held))
            changed = evolve(grant, ended_on=ended_on if grant.ended_on is None else None)
            self.sides.write(lambda work: work.users.replace_grant(changed))

    @rule(data=st.data(), feed=small_feeds(), today=DAYS, complete=st.booleans(), allowed=st.booleans())
    def import_a_feed(self, data: DataObject, feed: MemoryFeed, today: date, *, complete: bool, allowed: bool) -> None:
        self._load(feed, today, complete=complete, allow_deletions=allowed, allow_wider_access=allowed)
        self._ask(data, data.draw(st.sampled_from(WHOLE)))

    @rule(data=st.data(), today=DAYS)
    def refresh(self, data: DataObject, today: date) -> None:
        self.sides.attempt(lambda storage: _but_for_its_id(self._importing(storage).refresh(today=today)))
        self._ask(data, data.draw(st.sampled_from(WHOLE)))

    @rule(text=searches())
    def look_for_users(self, text: str) -> None:
        self.sides.read(lambda work: list(work.users.search(text)))

    @rule(data=st.data(), user_id=USERS, on=DAYS)
    def ask_as_a_user(self, data: DataObject, user_id: UserId, on: date) -> None:
        """A user who may act for an organisation asks anything; one who may not gets no scope to ask with."""
        facts = self.sides.read(lambda work: work.users.facts(user_id))
        self.sides.read(lambda work: [_named(grant.organisation) for grant in work.users.grants_of(user_id)])
        held: list[Organisation] = [grant.organisation for grant in facts.grants]
        organisation = data.draw(st.sampled_from(held) if held else organisations())
        decision = decide(Acting(user_id, organisation), facts, on=on)
        if isinstance(decision, Granted):
            self._ask(data, decision.scope)

    @rule(data=st.data(), scope=scopes(), kind=st.sampled_from(TAKEN))
    def take_a_file(self, data: DataObject, scope: Scope, kind: FileKind) -> None:
        """A file has what the query finds, each cell as a spreadsheet reads it."""
        if not isinstance(scope.organisation, DeliveryPartner | AppropriateBody):
            return
        everyone, acting = self._everyone(), Acting(UserId("u1"), scope.organisation)
        query = evolve(data.draw(queries(everyone, scope)), with_email=data.draw(st.booleans()))
        found = query.order.arranged(filter(query.matches, everyone))
        role = scope.organisation.role
        columns = _columns_of(kind, role)
        written = raw if kind is FileKind.EXCEL else neutralised
        told = [[written(c.cell(row)) for c in columns] for row in found if _is_in(kind, query, row)]
        taken = self.sides.attempt(partial(downloaded, acting=acting, query=query, kind=kind, now=self._now))
        assert taken == stripped(told)

    @rule(scope=scopes(), outcome=st.sampled_from(Outcome))
    def compare_a_list(self, scope: Scope, outcome: Outcome) -> None:
        """No comparison shows a participant outside the scope, whatever its user knows already."""
        everyone, acting = self._everyone(), Acting(UserId("u1"), scope.organisation)
        look = partial(
            seen_by_reconciling, acting=acting, scope=scope, everyone=everyone, outcome=outcome, now=self._now
        )
        answer, covered = self.sides.attempt(look), scope.filter(everyone)
        assert isinstance(answer, tuple)
        seen, names = answer
        assert all(one in covered for one in seen)
        assert names == {neutralised(one.full_name) for one in covered} - {""}

    @rule(data=st.data(), scope=scopes())
    def ask_within_any_scope(self, data: DataObject, scope: Scope) -> None:
        self._ask(data, scope)

    def _load(self, feed: MemoryFeed, today: date, **options: bool) -> None:
        def load(storage: Storage) -> tuple[ImportOutcome, list[RowFault]]:
            rejections = MemoryRejections()
            outcome = self._importing(storage).load(feed, rejections, today=today, **options)
            return _but_for_its_id(outcome), rejections.faults

        self._now += timedelta(minutes=1)
        self.sides.attempt(load)

    def _importing(self, storage: Storage) -> ImportFeed:
        return ImportFeed(storage=storage, clock=lambda: self._now)

    def _ask(self, data: DataObject, scope: Scope) -> None:
        everyone = self._everyone()
        for query in (ParticipantQuery(scope=scope), data.draw(queries(everyone, scope))):
            found = query.order.arranged(filter(query.matches, everyone))
            offset, limit = data.draw(OFFSETS)
            answer = self.sides.read(
                lambda work, query=query, offset=offset, limit=limit: (  # type: ignore[misc]
                    list(work.participants.rows(query)),
                    work.participants.count(query),
                    list(work.participants.slice(query, offset, limit)),
                )
            )
            assert answer == (found, len(found), found[offset : offset + limit])
            for _ in range(2):  # once before anything is known of this import, and once after
                page = self.sides.read(partial(_page, query, offset, limit))
                searched = filter(ParticipantQuery(scope=scope, search=query.search).matches, everyone)
                counts = _kinds(scope.filter(everyone)), _kinds(searched)
                assert page == (found[offset : offset + limit], len(found), *counts)
        self._ask_one_by_one(scope, everyone)

    def _ask_one_by_one(self, scope: Scope, everyone: Iterable[ListedParticipant]) -> None:
        covered = {row.participant_id: row for row in scope.filter(everyone)}
        found = self.sides.read(lambda work: [work.participants.one(scope, participant_id) for participant_id in IDS])
        assert found == [covered.get(participant_id) for participant_id in IDS]
        self._ask_of_the_past(scope)
        tallies = self.sides.read(lambda work: _counted(work, scope))
        assert tallies == _kinds(covered.values())

    def _ask_of_the_past(self, scope: Scope) -> None:
        """`tests.contracts.test_listing_history` holds memory to what versions are; the others must say the same."""
        query = ParticipantQuery(scope=scope)
        moments = NOON, self._now - timedelta(minutes=2), self._now
        scopes = scope, evolve(scope, rules=scope.rules[:1])
        self.sides.read(
            lambda work: (
                [_without_ids(work.participants.history(scope, participant_id)) for participant_id in IDS],
                [list(work.participants.changes(query, since, then=then)) for since in moments for then in scopes],
                [
                    dict(work.participants.count_changes(query, since, then=then))
                    for since in moments
                    for then in scopes
                ],
                [_listed_at(work, query, number) for number in range(-3, 0)],
            )
        )

    def _everyone(self) -> list[ListedParticipant]:
        """All rows of all listings, on which all agree; each shows names as they are now."""
        self.sides.read(_as_of)
        self.sides.attempt(lambda each: read_store(each, lambda store: (store.known_ids(), store.names())))
        return self.sides.read(lambda work: [row for query in ALL for row in work.participants.rows(query)])


def _columns_of(kind: FileKind, role: Role) -> Sequence[Column[ListedParticipant]]:
    match kind:
        case FileKind.CONTACTS | FileKind.ALL_CONTACTS:
            return contact_columns_for(role)
        case FileKind.EXCEL:
            return workbook_columns_for(role)
        case _:
            return columns_for(role)


def _is_in(kind: FileKind, query: ParticipantQuery, row: ListedParticipant) -> bool:
    """Whether a row that the query finds is in a file: a communication list needs an address, and an active person."""
    if kind is FileKind.CONTACTS and "status" not in query.chosen and row.status not in ACTIVE:
        return False
    return bool(row.address) or kind in {FileKind.CSV, FileKind.EXCEL}


def _but_for_its_id(outcome: ImportOutcome) -> ImportOutcome:
    """An import's outcome without the id, which is another one in every storage."""
    return outcome if outcome.done is None else evolve(outcome, done=evolve(outcome.done, id=ImportId("any")))


def _without_ids(versions: Sequence[Version]) -> list[Any]:
    return [
        (version.listed, version.began.made_at, version.began.at, version.ended and version.ended.made_at)
        for version in versions
    ]


def _listed_at(work: UnitOfWork, query: ParticipantQuery, number: int) -> list[ListedParticipant]:
    """The listing as of one of the last imports that changed anything; all imports are on record."""
    made = [event.import_id for event in recent(work, 1000)[::-1] if event.kind in IMPORTING]
    if len(made) < -number:
        return []
    return list(work.participants.rows_at(query, made[number] or ImportId("none")))


def _as_of(work: UnitOfWork) -> Any:  # noqa: ANN401 - only to be compared
    as_of = work.participants.as_of()
    return None if as_of is None else (as_of.at, as_of.today)


def _named(organisation: Organisation) -> tuple[object, ...]:
    return (organisation.role, organisation.id, organisation.name)


def _counted(work: UnitOfWork, scope: Scope) -> Counter[Any]:
    return _numbers(work.participants.tallies(scope))


def _page(query: ParticipantQuery, offset: int, limit: int, work: UnitOfWork) -> tuple[object, ...]:
    found = work.participants.find(query, offset, limit)
    return list(found.rows), found.number, _numbers(found.tallies), _numbers(found.searched)


def _numbers(tallies: Iterable[Tally]) -> Counter[Any]:
    return Counter({tally.values: tally.number for tally in tallies})


def _kinds(rows: Iterable[ListedParticipant]) -> Counter[Any]:
    return Counter(map(kind_of, rows))


def test_no_two_storages_disagree_and_no_participant_is_seen_outside_a_scope(
    migrated_sqlite: Path, migrated_postgresql_url: str, tmp_path: Path
) -> None:
    numbers = count()

    def begin(postgresql: Engine) -> Everything:
        with ExitStack() as leave:
            leave.callback(empty, postgresql)
            sqlite = leave.enter_context(copied(migrated_sqlite, tmp_path / f"{next(numbers)}.sqlite"))
            storages: dict[str, Storage] = {
                "memory": MemoryStorage(),
                "sqlite": SqlStorage(sqlite),
                "postgresql": leave.enter_context(storage_on(postgresql)),
            }
            return Everything(SideBySide(storages), leave.pop_all())

    with opened(migrated_postgresql_url) as postgresql:
        run_state_machine_as_test(lambda: begin(postgresql), settings=STEPS)  # type: ignore[arg-type]  # makes one too
